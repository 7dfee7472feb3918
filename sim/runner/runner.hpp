#pragma once
// Runs a scenario in a world, one transaction at a time, and checks what it expects.

#include <cstdint>
#include <functional>
#include <optional>

#include "sim/runner/report.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

struct RunOptions {
    /// Turns this expectation (from 1) into its opposite: the run must then fail and name its line.
    /// Shows that each expectation can fail.
    std::optional<std::size_t> invert;
    /// Ends after this step of the file (from 1); what is expected at the end is not checked.
    std::optional<std::size_t> until;
    /// Milliseconds from any start, for the report's duration. None: 0 is reported.
    std::function<std::uint64_t()> clock;
    /// Told of the progress: steps done of all, each round of a loop and each transaction of a load
    /// counting as one.
    std::function<void(const Step&, std::uint64_t done, std::uint64_t all)> on_progress;
    /// Told what happens, a sentence each: transactions with what came of them, faults, views that
    /// the network gave up.
    std::function<void(Place, const std::string& sentence)> on_story;
};

/// How many steps a run of these does, as on_progress counts them.
[[nodiscard]] std::uint64_t work_of(const std::vector<Step>& steps);

/// Checks that the scenario may run in this world (kind, faults), runs it and reports. Goes on
/// after an expectation that does not hold; ends at once on errors, time-outs and divergence.
[[nodiscard]] Report run(const Scenario& scenario, World& world, const RunOptions& options = {});

}  // namespace cityledger::sim
