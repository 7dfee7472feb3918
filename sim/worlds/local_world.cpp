#include "sim/worlds/local_world.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "node/io/config.hpp"
#include "node/io/config_files.hpp"
#include "sim/launch/launch.hpp"
#include "sim/launch/purge.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {
namespace {

constexpr std::uint64_t k_stop_timeout_ms = 5'000;
constexpr std::uint64_t k_restart_timeout_ms = 30'000;

/// Only who may read the node's home may use its fault controls.
Result<std::string> control_token_of(const std::string& home) {
    return io::read_key_file(io::NodeHome{home}.control_token());
}

}  // namespace

LocalWorld::LocalWorld(HeldNetwork network, LocalOptions options)
    : RemoteWorld(std::move(network.folder), std::move(network.file)),
      lock_(std::move(network.lock)),
      options_(std::move(options)),
      blocked_(this->network().nodes.size()) {}

Result<std::unique_ptr<LocalWorld>> LocalWorld::create(const WorldPlan& plan,
                                                       LocalOptions options) {
    auto network = create_network(folder_at(options.folder), plan, options.network);
    if (!network) return propagate(network);
    return launch(*std::move(network), std::move(options));
}

Result<std::unique_ptr<LocalWorld>> LocalWorld::launch(HeldNetwork network, LocalOptions options) {
    LaunchOptions launch = options.launch;
    launch.arguments.emplace_back("--fault-controls");
    std::unique_ptr<LocalWorld> world(new LocalWorld(std::move(network), std::move(options)));
    std::vector<NodeProcess> processes;
    for (const NodeAddress& node : world->network().nodes) {
        processes.emplace_back(world->folder().home(node.name), launch);
    }
    StartPatience patience;
    patience.timeout_ms = world->options_.ready_timeout_ms;
    const std::vector<Status> started =
        start_nodes(world->folder(), world->network().nodes, processes, patience);
    for (const Status& node : started) {
        if (!node) return propagate(node);
    }
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
    if (!options_.keep) purge_network(folder());
}

bool LocalWorld::may_answer(std::size_t node) {
    // Before all nodes are launched there is nothing to know.
    if (node >= processes_.size()) return true;
    return !processes_[node].paused && processes_[node].process.running();
}

Result<crypto::PublicKeyBytes> LocalWorld::make_key(const ledger::MemberId& member) {
    std::error_code error;
    std::filesystem::remove(folder().actor_key(member), error);  // else the old one is read again
    return RemoteWorld::make_key(member);
}

Status LocalWorld::can(FaultKind kind) const {
    if (kind != FaultKind::byzantine) return {};
    return tl::unexpected<Error>(
        fault_impossible("the daemon does not lie; only the virtual world has byzantine nodes"));
}

Status LocalWorld::wait_ready(std::size_t node, std::uint64_t timeout_ms) {
    StartPatience patience;
    patience.timeout_ms = timeout_ms;
    return wait_until_started(process(node), folder(), network().nodes.at(node), patience);
}

Status LocalWorld::wait_until_answering(std::size_t node) {
    StartPatience patience;
    patience.timeout_ms = k_restart_timeout_ms;
    patience.answering_ms = 0;
    return wait_until_started(process(node), folder(), network().nodes.at(node), patience);
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
            return answers ? set_blocked_links(node) : answers;
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
        if (const Status cut = set_blocked_links(node); !cut) return cut;
    }
    return {};
}

Status LocalWorld::set_blocked_links(std::size_t node) {
    const auto token = control_token_of(folder().home(network().nodes[node].name));
    if (!token) return propagate(token);
    return client(node).control_links(*token, blocked_[node]);
}

std::vector<NodeView> LocalWorld::nodes() {
    std::vector<NodeView> views = RemoteWorld::nodes();
    for (NodeView& view : views) view.running = processes_[view.index].process.running();
    return views;
}

}  // namespace cityledger::sim
