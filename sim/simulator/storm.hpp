#pragma once
// Random runs of a whole virtual network. Phase 1: anything may happen, at rates that the seed
// draws, and no invariant may break. Phase 2: the faults end, and a quorum or all nodes are healed,
// by the seed; the network must make progress in a stated number of view times, with every
// acknowledged receipt on every healed node.

#include <map>
#include <string>

#include "sim/simulator/cluster.hpp"

namespace cityledger::sim {

struct StormOptions {
    std::size_t validators = 0;  ///< 0: four or seven, by the seed
    std::uint64_t faulty_ms = 20'000;
    /// For phase 2 to make its blocks, in times of the longest view (16 s); and of a seed whose
    /// messages take as long as a third of it.
    std::uint64_t view_times = 8;
    std::uint64_t slow_view_times = 40;
    std::uint64_t progress_blocks = 10;
    /// Controls, see VirtualOptions and WorkTimes.
    std::uint64_t sync_lies_per_million = 0;
    bool check_persisted_votes = true;
    /// A control: so many nodes, from node 0 on, behave like this and nobody else.
    std::size_t byzantine_nodes = 0;
    std::string byzantine_behaviour;
    bool hide_byzantine = false;  ///< see VirtualOptions
};

struct StormResult {
    bool passed = false;
    std::string report;  ///< why not, with the seed and the command that replays it
    std::string dials;   ///< what the seed drew, in words
    std::uint64_t heights = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t events = 0;
    std::uint64_t crashes = 0;
    std::uint64_t healed_after_ms = 0;  ///< until phase 2 had its blocks
    std::size_t left_behind = 0;        ///< nodes that phase 2 left down or paused
    /// Each dial, and whether it did anything in this run.
    std::map<std::string, bool> fired;
    Digest trace;
};

/// One run; a function of seed and options alone.
[[nodiscard]] StormResult run_storm(std::uint64_t seed, const StormOptions& options = {});

}  // namespace cityledger::sim
