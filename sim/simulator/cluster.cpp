#include "sim/simulator/cluster.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "ledger/codec/json.hpp"
#include "ledger/contracts/contracts.hpp"
#include "node/log/log_codes.hpp"
#include "sim/simulator/simulator_codes.hpp"

namespace cityledger::sim {
namespace {

/// Of the story, in the report of a broken invariant.
constexpr std::size_t k_report_story_lines = 60;

/// The first state of the chain that a plan describes: everything follows from the seed.
ledger::Genesis make_genesis(const WorldPlan& plan,
                             const std::vector<crypto::PrivateKey>& validator_keys) {
    SimulatedRandom random = SimulatedRandom(plan.seed).fork("genesis");
    ledger::Genesis genesis;
    genesis.name = plan.name.empty() ? "virtual" : plan.name;
    genesis.suite = ledger::SuiteName::simulation;
    random.fill(genesis.salt.bytes);
    genesis.authority = random.digest();
    for (std::size_t i = 0; i < validator_keys.size(); ++i) {
        genesis.validators.push_back(
            {"node" + std::to_string(i), validator_keys[i].public_key().bytes()});
    }
    for (const ledger::MemberId& member : plan.members) {
        const auto key = VirtualCluster::member_key(plan.seed, member);
        genesis.keys.push_back({member, key.public_key().bytes()});
    }
    genesis.business = ledger::compact_json(plan.business);
    return genesis;
}

std::vector<crypto::PrivateKey> make_validator_keys(const WorldPlan& plan) {
    std::vector<crypto::PrivateKey> keys;
    for (std::size_t i = 0; i < plan.validators; ++i) {
        SimulatedRandom random = SimulatedRandom(plan.seed).fork("validator", i);
        keys.push_back(crypto::PrivateKey::for_simulation(random.digest()));
    }
    return keys;
}

Status wrong_state(std::size_t node, std::string_view what) {
    return refuse(codes::virtual_wrong_state,
                  "node " + std::to_string(node) + " " + std::string(what));
}

}  // namespace

/// What belongs to one node. Disk and store outlive its processes.
struct VirtualCluster::Node {
    Node(std::size_t number, SimulatedRandom source, const DiskFaults& disk_faults)
        : index(number), random(source), disk(source.fork("disk"), disk_faults) {}

    std::size_t index;
    SimulatedRandom random;
    SimulatedDisk disk;
    ledger::MemoryStateStore store;
    NodeState state = NodeState::down;
    std::string down_because;
    OwnerId life = k_world_owner;
    std::unique_ptr<Byzantine> byzantine;

