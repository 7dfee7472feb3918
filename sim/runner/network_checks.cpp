#include "sim/runner/network_checks.hpp"

#include <algorithm>

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::uint64_t k_poll_ms = 25;

/// Whether all nodes answer and say the same; `words` tells what one says, `same` compares two.
template <class Words, class Same>
Verdict all_alike(const std::vector<NodeView>& nodes, Words words, Same same) {
    Verdict verdict{!nodes.empty(), ""};
    for (const NodeView& node : nodes) {
        verdict.found += said("found.node", {std::to_string(node.index)});
        if (!node.status) {
            verdict.held = false;
            verdict.found += said("found.no_answer");
            continue;
        }
        verdict.found += words(*node.status);
        const auto& first = nodes.front().status;
        if (!first || !same(*first, *node.status)) verdict.held = false;
    }
    return verdict;
}

Verdict equal_roots(const std::vector<NodeView>& nodes) {
    return all_alike(
        nodes,
        [](const api::StatusView& status) {
            return said("found.root", {std::to_string(status.executed_height),
                                       to_hex(status.business_root).substr(0, 8)});
        },
        [](const api::StatusView& a, const api::StatusView& b) {
            return a.executed_height == b.executed_height && roots_of(a) == roots_of(b);
        });
}

Verdict one_chain(const std::vector<NodeView>& nodes) {
    return all_alike(
        nodes,
        [](const api::StatusView& status) {
            return said("found.final", {std::to_string(status.final_height),
                                        to_hex(status.final_block).substr(0, 8)});
        },
        [](const api::StatusView& a, const api::StatusView& b) {
            return a.final_height == b.final_height && a.final_block == b.final_block;
        });
}

Verdict at_least(const std::vector<NodeView>& nodes, NetworkKind kind, std::uint64_t amount) {
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

}  // namespace

Verdict NetworkChecks::receipts_match(const NetworkExpectation& expectation) {
    sent_.settle();
    const Report& report = record_.so_far();
    Verdict verdict{true, said("found.ok_count", {std::to_string(report.operations_ok)})};
    if (expectation.ok && *expectation.ok != report.operations_ok) verdict.held = false;
    for (const RefusalCount& wanted : expectation.refused) {
        std::uint64_t found = 0;
        for (const CodeCount& counted : report.operations_refused) {
            if (counted.code == wanted.code) found = counted.count;
        }
        if (found != wanted.count) verdict.held = false;
        verdict.found += ", " + std::to_string(found) + " " + wanted.code;
    }
    return verdict;
}

Result<Verdict> NetworkChecks::evaluate(const NetworkExpectation& expectation) {
    const auto nodes = watch_.look();
    if (!nodes) return propagate(nodes);
    switch (expectation.kind) {
        case NetworkKind::equal_roots: return equal_roots(*nodes);
        case NetworkKind::one_chain: return one_chain(*nodes);
        case NetworkKind::receipts: return receipts_match(expectation);
        case NetworkKind::all_nodes_have_receipts: return sent_.all_have_receipts();
        case NetworkKind::no_evidence:
        case NetworkKind::evidence_at_least:
        case NetworkKind::nullified_views_at_least:
        case NetworkKind::height_at_least: break;
    }
    return at_least(*nodes, expectation.kind, expectation.amount);
}

Status NetworkChecks::check(const std::vector<NetworkExpectation>& expectations) {
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
        record_.judge(expectation.index, *verdict);
    }
    return {};
}

}  // namespace cityledger::sim
