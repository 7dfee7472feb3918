#include "sim/cli/network_text.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>

#include "sim/cli/colour.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/runner/report.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int k_exit_environment = 3;
constexpr std::uint64_t k_status_timeout_ms = 1'000;
constexpr auto k_settle_timeout = std::chrono::seconds(2);
constexpr auto k_poll_interval = std::chrono::milliseconds(20);
constexpr std::size_t k_root_digits = 12;
constexpr const char* k_row = "%-8s %s %9s %7s  %-12s %8s  %s\n";
constexpr std::size_t k_state_columns = 11;

/// What stands in the column of the standing.
std::string state_of(const NodeAnswer& answer) {
    if (answer.status) return answer.status->standing;
    switch (answer.process) {
        case ProcessState::running: return "no answer";
        case ProcessState::paused: return "paused";
        case ProcessState::stopped: return "stopped";
        case ProcessState::ended: return "ended";
    }
    return {};
}

std::string_view sentence_of(TroubleKind kind) {
    switch (kind) {
        case TroubleKind::no_answer: return "health.no_answer";
        case TroubleKind::paused: return "health.paused";
        case TroubleKind::stopped: return "health.stopped";
        case TroubleKind::ended: return "health.ended";
        case TroubleKind::does_not_vote: return "health.does_not_vote";
        case TroubleKind::sees_no_quorum: return "health.sees_no_quorum";
    }
    return {};
}

std::string toned_state(const NodeAnswer& answer) {
    const std::string state = to_width(state_of(answer), k_state_columns);
    if (answer.status && answer.status->voting) return toned(Tone::good, state);
    return toned(answer.process == ProcessState::ended ? Tone::bad : Tone::odd, state);
}

}  // namespace

int fail(const Error& error) {
    std::fprintf(stderr, "cityledger: %s\n", message_of(error).c_str());
    return outcome_of(error) == RunOutcome::scenario_error
               ? static_cast<int>(RunOutcome::scenario_error)
               : k_exit_environment;
}

Result<NodeAddress> find_node(const NetworkFile& network, const std::string& name) {
    const auto found = std::find_if(network.nodes.begin(), network.nodes.end(),
                                    [&name](const NodeAddress& node) { return node.name == name; });
    if (found == network.nodes.end()) return refuse(codes::node_unknown, "'" + name + "'");
    return *found;
}

std::string own_name() { return quoted_path(program_invocation_name); }

std::string quoted_path(const std::string& path) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-./+,:@").find(c) != std::string_view::npos;
    };
    if (!path.empty() && std::all_of(path.begin(), path.end(), plain)) return path;
    std::string quoted = "'";
    for (const char c : path) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::pair<NetworkAnswers, NetworkHealth> settled_health(const NetworkFolder& folder,
                                                        const NetworkFile& network) {
    const auto deadline = Clock::now() + k_settle_timeout;
    NetworkAnswers answers = ask_nodes(folder, network, k_status_timeout_ms);
    NetworkHealth health = health_of(answers);
    while (health.exit_code != k_exit_all_vote && Clock::now() < deadline) {
        std::this_thread::sleep_for(k_poll_interval);
        answers = ask_nodes(folder, network, k_status_timeout_ms);
        health = health_of(answers);
    }
    return {std::move(answers), std::move(health)};
}

std::string words_of(const NetworkHealth& health) {
    if (!health.waits_for.empty()) return said("health.no_quorum", {health.waits_for});
    if (health.troubles.empty()) return said("health.all_vote");
    std::string text =
        said(health.exit_code == k_exit_no_quorum ? "health.not_connected" : "health.quorum_votes");
    for (const NodeTrouble& trouble : health.troubles) {
        text += "\n" + said(sentence_of(trouble.kind), {trouble.node, trouble.what, trouble.why});
    }
    return text;
}

void print_nodes(const NetworkAnswers& answers) {
    std::printf(k_row, "node", to_width("state", k_state_columns).c_str(), "height", "view", "root",
                "pid", "api");
    for (const NodeAnswer& answer : answers) {
        const auto& status = answer.status;
        const std::string api = answer.node.address + ":" + std::to_string(answer.node.http_port);
        std::printf(k_row, answer.node.name.c_str(), toned_state(answer).c_str(),
                    status ? std::to_string(status->final_height).c_str() : "-",
                    status ? std::to_string(status->view).c_str() : "-",
                    status ? to_hex(status->business_root).substr(0, k_root_digits).c_str() : "-",
                    answer.process_id != 0 ? std::to_string(answer.process_id).c_str() : "-",
                    api.c_str());
        if (status && !status->refuses_because.empty()) {
            std::printf("         %s\n", status->refuses_because.c_str());
        }
    }
}

}  // namespace cityledger::sim
