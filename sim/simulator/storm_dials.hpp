#pragma once
// What a storm draws from its seed, before anything runs.

#include <optional>
#include <string>

#include "sim/simulator/storm.hpp"

namespace cityledger::sim {

/// What goes wrong in a run and how often. Intervals are mean times between two such events in the
/// whole network; 0: never.
struct Dials {
    std::size_t validators = 4;
    VirtualOptions world;
    std::uint64_t load_interval_ms = 50;
    std::uint64_t crash_interval_ms = 0;
    std::uint64_t restart_after_ms = 1'000;
    std::uint64_t pause_interval_ms = 0;
    std::uint64_t resume_after_ms = 1'000;
    std::uint64_t partition_interval_ms = 0;
    std::uint64_t heal_after_ms = 2'000;
    std::uint64_t all_crash_interval_ms = 0;
    std::optional<std::size_t> byzantine;
    std::string behaviour;    ///< of the byzantine node
    bool long_delay = false;  ///< up to a third of the longest view; stays when all is healed
    bool slow_sync = false;   ///< a sync takes longer than a round trip
    bool slow_execution = false;
    /// Phase 2 heals a quorum only; f nodes stay down, paused or Byzantine.
    bool heal_quorum_only = false;

    /// Of phase 1.
    [[nodiscard]] std::uint64_t faulty_ms(const StormOptions& options) const;
    /// In which phase 2 must make its blocks.
    [[nodiscard]] std::uint64_t healing_ms(const StormOptions& options) const;
};

[[nodiscard]] Dials draw_dials(const SimulatedRandom& seeded, const StormOptions& options);
[[nodiscard]] std::string in_words(const Dials& dials);

}  // namespace cityledger::sim