    // One life of the process; destroyed in the opposite order.
    std::unique_ptr<ledger::Executor> executor;
    std::optional<SimulatedScheduler> scheduler;
    std::optional<SimulatedTransport> transport;
    std::optional<SimulatedSyncer> syncer;
    std::optional<SimulatedVerifier> verifier;
    std::optional<SimulatedExecution> execution;
    std::optional<SimulatedRandomSource> random_source;
    std::unique_ptr<node::Replica> replica;
};

node::ReplicaOptions VirtualOptions::virtual_replica_options() {
    node::ReplicaOptions options;
    options.log_folder = "log";
    options.log_segment_bytes = 1024 * 1024;
    return options;
}

VirtualCluster::VirtualCluster(const WorldPlan& plan, VirtualOptions options)
    : options_(std::move(options)),
      seed_(plan.seed),
      random_(plan.seed),
      validator_keys_(make_validator_keys(plan)),
      contracts_(options_.contracts ? options_.contracts : &ledger::city_contracts()),
      genesis_(make_genesis(plan, validator_keys_)),
      network_(queue_, plan.validators, random_.fork("network"), options_.network),
      checker_(plan.validators) {
    auto validators =
        ledger::ValidatorSet::create(genesis_.validators, ledger::chain_id_of(genesis_), 0);
    CHECK_INVARIANT(validators.has_value());
    validators_ = *std::move(validators);
    checker_.check_persisted_votes(options_.check_persisted_votes);
    network_.set_send_observer([this](ValidatorIndex from, ValidatorIndex to, const Frame& frame) {
        watch_send(from, to, frame);
    });
    network_.set_delivery_observer([this](ValidatorIndex from, ValidatorIndex to,
                                          const Frame& frame) { watch_delivery(from, to, frame); });
    for (std::size_t i = 0; i < plan.validators; ++i) create_node(i);
    if (!options_.start_nodes) return;
    for (auto& node : nodes_) {
        const auto started = start(*node);
        if (!started) checker_.fail("the first start failed: " + started.error().message());
    }
}

VirtualCluster::~VirtualCluster() {
    for (auto& node : nodes_) {
        if (node->state != NodeState::down) stop(*node);
    }
}

crypto::PrivateKey VirtualCluster::member_key(std::uint64_t seed, const ledger::MemberId& member) {
    SimulatedRandom random = SimulatedRandom(seed).fork("member/" + member);
    return crypto::PrivateKey::for_simulation(random.digest());
}

// ---- one node -----------------------------------------------------------------------------------

VirtualCluster::Node& VirtualCluster::node_at(std::size_t index) { return *nodes_.at(index); }
const VirtualCluster::Node& VirtualCluster::node_at(std::size_t index) const {
    return *nodes_.at(index);
}

void VirtualCluster::create_node(std::size_t index) {
    nodes_.push_back(std::make_unique<Node>(index, random_.fork("node", index), options_.disk));
    Node& node = *nodes_.back();
    node.disk.set_observer([this, index](const DiskEvent& event) { watch_disk(index, event); });
    if (options_.wrong_contracts.contains(index)) checker_.mark_faulty(index);
    make_log(node, node::LogOrigin::with_network);
}

void VirtualCluster::make_log(Node& node, node::LogOrigin origin) {
    // What `init` does on a real host, long before the first power cut, on a disk that works.
    const DiskFaults faults = node.disk.faults();
    node.disk.set_faults({});
    const auto made =
        node::initialise_log(node.disk, options_.replica.log_folder, genesis_,
                             SimulatedRandomSource(node.random.fork("log salt")).nonce(), origin);
    if (!made) checker_.fail("the log cannot be made: " + made.error().message());
    (void)node.disk.sync_folder("");
    node.disk.set_faults(faults);
}

Status VirtualCluster::open_state(Node& node) {
    const auto wrong = options_.wrong_contracts.find(node.index);
    const auto& contracts = wrong == options_.wrong_contracts.end() ? *contracts_ : *wrong->second;
    auto executor = ledger::Executor::open(genesis_, contracts, node.store);
    if (!executor) return propagate(executor);
    node.executor = *std::move(executor);
    return {};
}

/// As the daemon does it.
Status VirtualCluster::start(Node& node) {
    const Status started = boot(node);
    if (started || started.error().code != node::codes::state_above_log) return started;
    const auto prepared = node::prepare_state(node.disk, options_.replica.log_folder, genesis_,
                                              options_.replica.log_segment_bytes, node.store);
    if (!prepared) return propagate(prepared);
    return boot(node);
}

Status VirtualCluster::boot(Node& node) {
    if (const auto opened = open_state(node); !opened) return opened;
    const auto index = static_cast<ValidatorIndex>(node.index);
    node.life = queue_.make_owner();
    if (options_.work.sync_lies_per_million > 0) checker_.mark_faulty(index);
    const SimulatedRandom random = node.random.fork("life", node.life);
    const ClockFault clock =
        node.index < options_.clocks.size() ? options_.clocks[node.index] : ClockFault{};
    node.scheduler.emplace(queue_, node.life, clock);
    node.transport.emplace(network_, index);
    node.syncer.emplace(queue_, node.life, random.fork("sync"), options_.work);
    node.verifier.emplace(queue_, node.life, random.fork("verify"), options_.work, *validators_,
                          ledger::signature_suite(genesis_.suite));
    node.execution.emplace(queue_, node.life, random.fork("execute"), options_.work, *node.executor,
                           node.store);
    node.random_source.emplace(random.fork("nonce"));
    node::ReplicaOptions options = options_.replica;
    options.consensus.self = index;
    node.replica = std::make_unique<node::Replica>(
        genesis_, *validators_, &validator_keys_.at(node.index), *node.executor, node.store,
        std::move(options),
        node::Ports{*node.scheduler, *node.transport, node.disk, *node.syncer, *node.verifier,
                    *node.execution, *node.random_source});
    connect_observers(node);
    node.state = NodeState::running;
    node.down_because.clear();
    const auto started = node.replica->start();
    if (!started) {
        stop(node);
        node.down_because = started.error().message();
        return started;
    }
    if (honest(node.index)) checker_.on_state(node.index, node.executor->state());
    network_.attach(index,
                    {node.life,
                     [replica = node.replica.get()](ValidatorIndex peer, bool up) {
                         replica->on_session(peer, up);
                     },
                     [replica = node.replica.get()](ValidatorIndex peer, const Bytes& frame) {
                         replica->on_message(peer, frame);
                     }});
    return {};
}

void VirtualCluster::connect_observers(Node& node) {
    const std::size_t index = node.index;
    node.replica->set_block_observer(
        [this, index](const node::FinalBlock& final_block, const ledger::ExecutedBlock& executed) {
            watch_block(index, final_block, executed);
        });
    node.replica->set_event_observer(
        [this, index](const node::ReplicaEvent& event) { watch_event(index, event); });
    node.replica->set_fatal_handler(
        [this, index, life = node.life](const Error& error) { on_fatal(index, life, error); });
    if (node.byzantine) {
        node.transport->set_rewrite([&node](ValidatorIndex to, const Frame& frame) {
            return node.byzantine->rewrite(to, frame);
        });
    }
}

void VirtualCluster::lose_unsynced(Node& node) {
    node.disk.power_cut();
    node.store.crash(node.random.below(node.store.unflushed_heights() + 1));
}

void VirtualCluster::on_fatal(std::size_t index, OwnerId life, const Error& error) {
    // The process ends after the call that failed, never inside it.
    ++fatal_errors_;
    queue_.hold(life);
    queue_.after(0, k_world_owner, [this, index, life, message = error.message()] {
        Node& node = node_at(index);
        if (node.state == NodeState::down || node.life != life) return;
        trace_.add("fatal", index, 0, as_bytes(message));
        (void)kill(index);
        node.down_because = message;
    });
}

void VirtualCluster::stop(Node& node) {
    network_.detach(static_cast<ValidatorIndex>(node.index));
    queue_.kill(node.life);
    node.state = NodeState::down;
    node.replica.reset();
    node.random_source.reset();
    node.execution.reset();
    node.verifier.reset();
    node.syncer.reset();
    node.transport.reset();
    node.scheduler.reset();
    node.executor.reset();
}

// ---- running ------------------------------------------------------------------------------------

bool VirtualCluster::run_until(const std::function<bool()>& condition, std::uint64_t timeout_ms) {
    const TimeUs limit_us = queue_.now_us() + timeout_ms * k_millisecond_us;
    while (!broken()) {
        if (condition()) return true;
        if (!queue_.step(limit_us)) return !broken() && condition();
    }
    return false;
}

void VirtualCluster::run_for(std::uint64_t duration_ms) {
    (void)run_until([] { return false; }, duration_ms);
}

// ---- faults -------------------------------------------------------------------------------------

Status VirtualCluster::kill(std::size_t index) {
    Node& node = node_at(index);
    if (node.state == NodeState::down) return wrong_state(index, "is down already");
    trace_.add("kill", index, 0, {});
    stop(node);
    lose_unsynced(node);
    return {};
}

Status VirtualCluster::end_process(std::size_t index) {
    Node& node = node_at(index);
    if (node.state == NodeState::down) return wrong_state(index, "is down already");
    trace_.add("end", index, 0, {});
    stop(node);
    return {};
}

Status VirtualCluster::wipe(std::size_t index) {
    if (const auto emptied = restore(index, {}); !emptied) return emptied;
    make_log(node_at(index), node::LogOrigin::made_anew);
    return {};
}

Status VirtualCluster::restore(std::size_t index, const DiskImage& backup) {
    Node& node = node_at(index);
    if (node.state != NodeState::down) return wrong_state(index, "is not down");
    trace_.add("restore", index, 0, {});
    checker_.mark_faulty(index);
    node.disk.restore(backup);
    node.store = {};
    return {};
}

Status VirtualCluster::restart(std::size_t index) {
    Node& node = node_at(index);
    if (node.state != NodeState::down) return wrong_state(index, "is not down");
    trace_.add("restart", index, 0, {});
    const auto started = start(node);
    // A process that ends in its start leaves what a power cut would leave.
    if (!started) lose_unsynced(node);
    return started;
}

Status VirtualCluster::pause(std::size_t index) {
    Node& node = node_at(index);
    if (node.state != NodeState::running) return wrong_state(index, "does not run");
    trace_.add("pause", index, 0, {});
    queue_.hold(node.life);
    node.state = NodeState::paused;
    return {};
}

Status VirtualCluster::resume(std::size_t index) {
    Node& node = node_at(index);
    if (node.state != NodeState::paused) return wrong_state(index, "is not paused");
    trace_.add("resume", index, 0, {});
    queue_.release(node.life);
    node.state = NodeState::running;
    return {};
}

Status VirtualCluster::make_byzantine(std::size_t index, std::string_view behaviour) {
    Node& node = node_at(index);
    auto byzantine = Byzantine::create(behaviour, static_cast<ValidatorIndex>(index), size(),
                                       validator_keys_.at(index), chain_id());
    if (!byzantine) return propagate(byzantine);
    node.byzantine = *std::move(byzantine);
    node.byzantine->set_send([this, index](ValidatorIndex to, const Frame& frame) {
        network_.send(static_cast<ValidatorIndex>(index), to, frame);
    });
    if (!options_.hide_byzantine) checker_.mark_faulty(index);
    trace_.add("byzantine", index, 0, as_bytes(behaviour));
    if (node.state != NodeState::down) connect_observers(node);
    return {};
}

SimulatedDisk& VirtualCluster::disk(std::size_t node) { return node_at(node).disk; }
ledger::MemoryStateStore& VirtualCluster::state_store(std::size_t node) {
    return node_at(node).store;
}

void VirtualCluster::set_meddler(Meddler meddler) {
    if (!meddler) {
        network_.set_meddler(nullptr);
        return;
    }
    network_.set_meddler([meddler = std::move(meddler)](ValidatorIndex from, ValidatorIndex to,
                                                        const Frame& frame) -> Frame {
        auto message = node::decode_message(*frame);
        CHECK_INVARIANT(message.has_value());
        if (!meddler(from, to, *message)) return nullptr;
        return std::make_shared<const Bytes>(node::encode_message(*message));
    });
}

// ---- what a node shows --------------------------------------------------------------------------

VirtualCluster::NodeState VirtualCluster::state(std::size_t node) const {
    return node_at(node).state;
}
bool VirtualCluster::honest(std::size_t node) const {
    return !node_at(node).byzantine && !options_.wrong_contracts.contains(node);
}
std::uint64_t VirtualCluster::lies(std::size_t node) const {
    const auto& byzantine = node_at(node).byzantine;
    return byzantine ? byzantine->lies() : 0;
}
const std::string& VirtualCluster::down_because(std::size_t node) const {
    return node_at(node).down_because;
}
OwnerId VirtualCluster::life(std::size_t node) const { return node_at(node).life; }
node::Replica* VirtualCluster::replica(std::size_t node) { return node_at(node).replica.get(); }
const ledger::StateReader& VirtualCluster::store(std::size_t node) const {
    return node_at(node).store;
}

std::uint64_t VirtualCluster::executed_height(std::size_t node) const {
    const auto& executor = node_at(node).executor;
    return executor ? executor->state().height : 0;
}

std::uint64_t VirtualCluster::lowest_executed_height() const {
    std::uint64_t lowest = UINT64_MAX;
    for (std::size_t node = 0; node < size(); ++node) {
        if (honest(node)) lowest = std::min(lowest, executed_height(node));
    }
    return lowest;
}

void VirtualCluster::submit(std::size_t index,
                            std::shared_ptr<const ledger::Transaction> transaction,
                            std::function<void(Result<Digest>)> done,
                            std::function<void(const ledger::StoredReceipt&)> executed) {
    Node& node = node_at(index);
    CHECK_INVARIANT(node.state != NodeState::down);
    const Digest id = ledger::transaction_id(transaction->body);
    const bool honest_node = honest(index);
    // A client's request reaches the node as an event of its own, like any other input.
    queue_.after(0, node.life, [this, &node, honest_node, id, transaction, done, executed] {
        node.replica->on_receipt(
            id, [this, &node, honest_node, executed](const ledger::StoredReceipt& stored) {
                trace_.add("receipt", node.index, stored.receipt.height,
                           stored.receipt.transaction.view());
                if (honest_node) checker_.on_acknowledged(stored);
                if (executed) executed(stored);
            });
        node.replica->submit(transaction, [done](Result<Digest> accepted) {
            if (done) done(std::move(accepted));
        });
    });
}

// ---- watching -----------------------------------------------------------------------------------

void VirtualCluster::watch_disk(std::size_t index, const DiskEvent& event) {
    checker_.on_disk(index, event);
    switch (event.kind) {
        case DiskEvent::Kind::write: trace_.add("write", index, event.offset, event.bytes); break;
        case DiskEvent::Kind::sync: trace_.add("sync", index, 0, as_bytes(event.path)); break;
        case DiskEvent::Kind::power_cut: trace_.add("power cut", index, 0, {}); break;
        case DiskEvent::Kind::durable: break;  // Follows from writes and syncs.
    }
}

void VirtualCluster::watch_send(ValidatorIndex from, ValidatorIndex, const Frame& frame) {
    if (frame == last_sent_ || !(honest(from) || options_.hide_byzantine)) return;
    last_sent_ = frame;
    checker_.on_send(from, *frame, node_at(from).disk);
}

void VirtualCluster::watch_delivery(ValidatorIndex from, ValidatorIndex to, const Frame& frame) {
    trace_.add("message", from, to, *frame);
    if (const auto& byzantine = node_at(to).byzantine) byzantine->hear(frame);
}

void VirtualCluster::watch_block(std::size_t index, const node::FinalBlock& final_block,
                                 const ledger::ExecutedBlock& executed) {
    trace_.add("block", index, final_block.block.header.height, final_block.digest.view());
    trace_.add("state", index, executed.state.height, ledger::encode(executed.state));
    if (!honest(index)) return;
    checker_.on_block(index, final_block, executed);
    if (executed.changed_state) checker_.on_books(index, executed.state.height, store(index));
}

void VirtualCluster::watch_event(std::size_t index, const node::ReplicaEvent& event) {
    story_.tell(queue_.now_us(), index, event);
    if (honest(index)) checker_.on_event(index, event);
}

std::optional<std::string> VirtualCluster::report() const {
    if (!broken()) return std::nullopt;
    std::string text = "broken invariant: " + *checker_.broken() + "\n  seed " +
                       std::to_string(seed_) + ", event " + std::to_string(queue_.executed()) +
                       ", virtual time " + std::to_string(queue_.now_us() / k_millisecond_us) +
                       " ms";
    if (!options_.replay_command.empty()) text += "\n  replay: " + options_.replay_command;
    text += "\n  what happened before:\n" + story_.text(k_report_story_lines);
    return text;
}

}  // namespace cityledger::sim
