#pragma once
// Random runs of a whole virtual network. Phase 1: anything may happen, at rates that the seed
// draws, and no invariant may break. Phase 2: everything is healed, and the network must make
// progress, with every acknowledged receipt on every node.

#include <string>

#include "sim/core/virtual_cluster.hpp"

namespace cityledger::sim {

struct StormOptions {
    std::size_t validators = 0;  ///< 0: four or seven, by the seed
    std::uint64_t faulty_ms = 20'000;
    std::uint64_t healing_ms = 120'000;  ///< for phase 2 to make its blocks
    std::uint64_t progress_blocks = 10;
    /// Controls, see VirtualOptions and WorkTimes.
    std::uint64_t sync_lies_per_million = 0;
    bool check_persisted_votes = true;
};

struct StormResult {
    bool passed = false;
    std::string report;  ///< why not, with the seed and the command that replays it
    std::string dials;   ///< what the seed drew, in words
    std::uint64_t heights = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t events = 0;
    std::uint64_t crashes = 0;
    Digest trace;
};

/// One run; a function of seed and options alone.
[[nodiscard]] StormResult run_storm(std::uint64_t seed, const StormOptions& options = {});

}  // namespace cityledger::sim
