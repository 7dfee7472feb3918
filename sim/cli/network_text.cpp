#include "sim/cli/network_text.hpp"

#include <algorithm>
#include <array>
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
constexpr std::size_t k_max_row_bytes = 256;
/// More nodes in a row that are alike are told by the first ones.
constexpr std::size_t k_most_alike_in_full = 10;
constexpr std::size_t k_told_of_alike = 3;

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

std::string row_of(const std::array<std::string, 7>& cells) {
    std::array<char, k_max_row_bytes> row{};
    std::snprintf(row.data(), row.size(), k_row, cells[0].c_str(), cells[1].c_str(),
                  cells[2].c_str(), cells[3].c_str(), cells[4].c_str(), cells[5].c_str(),
                  cells[6].c_str());
    return row.data();
}

std::string root_of(const api::StatusView& status) {
    return to_hex(status.business_root).substr(0, k_root_digits);
}

std::string row_of(const NodeAnswer& answer) {
    const auto& status = answer.status;
    std::string text = row_of(
        {answer.node.name, toned_state(answer), status ? std::to_string(status->final_height) : "-",
         status ? std::to_string(status->view) : "-", status ? root_of(*status) : "-",
         answer.process_id != 0 ? std::to_string(answer.process_id) : "-",
         answer.node.address + ":" + std::to_string(answer.node.http_port)});
    if (status && !status->refuses_because.empty()) {
        text += "         " + status->refuses_because + "\n";
    }
    return text;
}

/// They say the same of themselves and of the chain; views differ by moments.
bool are_alike(const NodeAnswer& one, const NodeAnswer& other) {
    if (!one.status || !other.status) return false;
    return state_of(one) == state_of(other) &&
           one.status->final_height == other.status->final_height &&
           one.status->business_root == other.status->business_root &&
           one.status->refuses_because == other.status->refuses_because;
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

std::string words_of_links(const NetworkAnswers& answers) {
    std::string text;
    for (const NodeAnswer& answer : answers) {
        if (!answer.status) continue;
        for (const api::PeerView& peer : answer.status->peers) {
            if (peer.connected || peer.name == answer.node.name) continue;
            text +=
                (text.empty() ? "" : "\n") +
                said("links.missing", {answer.node.name, peer.name,
                                       peer.last_error.empty() ? "-" : printable(peer.last_error)});
        }
    }
    return text.empty() ? said("links.none_missing") : text;
}

std::string nodes_text(const NetworkAnswers& answers) {
    std::string text = row_of(
        {"node", to_width("state", k_state_columns), "height", "view", "root", "pid", "api"});
    for (std::size_t i = 0; i < answers.size();) {
        std::size_t alike = 1;
        while (i + alike < answers.size() && are_alike(answers[i], answers[i + alike])) ++alike;
        const bool folds = alike > k_most_alike_in_full;
        const std::size_t told = folds ? k_told_of_alike : alike;
        for (std::size_t k = i; k < i + told; ++k) text += row_of(answers[k]);
        if (folds) {
            text += "         " +
                    said("health.more_alike",
                         {std::to_string(alike - told), answers[i + alike - 1].node.name}) +
                    "\n";
        }
        i += alike;
    }
    return text;
}

void print_nodes(const NetworkAnswers& answers) { std::fputs(nodes_text(answers).c_str(), stdout); }

}  // namespace cityledger::sim
