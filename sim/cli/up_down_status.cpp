// up, down, status: networks that run in the background.

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "sim/cli/commands.hpp"
#include "sim/runner/report.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/worlds/launcher.hpp"
#include "sim/worlds/local_world.hpp"
#include "sim/worlds/network_files.hpp"
#include "sim/worlds/network_health.hpp"
#include "sim/worlds/worlds_codes.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int k_exit_environment = 3;
constexpr std::uint64_t k_up_timeout_ms = 30'000;
constexpr std::uint64_t k_status_timeout_ms = 1'000;
constexpr auto k_down_timeout = std::chrono::seconds(10);
constexpr auto k_settle_timeout = std::chrono::seconds(2);
constexpr auto k_poll_interval = std::chrono::milliseconds(20);

int fail(const Error& error) {
    std::fprintf(stderr, "cityledger: %s\n", error.message().c_str());
    return outcome_of(error) == RunOutcome::scenario_error
               ? static_cast<int>(RunOutcome::scenario_error)
               : k_exit_environment;
}

/// Absolute, without a slash at the end: processes are recognised by it.
NetworkFolder folder_at(const std::string& path) {
    std::string absolute = fs::absolute(path).lexically_normal().string();
    while (absolute.size() > 1 && absolute.back() == '/') absolute.pop_back();
    return {absolute};
}

Result<WorldPlan> plan_of(const UpOptions& options) {
    if (options.scenario.empty()) return default_plan(options.validators);
    const auto scenario = read_scenario_file(options.scenario);
    if (!scenario) return propagate(scenario);
    return make_plan(*scenario);
}

/// The pids of this network's processes that run, in words; empty if none does.
std::string running_nodes(const NetworkFolder& folder, const NetworkFile& network) {
    std::string running;
    for (const NodeAddress& node : network.nodes) {
        const auto process = running_process(folder.home(node.name));
        if (process) running += " " + node.name + "=" + std::to_string(*process);
    }
    return running;
}

Status start_in_background(const NetworkFolder& folder, const NetworkFile& network,
                           const UpOptions& options) {
    LaunchOptions launch;
    launch.daemon = options.daemon;
    launch.background = true;
    launch.arguments = {"--fault-controls"};
    if (options.network_was_stopped) launch.arguments.push_back("--network-was-stopped");
    std::vector<NodeProcess> processes;
    for (const NodeAddress& node : network.nodes) {
        processes.emplace_back(folder.home(node.name), launch);
    }
    return launch_network(folder, network, processes, k_up_timeout_ms);
}

void print_node(const NodeAddress& node, const Result<api::StatusView>& status) {
    const std::string p2p = node.address + ":" + std::to_string(node.peer_port);
    const std::string http = "http://" + node.address + ":" + std::to_string(node.http_port);
    std::printf("%-8s %-10s %-22s %-28s ", node.name.c_str(), "validator", p2p.c_str(),
                http.c_str());
    if (!status) {
        std::printf("does not answer\n");
        return;
    }
    std::printf("%8llu %8llu %8llu  %-13s  %-10s%s\n",
                static_cast<unsigned long long>(status->final_height),
                static_cast<unsigned long long>(status->view),
                static_cast<unsigned long long>(status->process_id),
                to_hex(status->business_root).substr(0, 12).c_str(), status->standing.c_str(),
                status->refuses_because.empty() ? "" : ("  " + status->refuses_because).c_str());
}

void print_nodes(const NetworkAnswers& answers) {
    std::printf("%-8s %-10s %-22s %-28s %8s %8s %8s  %-13s  %s\n", "node", "role", "peers", "api",
                "height", "view", "pid", "business root", "standing");
    for (const NodeAnswer& answer : answers) print_node(answer.node, answer.status);
}

/// Nodes vote a moment before they hear of each other that they do.
std::pair<NetworkAnswers, NetworkHealth> settled_health(const NetworkFile& network) {
    const auto deadline = Clock::now() + k_settle_timeout;
    NetworkAnswers answers = ask_nodes(network, k_status_timeout_ms);
    NetworkHealth health = health_of(answers);
    while (health.exit_code != k_exit_all_vote && Clock::now() < deadline) {
        std::this_thread::sleep_for(k_poll_interval);
        answers = ask_nodes(network, k_status_timeout_ms);
        health = health_of(answers);
    }
    return {std::move(answers), std::move(health)};
}

