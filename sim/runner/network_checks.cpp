// The network during a run: faults, expectations of the nodes, and the invariants that are checked
// after each step.

#include <algorithm>

#include "sim/runner/session.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {

namespace {

constexpr std::uint64_t k_poll_ms = 25;
constexpr std::uint64_t k_catch_up_ms = 10'000;

std::string roots_of(const api::StatusView& status) {
    return to_hex(status.system_root) + " " + to_hex(status.business_root) + " " +
           to_hex(status.receipts_root);
}

}  // namespace

Result<std::vector<NodeView>> RunnerSession::look() {
    std::vector<NodeView> honest;
    for (NodeView& node : world_.nodes()) {
        if (!node.running || !node.honest) continue;
        if (node.status) {
            const api::StatusView& status = *node.status;
            const auto block = final_blocks_.emplace(status.final_height, status.final_block);
            if (block.first->second != status.final_block) {
                return tl::unexpected<Error>(invariant_broken(
                    "two final blocks at height " + std::to_string(status.final_height) +
                    ", one of node " + std::to_string(node.index)));
            }
            const auto roots = executed_roots_.emplace(status.executed_height, roots_of(status));
            if (roots.first->second != roots_of(status)) {
                return tl::unexpected<Error>(invariant_broken(
                    "two states at height " + std::to_string(status.executed_height) +
                    ", one of node " + std::to_string(node.index)));
            }
        }
        honest.push_back(std::move(node));
    }
    return honest;
}

std::optional<std::size_t> RunnerSession::node_at_last_height(std::optional<std::size_t> only) {
    for (std::uint64_t waited = 0; waited <= k_catch_up_ms; waited += k_poll_ms) {
        for (const NodeView& node : world_.nodes()) {
            const bool wanted = only ? node.index == *only : node.honest;
            if (wanted && node.running && node.status &&
                node.status->executed_height >= last_height_) {
                return node.index;
            }
        }
        world_.wait(k_poll_ms);
    }
    return std::nullopt;
}

void RunnerSession::settle_sent() {
    for (Sent& sent : sent_) {
        if (sent.settled) continue;
        for (const auto& receipt : world_.receipts(sent.id)) {
            if (!receipt) continue;
            sent.settled = true;
            last_height_ = std::max(last_height_, receipt->height);
            if (receipt->code != 0) {
                ++report_.transactions_refused;
                break;
            }
            ++report_.transactions_executed;
            for (const api::OperationView& view : receipt->operations) {
                if (view.code == 0) {
                    ++report_.operations_ok;
                } else {
                    report_.count_refusal(view.code_name);
                }
            }
            break;
        }
    }
}

std::size_t RunnerSession::unsettled() const {
    return static_cast<std::size_t>(
        std::count_if(sent_.begin(), sent_.end(), [](const Sent& sent) { return !sent.settled; }));
}

RunnerSession::Verdict RunnerSession::equal_roots(const std::vector<NodeView>& nodes) {
    Verdict verdict{!nodes.empty(), ""};
    for (const NodeView& node : nodes) {
        verdict.found += said("found.node", {std::to_string(node.index)});
        if (!node.status) {
            verdict.held = false;
            verdict.found += said("found.no_answer");
            continue;
        }
        verdict.found += said("found.root", {std::to_string(node.status->executed_height),
                                             to_hex(node.status->business_root).substr(0, 8)});
        const auto& first = nodes.front().status;
        if (!first || first->executed_height != node.status->executed_height ||
            roots_of(*first) != roots_of(*node.status)) {
            verdict.held = false;
        }
    }
    return verdict;
}

RunnerSession::Verdict RunnerSession::one_chain(const std::vector<NodeView>& nodes) {
    Verdict verdict{!nodes.empty(), ""};
    for (const NodeView& node : nodes) {
        verdict.found += said("found.node", {std::to_string(node.index)});
        if (!node.status) {
            verdict.held = false;
            verdict.found += said("found.no_answer");
            continue;
        }
        verdict.found += said("found.final", {std::to_string(node.status->final_height),
                                              to_hex(node.status->final_block).substr(0, 8)});
        const auto& first = nodes.front().status;
        if (!first || first->final_height != node.status->final_height ||
            first->final_block != node.status->final_block) {
            verdict.held = false;
        }
    }
    return verdict;
}

RunnerSession::Verdict RunnerSession::at_least(const std::vector<NodeView>& nodes, NetworkKind kind,
                                               std::uint64_t amount) {
    std::uint64_t highest = 0;
    for (const NodeView& node : nodes) {
        if (!node.status) continue;
        std::uint64_t value = node.status->final_height;
        if (kind == NetworkKind::nullified_views_at_least) value = node.status->nullified_views;
        if (kind == NetworkKind::evidence_at_least || kind == NetworkKind::no_evidence) {
            value = node.status->evidence;
        }
        highest = std::max(highest, value);
    }
    if (kind == NetworkKind::no_evidence) {
        return {highest == 0, said("found.evidence", {std::to_string(highest)})};
    }
    return {highest >= amount, said("found.at_most", {std::to_string(highest)})};
}

