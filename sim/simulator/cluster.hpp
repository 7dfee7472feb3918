#pragma once
// The nodes of the virtual world: production replicas on simulated ports, one thread, one seed,
// virtual time. The World interface stands on top (virtual_world.hpp).

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/memory_state_store.hpp"
#include "node/log/block_log.hpp"
#include "node/replica/replica.hpp"
#include "sim/simulator/byzantine.hpp"
#include "sim/simulator/checker.hpp"
#include "sim/simulator/network.hpp"
#include "sim/simulator/ports.hpp"
#include "sim/simulator/story.hpp"
#include "sim/simulator/trace.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

struct VirtualOptions {
    NetworkFaults network;
    DiskFaults disk;
    WorkTimes work;
    std::vector<ClockFault> clocks;  ///< by node; nodes beyond have a true clock
    node::ReplicaOptions replica = virtual_replica_options();
    /// The contracts of the chain; null: all of the city's.
    const ledger::ContractRegistry* contracts = nullptr;
    /// Nodes with contracts of their own compute something else: they count as faulty.
    std::map<std::size_t, const ledger::ContractRegistry*> wrong_contracts;
    bool start_nodes = true;  ///< or all are down until `restart`
    /// A control: do not look whether votes are on the disk before they leave.
    bool check_persisted_votes = true;
    /// A control: the checker takes Byzantine nodes for honest ones.
    bool hide_byzantine = false;
    /// What to type to see the same run again, for reports.
    std::string replay_command;

    [[nodiscard]] static node::ReplicaOptions virtual_replica_options();
};

class VirtualCluster {
public:
    enum class NodeState : std::uint8_t { down, running, paused };

    VirtualCluster(const WorldPlan& plan, VirtualOptions options);
    ~VirtualCluster();

    // ---- running --------------------------------------------------------------------------------

    /// Runs events until the condition holds (true), the time is over or an invariant broke.
    bool run_until(const std::function<bool()>& condition, std::uint64_t timeout_ms);
    void run_for(std::uint64_t duration_ms);
    [[nodiscard]] EventQueue& queue() { return queue_; }

    // ---- faults ---------------------------------------------------------------------------------

    /// The node loses power: what its disk did not sync is gone.
    Status kill(std::size_t node);
    /// The process ends and its machine goes on: the disk keeps all that was written.
    Status end_process(std::size_t node);
    /// A node that is down gets a new log, as `init` makes it, and no state.
    Status wipe(std::size_t node);
    /// A node that is down gets an earlier content of its disk back, and no state.
    Status restore(std::size_t node, const DiskImage& backup);
    Status restart(std::size_t node);
    Status pause(std::size_t node);
    Status resume(std::size_t node);
    Status make_byzantine(std::size_t node, std::string_view behaviour);
    [[nodiscard]] SimulatedNetwork& network() { return network_; }
    [[nodiscard]] SimulatedDisk& disk(std::size_t node);
    /// For those who damage the state of a node that is down.
    [[nodiscard]] ledger::MemoryStateStore& state_store(std::size_t node);
    /// May change a message that a session carries (true) or lose it (false).
    using Meddler =
        std::function<bool(ValidatorIndex from, ValidatorIndex to, node::PeerMessage& message)>;
    void set_meddler(Meddler meddler);  ///< null: messages arrive as they were sent
    void set_work_times(const WorkTimes& work) { options_.work = work; }  ///< of later starts
    /// The operator's word at later starts, see ReplicaOptions.
    void set_network_was_stopped(bool said) { options_.replica.network_was_stopped = said; }