void print_next_steps(const NetworkFolder& folder, const NetworkFile& network) {
    const NodeAddress& first = network.nodes.front();
    std::printf("\nMetrics: http://%s:%u/metrics\n", first.address.c_str(),
                unsigned{first.http_port});
    std::printf("Try:\n  curl http://%s:%u/status\n", first.address.c_str(),
                unsigned{first.http_port});
    std::printf("  cityledger replay scenarios/double-booking.yaml --world remote --network %s\n",
                folder.path.c_str());
    std::printf("  cityledger down --dir %s\n", folder.path.c_str());
}

}  // namespace

int run_up(const UpOptions& options) {
    const auto started = Clock::now();
    const NetworkFolder folder = folder_at(options.folder);
    auto network = read_network(folder);
    if (network) {
        const std::string running = running_nodes(folder, *network);
        if (!running.empty()) {
            return fail(Error{codes::network_running, folder.path + ":" + running});
        }
        if (const Status renewed = renew_ports(folder, *network); !renewed) {
            return fail(renewed.error());
        }
    } else {
        if (fs::exists(folder.file())) return fail(network.error());
        const auto plan = plan_of(options);
        if (!plan) return fail(plan.error());
        network = create_network(folder, *plan, {default_validity()});
        if (!network) return fail(network.error());
    }
    const Status launched = start_in_background(folder, *network, options);
    if (!launched) return fail(launched.error());
    const auto [answers, health] = settled_health(*network);
    print_nodes(answers);
    const auto spent =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started).count();
    std::printf("\nNetwork %s is up in %s after %lld ms.\n", network->name.c_str(),
                folder.path.c_str(), static_cast<long long>(spent));
    std::printf("%s\n", health.text.c_str());
    print_next_steps(folder, *network);
    return health.exit_code;
}

int run_down(const std::string& path, bool purge) {
    const NetworkFolder folder = folder_at(path);
    const auto network = read_network(folder);
    if (!network) return fail(network.error());
    for (const NodeAddress& node : network->nodes) {
        const auto process = running_process(folder.home(node.name));
        if (process) ::kill(*process, SIGCONT);
        if (process) ::kill(*process, SIGTERM);
    }
    const auto deadline = Clock::now() + k_down_timeout;
    for (const NodeAddress& node : network->nodes) {
        const std::string home = folder.home(node.name);
        while (running_process(home) && Clock::now() < deadline) {
            std::this_thread::sleep_for(k_poll_interval);
        }
        if (const auto process = running_process(home)) ::kill(*process, SIGKILL);
    }
    std::printf("Network %s is down.\n", network->name.c_str());
    if (!purge) return 0;
    std::error_code error;
    fs::remove_all(folder.path, error);
    if (error) {
        std::fprintf(stderr, "cityledger: %s: %s\n", folder.path.c_str(), error.message().c_str());
        return k_exit_environment;
    }
    std::printf("Removed %s.\n", folder.path.c_str());
    return 0;
}

int run_status(const std::string& path, bool json) {
    const NetworkFolder folder = folder_at(path);
    const auto network = read_network(folder);
    if (!network) return fail(network.error());
    const NetworkAnswers answers = ask_nodes(*network, k_status_timeout_ms);
    const NetworkHealth health = health_of(answers);
    if (!json) {
        print_nodes(answers);
        std::printf("\n%s\n", health.text.c_str());
        return health.exit_code;
    }
    boost::json::array nodes;
    for (const auto& [node, status] : answers) {
        boost::json::object entry = ledger::to_json(node).as_object();
        entry["status"] = status ? ledger::to_json(*status) : boost::json::value(nullptr);
        nodes.push_back(std::move(entry));
    }
    std::printf("%s\n", ledger::pretty_json(nodes).c_str());
    return health.exit_code;
}

}  // namespace cityledger::sim
