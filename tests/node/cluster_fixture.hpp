#pragma once
// Replicas on the virtual world of sim/simulator, whose checker watches every run, with what the
// tests of node add: a contract that writes notes, signed transactions, and who was told what.

#include <catch2/catch.hpp>

#include "node/replica/peer_messages.hpp"
#include "sim/simulator/cluster.hpp"

namespace cityledger::node::test {

/// A chain with nothing but the contract "notes", whose one operation writes a key; the wrong one
/// writes something else.
[[nodiscard]] const ledger::ContractRegistry& note_contracts(bool wrong = false);

inline constexpr Code k_sync_failed{9003, RefusalKind::broken, "sync_failed",
                                    "the test disk failed to sync", ""};

/// Syncs inside the call, where a test needs no replica.
class PromptSyncer : public Syncer {
public:
    void sync(std::shared_ptr<File> file, std::function<void(Status)> done) override {
        done(fails ? refuse(k_sync_failed) : file->sync());
    }
    bool fails = false;  ///< the file itself keeps on working
};

/// Leaves the disk as much room as it uses now, or all again.
void set_full(sim::SimulatedDisk& disk, bool full);

/// A disk on which a power cut keeps each unsynced write whole, in part or not at all.
inline constexpr sim::DiskFaults k_torn_disk{
    .keep_unsynced_files = 1'000'000, .keep_unsynced_names = 1'000'000, .torn_write = 500'000};

struct ClusterOptions {
    std::size_t nodes = 4;
    std::uint64_t seed = 1;
    std::uint64_t log_segment_bytes = 256 * 1024;
    std::optional<std::size_t> computes_wrong = {};  ///< this node's contract writes something else
    /// A control: disks say "synced" and sync nothing, and nobody looks whether votes are durable.
    bool disks_lie = false;
};

/// All nodes are down at first.
class TestCluster {
public:
    explicit TestCluster(const ClusterOptions& options);

    void start_all();  ///< those that are down
    void start(std::size_t node);
    void stop(std::size_t node);  ///< the process ends; the disk keeps everything
    void power_cut(std::size_t node);
    void wipe(std::size_t node);
    /// Runs; no invariant of the checker may break meanwhile.
    void run_ms(std::uint64_t duration_ms);
    /// Runs until the condition holds, which is asked once a millisecond; false if it does not
    /// within the time.
    bool run_until(const std::function<bool()>& condition, std::uint64_t at_most_ms);

    [[nodiscard]] ledger::Transaction transaction(const std::string& key,
                                                  const std::string& sender = "alice");
    /// Submits at a node; the id. `acknowledged` gets it once the node shows a receipt.
    Digest submit(std::size_t node, const ledger::Transaction& transaction);
    [[nodiscard]] bool has_receipt(std::size_t node, const Digest& id) const;

    [[nodiscard]] Replica& replica(std::size_t node);
    [[nodiscard]] std::uint64_t final_height(std::size_t node);
    [[nodiscard]] bool was_closed_for(const Code& code);
    /// No invariant broke, and equal digests at every height that two running nodes both have; what
    /// they executed is compared by the checker.
    void check_agreement();

    sim::VirtualCluster cluster;
    sim::SimulatedRandom random;
    bool may_break = false;  ///< a control: broken invariants are no failure of the test
    std::set<Digest> acknowledged;
    std::vector<Error> refusals;  ///< of submitted transactions

private:
    std::uint64_t next_nonce_ = 1;
};

/// A replica on the disk and state of a node that is down, for what ends a node's own process.
struct LoneReplica {
    LoneReplica(TestCluster& owner, std::size_t node);
    ~LoneReplica();

    void submit(const std::string& key);

    TestCluster& world;
    sim::OwnerId life;
    std::optional<Error> fatal;
    std::size_t acknowledged = 0;
    std::vector<Error> refusals;
    std::unique_ptr<ledger::Executor> executor;
    sim::SimulatedScheduler scheduler;
    sim::SimulatedTransport transport;
    sim::SimulatedSyncer syncer;
    sim::SimulatedVerifier verifier;
    sim::SimulatedExecution execution;
    sim::SimulatedRandomSource random_source;
    Replica replica;
};

}  // namespace cityledger::node::test
