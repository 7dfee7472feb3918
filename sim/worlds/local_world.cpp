#include "sim/worlds/local_world.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "node/replica/standing.hpp"
#include "sim/world/world_codes.hpp"
#include "sim/worlds/worlds_codes.hpp"

namespace cityledger::sim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto k_poll_interval = std::chrono::milliseconds(10);
constexpr std::size_t k_log_lines = 8;
constexpr std::uint64_t k_stop_timeout_ms = 5'000;
constexpr std::uint64_t k_restart_timeout_ms = 30'000;

/// It runs as it should and waits for the others to pass a view, which they may do only once there
/// are transactions.
bool waits_for_others(client::ApiClient& client) {
    const auto status = client.status();
    return status && status->standing == node::word_of(node::Standing::votes_lost);
}

/// Waits until the node votes and takes transactions, or its process has ended. A node that lost
/// votes need not vote again.
Status wait_until_ready(NodeProcess& process, client::ApiClient& client, const std::string& home,
                        std::uint64_t timeout_ms) {
    const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
    Status ready = client.ready();
    while (!ready && !waits_for_others(client)) {
        if (!process.running()) {
            return tl::unexpected<Error>(not_started(home + log_tail(home, k_log_lines)));
        }
        if (Clock::now() > deadline) {
            return refuse(codes::daemon_not_ready, home + ": " + ready.error().message());
        }
        std::this_thread::sleep_for(k_poll_interval);
        ready = client.ready();
    }
    return {};
}

}  // namespace

Status launch_network(const NetworkFolder& folder, const NetworkFile& network,
                      std::vector<NodeProcess>& processes, std::uint64_t timeout_ms) {
    Status launched;
    for (NodeProcess& process : processes) {
        if (launched) launched = process.start();
    }
    for (std::size_t node = 0; launched && node < processes.size(); ++node) {
        const NodeAddress& address = network.nodes[node];
        client::ApiClient client(address.address, address.http_port, timeout_ms);
        launched = wait_until_ready(processes[node], client, folder.home(address.name), timeout_ms);
    }
    if (!launched) {
        for (NodeProcess& process : processes) process.kill_now();
    }
    return launched;
}

LocalWorld::LocalWorld(NetworkFolder folder, NetworkFile network, LocalOptions options)
    : RemoteWorld(std::move(folder), std::move(network)),
      options_(std::move(options)),
      blocked_(this->network().nodes.size()) {}

Result<std::unique_ptr<LocalWorld>> LocalWorld::create(const WorldPlan& plan,
                                                       LocalOptions options) {
    const NetworkFolder folder{options.folder};
    auto network = create_network(folder, plan, options.network);
    if (!network) return propagate(network);
    LaunchOptions launch = options.launch;
    launch.arguments.push_back("--fault-controls");
    std::vector<NodeProcess> processes;
    for (const NodeAddress& node : network->nodes) {
        processes.emplace_back(folder.home(node.name), launch);
    }
    const std::uint64_t timeout_ms = options.ready_timeout_ms;
    std::unique_ptr<LocalWorld> world(
        new LocalWorld(folder, *std::move(network), std::move(options)));
    const Status launched = launch_network(folder, world->network(), processes, timeout_ms);
    if (!launched) return propagate(launched);
    for (NodeProcess& process : processes) {
        world->processes_.push_back({std::move(process), false});
    }
    return world;
}

LocalWorld::~LocalWorld() {
    for (LocalNode& node : processes_) {
        node.process.send_signal(SIGCONT);
        node.process.send_signal(SIGTERM);
    }
    for (LocalNode& node : processes_) node.process.stop(k_stop_timeout_ms);
    std::error_code ignored;
    if (!options_.keep) std::filesystem::remove_all(options_.folder, ignored);
}

bool LocalWorld::may_answer(std::size_t node) {
    // Before all nodes are launched there is nothing to know.
    if (node >= processes_.size()) return true;
    return !processes_[node].paused && processes_[node].process.running();
}

Status LocalWorld::can(FaultKind kind) const {
    if (kind != FaultKind::byzantine) return {};
    return tl::unexpected<Error>(
        fault_impossible("the daemon does not lie; only the virtual world has byzantine nodes"));
}

Status LocalWorld::wait_ready(std::size_t node, std::uint64_t timeout_ms) {
    const std::string home = folder().home(network().nodes.at(node).name);
    return wait_until_ready(process(node), client(node), home, timeout_ms);
}

Status LocalWorld::wait_until_answering(std::size_t node) {
    const auto deadline = Clock::now() + std::chrono::milliseconds(k_restart_timeout_ms);
    auto status = client(node).status();
    while (!status && process(node).running() && Clock::now() < deadline) {
        std::this_thread::sleep_for(k_poll_interval);
        status = client(node).status();
    }
    if (!status) return wait_ready(node, 0);  // refused with the reason
    return {};
}

Status LocalWorld::inject(const Fault& fault) {
    if (const Status possible = can(fault.kind); !possible) return possible;
    if (fault.kind == FaultKind::partition) return cut_links(fault.groups);
    if (fault.kind == FaultKind::heal) return cut_links({});
    for (const std::size_t node : fault.nodes) {
        if (node >= processes_.size()) return tl::unexpected<Error>(unknown_node(node));
        if (const Status done = inject_into_process(fault.kind, node); !done) return done;
    }
    return {};
}

Status LocalWorld::inject_into_process(FaultKind kind, std::size_t node) {
    LocalNode& target = processes_[node];
    switch (kind) {
        case FaultKind::kill:
            target.process.kill_now();
            target.paused = false;
            return {};
        case FaultKind::pause:
            target.process.send_signal(SIGSTOP);
            target.paused = true;
            return {};
        case FaultKind::resume:
            target.process.send_signal(SIGCONT);
            target.paused = false;
            return {};
        case FaultKind::restart: {
            if (const Status started = target.process.start(); !started) return started;
            // A quorum may be away, then the node waits: it is enough that it answers.
            const Status answers = wait_until_answering(node);
            return answers ? client(node).control_links(blocked_[node]) : answers;
        }
        default: return can(kind);
    }
}

Status LocalWorld::cut_links(const std::vector<std::vector<std::size_t>>& groups) {
    for (std::size_t node = 0; node < processes_.size(); ++node) {
        std::vector<std::string> blocked;
        for (const std::vector<std::size_t>& group : groups) {
            const bool own = std::find(group.begin(), group.end(), node) != group.end();
            if (own) continue;
            for (const std::size_t other : group) blocked.push_back(network().nodes[other].name);
        }
        blocked_[node] = blocked;
        if (!may_answer(node)) continue;
        if (const Status cut = client(node).control_links(blocked); !cut) return cut;
    }
    return {};
}

std::vector<NodeView> LocalWorld::nodes() {
    std::vector<NodeView> views = RemoteWorld::nodes();
    for (NodeView& view : views) view.running = processes_[view.index].process.running();
    return views;
}

}  // namespace cityledger::sim