RunnerSession::Verdict RunnerSession::receipts_match(const NetworkExpectation& expectation) {
    settle_sent();
    Verdict verdict{true, said("found.ok_count", {std::to_string(report_.operations_ok)})};
    if (expectation.ok && *expectation.ok != report_.operations_ok) verdict.held = false;
    for (const RefusalCount& wanted : expectation.refused) {
        std::uint64_t found = 0;
        for (const CodeCount& counted : report_.operations_refused) {
            if (counted.code == wanted.code) found = counted.count;
        }
        if (found != wanted.count) verdict.held = false;
        verdict.found += ", " + std::to_string(found) + " " + wanted.code;
    }
    return verdict;
}

RunnerSession::Verdict RunnerSession::all_have_receipts() {
    settle_sent();
    std::size_t missing = 0;
    for (const Sent& sent : sent_) {
        const auto receipts = world_.receipts(sent.id);
        const bool everywhere = !receipts.empty() && std::all_of(receipts.begin(), receipts.end(),
                                                                 [](const auto& receipt) {
                                                                     return receipt.has_value();
                                                                 });
        if (!everywhere) ++missing;
    }
    return {!sent_.empty() && missing == 0,
            said("found.lack", {std::to_string(missing), std::to_string(sent_.size())})};
}

Result<RunnerSession::Verdict> RunnerSession::evaluate(const NetworkExpectation& expectation) {
    const auto nodes = look();
    if (!nodes) return propagate(nodes);
    switch (expectation.kind) {
        case NetworkKind::equal_roots: return equal_roots(*nodes);
        case NetworkKind::one_chain: return one_chain(*nodes);
        case NetworkKind::receipts: return receipts_match(expectation);
        case NetworkKind::all_nodes_have_receipts: return all_have_receipts();
        case NetworkKind::no_evidence:
        case NetworkKind::evidence_at_least:
        case NetworkKind::nullified_views_at_least:
        case NetworkKind::height_at_least: break;
    }
    return at_least(*nodes, expectation.kind, expectation.amount);
}

Status RunnerSession::check_network(const std::vector<NetworkExpectation>& expectations) {
    for (const NetworkExpectation& expectation : expectations) {
        // Evidence does not go away, so waiting for none is waiting in vain.
        const bool waits = expectation.kind != NetworkKind::no_evidence;
        auto verdict = evaluate(expectation);
        for (std::uint64_t waited = 0;
             waits && verdict && !verdict->held && waited < expectation.within_ms;
             waited += k_poll_ms) {
            world_.wait(k_poll_ms);
            verdict = evaluate(expectation);
        }
        if (!verdict) return propagate(verdict);
        record(expectation.index, *verdict);
    }
    return {};
}

Result<std::vector<std::size_t>> RunnerSession::chosen_nodes(const FaultStep& action) {
    switch (action.choice) {
        case NodeChoice::numbered: return action.nodes;
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
    const auto nodes = look();
    if (!nodes) return propagate(nodes);
    std::uint64_t view = 0;
    for (const NodeView& node : *nodes) {
        if (node.status) view = std::max(view, node.status->view);
    }
    // Leaders take turns (docs/consensus.md).
    return std::vector<std::size_t>{static_cast<std::size_t>(view % scenario_.validators)};
}

Status RunnerSession::act(const Step& step, const FaultStep& action) {
    Fault fault;
    fault.kind = action.kind;
    fault.groups = action.groups;
    fault.behaviour = action.behaviour;
    const auto nodes = chosen_nodes(action);
    if (!nodes) return propagate(nodes);
    fault.nodes = *nodes;
    tell_fault(step.place, fault);
    const Status injected = world_.inject(fault);
    if (!injected) return injected;
    for (const std::size_t node : fault.nodes) {
        if (action.kind == FaultKind::kill) killed_.insert(node);
        if (action.kind == FaultKind::restart) killed_.erase(node);
        if (action.kind == FaultKind::pause) paused_.insert(node);
        if (action.kind == FaultKind::resume) paused_.erase(node);
    }
    return {};
}

void RunnerSession::note_final_state() {
    for (const NodeView& node : world_.nodes()) {
        if (!node.running || !node.honest || !node.status) continue;
        const api::StatusView& status = *node.status;
        report_.final_height = std::max(report_.final_height, status.final_height);
        if (report_.business_root.empty() || status.executed_height > report_.executed_height) {
            report_.executed_height = status.executed_height;
            report_.business_root = to_hex(status.business_root);
        }
    }
}

}  // namespace cityledger::sim
