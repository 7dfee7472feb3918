#include "sim/runner/faults.hpp"

#include <algorithm>

namespace cityledger::sim {

Result<std::size_t> Faults::leader() {
    const auto nodes = watch_.look();
    if (!nodes) return propagate(nodes);
    std::uint64_t view = 0;
    for (const NodeView& node : *nodes) {
        if (node.status) view = std::max(view, node.status->view);
    }
    // Leaders take turns (docs/consensus.md).
    return static_cast<std::size_t>(view % validators_);
}

Result<std::vector<std::size_t>> Faults::chosen_nodes(const FaultStep& step) {
    switch (step.choice) {
        case NodeChoice::numbered: return step.nodes;
        case NodeChoice::killed: return std::vector<std::size_t>(killed_.begin(), killed_.end());
        case NodeChoice::paused: return std::vector<std::size_t>(paused_.begin(), paused_.end());
        case NodeChoice::all: {
            std::vector<std::size_t> nodes;
            for (const NodeView& node : world_.nodes()) {
                if (node.running) nodes.push_back(node.index);
            }
            return nodes;
        }
        case NodeChoice::leader: break;
    }
    const auto node = leader();
    if (!node) return propagate(node);
    return std::vector<std::size_t>{*node};
}

Status Faults::inject(const FaultStep& step, Place place) {
    Fault fault;
    fault.kind = step.kind;
    fault.groups = step.groups;
    fault.behaviour = step.behaviour;
    const auto nodes = chosen_nodes(step);
    if (!nodes) return propagate(nodes);
    fault.nodes = *nodes;
    story_.tell_fault(place, fault);
    const Status injected = world_.inject(fault);
    if (!injected) return injected;
    for (const std::size_t node : fault.nodes) {
        if (step.kind == FaultKind::kill) killed_.insert(node);
        if (step.kind == FaultKind::restart) killed_.erase(node);
        if (step.kind == FaultKind::pause) paused_.insert(node);
        if (step.kind == FaultKind::resume) paused_.erase(node);
    }
    return {};
}

}  // namespace cityledger::sim
