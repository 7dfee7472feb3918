#pragma once
// The faults of a run: which nodes a step means, and who is killed or paused meanwhile.

#include <set>

#include "sim/runner/node_watch.hpp"
#include "sim/runner/run_story.hpp"

namespace cityledger::sim {

class Faults {
public:
    Faults(std::size_t validators, World& world, NodeWatch& watch, const RunStory& story)
        : validators_(validators), world_(world), watch_(watch), story_(story) {}

    [[nodiscard]] Status inject(const FaultStep& step, Place place);

private:
    [[nodiscard]] Result<std::vector<std::size_t>> chosen_nodes(const FaultStep& step);
    [[nodiscard]] Result<std::size_t> leader();

    std::size_t validators_;
    World& world_;
    NodeWatch& watch_;
    const RunStory& story_;
    std::set<std::size_t> killed_;
    std::set<std::size_t> paused_;
};

}  // namespace cityledger::sim
