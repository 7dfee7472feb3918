#include "sim/launch/network_health.hpp"

#include <algorithm>
#include <iterator>

#include "node/replica/replica.hpp"

namespace cityledger::sim {
namespace {

std::optional<node::Standing> standing_of(const std::string& word) {
    const auto& names = ledger::EnumNames<node::Standing>::names;
    const auto found = std::find(std::begin(names), std::end(names), word);
    if (found == std::end(names)) return std::nullopt;
    return static_cast<node::Standing>(found - std::begin(names));
}

std::vector<node::PeerStatus> validators_of(const NetworkAnswers& answers) {
    std::vector<node::PeerStatus> validators;
    for (const auto& [node, status, process, process_id] : answers) {
        node::PeerStatus validator;
        validator.name = node.name;
        validator.connected = status.has_value();
        if (status) {
            validator.standing = standing_of(status->standing);
            validator.votes_above_view = status->votes_above_view;
        }
        validators.push_back(std::move(validator));
    }
    return validators;
}

std::string without_answer(ProcessState process) {
    switch (process) {
        case ProcessState::running: return " runs, but does not answer.";
        case ProcessState::paused: return " is paused.";
        case ProcessState::stopped: return " is stopped.";
        case ProcessState::ended: return " was killed or failed.";
    }
    return {};
}

/// Why this node is not a voting part of the network; empty if it is.
std::string trouble_of(const NodeAnswer& answer) {
    const auto& [node, status, process, process_id] = answer;
    if (!status) return node.name + without_answer(process);
    if (!status->voting) {
        return node.name + " does not vote (" + status->standing + "): " + status->standing_reason +
               ".";
    }
    if (status->network_waits_for.empty()) return {};
    return node.name + " votes, but sees no voting quorum: " + status->network_waits_for;
}

}  // namespace

NetworkAnswers ask_nodes(const NetworkFolder& folder, const NetworkFile& network,
                         std::uint64_t timeout_ms) {
    NetworkAnswers answers;
    for (const NodeAddress& node : network.nodes) {
        const std::string home = folder.home(node.name);
        const ProcessState process = process_state(home);
        client::ApiClient client(node.address, node.http_port, timeout_ms);
        answers.push_back({node, client.status(), process, running_process(home).value_or(0)});
    }
    return answers;
}

NetworkHealth health_of(const NetworkAnswers& answers) {
    const std::size_t quorum = answers.size() - (answers.size() - 1) / 3;
    const std::string waits_for = node::network_waits_for(validators_of(answers), quorum);
    if (!waits_for.empty()) {
        return {k_exit_no_quorum, "No quorum may vote, nothing becomes final. " + waits_for};
    }
    std::string troubles;
    std::size_t seeing = 0;
    for (const NodeAnswer& answer : answers) {
        const std::string trouble = trouble_of(answer);
        if (!trouble.empty()) troubles += "\n" + trouble;
        const bool sees =
            answer.status && answer.status->voting && answer.status->network_waits_for.empty();
        if (sees) ++seeing;
    }
    if (seeing == 0) {
        return {k_exit_no_quorum,
                "Enough nodes may vote, but none is connected with a quorum of them." + troubles};
    }
    if (!troubles.empty()) {
        return {k_exit_quorum_votes, "A quorum votes, but not every node." + troubles};
    }
    return {k_exit_all_vote, "All nodes vote."};
}

}  // namespace cityledger::sim
