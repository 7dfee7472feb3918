#include "sim/launch/network_health.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

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

TroubleKind without_answer(ProcessState process) {
    switch (process) {
        case ProcessState::running: return TroubleKind::no_answer;
        case ProcessState::paused: return TroubleKind::paused;
        case ProcessState::stopped: return TroubleKind::stopped;
        case ProcessState::ended: return TroubleKind::ended;
    }
    return TroubleKind::no_answer;
}

std::optional<NodeTrouble> trouble_of(const NodeAnswer& answer) {
    const std::string& node = answer.node.name;
    const auto& status = answer.status;
    if (!status) return NodeTrouble{node, without_answer(answer.process), {}, {}};
    if (!status->voting) {
        return NodeTrouble{node, TroubleKind::does_not_vote, status->standing,
                           status->standing_reason};
    }
    if (status->network_waits_for.empty()) return std::nullopt;
    return NodeTrouble{node, TroubleKind::sees_no_quorum, {}, status->network_waits_for};
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
    NetworkHealth health;
    health.waits_for = node::network_waits_for(validators_of(answers), quorum);
    if (!health.waits_for.empty()) {
        health.exit_code = k_exit_no_quorum;
        return health;
    }
    std::size_t seeing = 0;
    for (const NodeAnswer& answer : answers) {
        if (auto trouble = trouble_of(answer)) health.troubles.push_back(*std::move(trouble));
        const bool sees =
            answer.status && answer.status->voting && answer.status->network_waits_for.empty();
        if (sees) ++seeing;
    }
    if (!health.troubles.empty()) health.exit_code = k_exit_quorum_votes;
    if (seeing == 0) health.exit_code = k_exit_no_quorum;
    return health;
}

}  // namespace cityledger::sim