    // ---- nodes ----------------------------------------------------------------------------------

    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] NodeState state(std::size_t node) const;
    [[nodiscard]] bool running(std::size_t node) const { return state(node) == NodeState::running; }
    [[nodiscard]] bool honest(std::size_t node) const;
    /// How often a Byzantine node lied or kept silent; 0 of an honest one.
    [[nodiscard]] std::uint64_t lies(std::size_t node) const;
    /// Why a node is down: its fatal error, or the refusal of its start; empty if it was killed.
    [[nodiscard]] const std::string& down_because(std::size_t node) const;
    /// How often a node ended because its durability failed.
    [[nodiscard]] std::uint64_t fatal_errors() const { return fatal_errors_; }
    /// The number of this life of the node, which ends with a kill.
    [[nodiscard]] OwnerId life(std::size_t node) const;
    /// Null while the node is down.
    [[nodiscard]] node::Replica* replica(std::size_t node);
    [[nodiscard]] const ledger::StateReader& store(std::size_t node) const;
    /// 0 while the node is down.
    [[nodiscard]] std::uint64_t executed_height(std::size_t node) const;
    /// The lowest over the honest nodes: what everybody has.
    [[nodiscard]] std::uint64_t lowest_executed_height() const;

    /// Gives the transaction to a running node and tells the checker of its receipt.
    /// `done` hears whether the node took it; `executed` gets the receipt. Both may be empty, and
    /// neither comes if the node dies before.
    void submit(std::size_t node, std::shared_ptr<const ledger::Transaction> transaction,
                std::function<void(Result<Digest>)> done,
                std::function<void(const ledger::StoredReceipt&)> executed);

    // ---- the chain ------------------------------------------------------------------------------

    [[nodiscard]] const ledger::Genesis& genesis() const { return genesis_; }
    [[nodiscard]] const ledger::ChainId& chain_id() const { return validators_->chain_id(); }
    [[nodiscard]] const ledger::ValidatorSet& validators() const { return *validators_; }
    [[nodiscard]] const crypto::PrivateKey& validator_key(std::size_t node) const {
        return validator_keys_.at(node);
    }
    [[nodiscard]] const ledger::ContractRegistry& contracts() const { return *contracts_; }
    /// The signing key of a member of the plan: a function of seed and member alone.
    [[nodiscard]] static crypto::PrivateKey member_key(std::uint64_t seed,
                                                       const ledger::MemberId& member);
    [[nodiscard]] SimulatedRandom& random() { return random_; }
    [[nodiscard]] std::uint64_t seed() const { return seed_; }

    // ---- judgement ------------------------------------------------------------------------------

    [[nodiscard]] VirtualChecker& checker() { return checker_; }
    [[nodiscard]] const Trace& trace() const { return trace_; }
    /// Seed, event number, time and what broke, and how to see it again; nothing if all is well.
    [[nodiscard]] std::optional<std::string> report() const;
    /// What the replicas did, newest events.
    [[nodiscard]] Story& story() { return story_; }
    [[nodiscard]] bool broken() const { return checker_.broken().has_value(); }

private:
    struct Node;

    [[nodiscard]] Node& node_at(std::size_t index);
    [[nodiscard]] const Node& node_at(std::size_t index) const;
    void create_node(std::size_t index);
    void make_log(Node& node, node::LogOrigin origin);
    [[nodiscard]] Status open_state(Node& node);
    [[nodiscard]] Status start(Node& node);
    [[nodiscard]] Status boot(Node& node);
    void connect_observers(Node& node);
    void stop(Node& node);
    void lose_unsynced(Node& node);
    void on_fatal(std::size_t index, OwnerId life, const Error& error);
    void watch_disk(std::size_t index, const DiskEvent& event);
    void watch_send(ValidatorIndex from, ValidatorIndex to, const Frame& frame);
    void watch_delivery(ValidatorIndex from, ValidatorIndex to, const Frame& frame);
    void watch_block(std::size_t index, const node::FinalBlock& final_block,
                     const ledger::ExecutedBlock& executed);
    void watch_event(std::size_t index, const node::ReplicaEvent& event);

    VirtualOptions options_;
    std::uint64_t seed_;
    SimulatedRandom random_;
    EventQueue queue_;
    Trace trace_;
    std::vector<crypto::PrivateKey> validator_keys_;
    const ledger::ContractRegistry* contracts_;
    ledger::Genesis genesis_;
    std::optional<ledger::ValidatorSet> validators_;
    SimulatedNetwork network_;
    VirtualChecker checker_;
    Story story_;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::uint64_t fatal_errors_ = 0;
    Frame last_sent_;  ///< a broadcast is looked into once
};

}  // namespace cityledger::sim
