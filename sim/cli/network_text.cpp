#include "sim/cli/network_text.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>

#include "sim/runner/report.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int k_exit_environment = 3;
constexpr std::uint64_t k_status_timeout_ms = 1'000;
constexpr auto k_settle_timeout = std::chrono::seconds(2);
constexpr auto k_poll_interval = std::chrono::milliseconds(20);
constexpr std::size_t k_root_digits = 12;
constexpr const char* k_row = "%-8s %-11s %9s %7s  %-12s %8s  %s\n";

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

}  // namespace

int fail(const Error& error) {
    std::fprintf(stderr, "cityledger: %s\n", message_of(error).c_str());
    return outcome_of(error) == RunOutcome::scenario_error
               ? static_cast<int>(RunOutcome::scenario_error)
               : k_exit_environment;
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

void print_nodes(const NetworkAnswers& answers) {
    std::printf(k_row, "node", "state", "height", "view", "root", "pid", "api");
    for (const NodeAnswer& answer : answers) {
        const auto& status = answer.status;
        const std::string api = answer.node.address + ":" + std::to_string(answer.node.http_port);
        std::printf(k_row, answer.node.name.c_str(), state_of(answer).c_str(),
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
