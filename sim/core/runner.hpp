#pragma once
// Runs a scenario in a world, one transaction at a time, and checks what it expects.

#include <cstdint>
#include <functional>
#include <optional>

#include "sim/core/report.hpp"
#include "sim/core/scenario.hpp"
#include "sim/core/world.hpp"

namespace cityledger::sim {

struct RunOptions {
    /// Turns this expectation (from 1) into its opposite: the run must then fail and name its line.
    /// Shows that each expectation can fail.
    std::optional<std::size_t> invert;
    std::uint64_t transaction_timeout_ms = 60'000;
    /// Milliseconds from any start, for the report's duration. None: 0 is reported.
    std::function<std::uint64_t()> clock;
    /// Told of each step before it runs, e.g. to show progress.
    std::function<void(const Step&)> on_step;
};

/// Checks that the scenario may run in this world (kind, faults), runs it and reports. Goes on
/// after an expectation that does not hold; ends at once on errors, time-outs and divergence.
[[nodiscard]] Report run(const Scenario& scenario, World& world, const RunOptions& options = {});

}  // namespace cityledger::sim
