#pragma once
// Replicas in one event queue: virtual time, a network that delays, disks that lose what was not
// synced. Small on purpose; the virtual world of sim/ does more.

#include <catch2/catch.hpp>
#include <queue>
#include <set>

#include "ledger/memory_state_store.hpp"
#include "memory_disk.hpp"
#include "node/replica/peer_messages.hpp"
#include "node/replica/replica.hpp"

namespace cityledger::node::test {

inline constexpr std::uint64_t k_us_per_ms = 1000;

class TestWorld;

struct TestNode {
    TestNode(TestWorld& owner, ValidatorIndex own_index) : world(owner), index(own_index) {}

    TestWorld& world;
    ValidatorIndex index;
    MemoryDisk disk;
    ledger::MemoryStateStore store;
    std::unique_ptr<ledger::Executor> executor;
    bool computes_wrong = false;  ///< this node's contract writes something else
    ledger::ContractRegistry contracts;
    std::unique_ptr<Ports> ports;
    std::unique_ptr<Replica> replica;
    std::vector<std::shared_ptr<void>> adapters;
    std::uint64_t incarnation = 0;
    bool up = false;
    std::uint64_t disk_takes_us = 0;  ///< how much longer each sync takes than usual
    bool lies_about_sync = false;     ///< the control: says "synced" and syncs nothing
    std::optional<Error> fatal;
    std::optional<Error> refused_start;
};

struct WorldOptions {
    std::size_t nodes = 4;
    std::uint64_t seed = 1;
    std::uint64_t log_segment_bytes = 256 * 1024;
    std::uint64_t mempool_max_bytes = 1024 * 1024;
    bool network_was_stopped = false;  ///< of later starts
};

class TestWorld {
public:
    explicit TestWorld(WorldOptions options);
    ~TestWorld();

    /// May change the message (returns true) or lose it (returns false).
    using Meddler = std::function<bool(ValidatorIndex from, ValidatorIndex to, PeerMessage&)>;

    void start_all();
    void start(ValidatorIndex index);
    void stop(ValidatorIndex index);       ///< the process ends; the disk keeps everything
    void power_cut(ValidatorIndex index);  ///< and what was not synced is lost
    void wipe(ValidatorIndex index);       ///< a new log, as `init` makes it
    void at(std::uint64_t delay_us, std::function<void()> action);
    void run_ms(std::uint64_t duration_ms);
    /// Runs until the condition holds; false if it does not within the time.
    bool run_until(const std::function<bool()>& condition, std::uint64_t at_most_ms);

    [[nodiscard]] ledger::Transaction transaction(const std::string& key,
                                                  const std::string& sender = "alice");
    /// Submits at a node; the id. `acknowledged` gets it once the node shows a receipt.
    Digest submit(ValidatorIndex index, const ledger::Transaction& transaction);
    [[nodiscard]] bool has_receipt(ValidatorIndex index, const Digest& id) const;

    Replica& replica(ValidatorIndex index) { return *nodes.at(index)->replica; }
    [[nodiscard]] std::uint64_t final_height(ValidatorIndex index);
    /// Equal digests at every height that two running nodes both have; equal states.
    void check_agreement();

    WorldOptions options;
    std::mt19937_64 random;
    ledger::Genesis genesis;
    std::optional<ledger::ValidatorSet> validators;
    std::vector<crypto::PrivateKey> keys;
    std::vector<std::unique_ptr<TestNode>> nodes;
    std::set<Digest> acknowledged;
    std::vector<Error> refusals;      ///< of submitted transactions
    std::vector<std::string> closed;  ///< codes of sessions that were closed for a reason
    Meddler meddler;
    std::uint64_t now_us = 0;
    std::set<std::pair<ValidatorIndex, ValidatorIndex>> sessions;

    void send(ValidatorIndex from, ValidatorIndex to, std::shared_ptr<const Bytes> frame);
    void connect(ValidatorIndex a, ValidatorIndex b);
    void disconnect(ValidatorIndex a, ValidatorIndex b);

private:
    struct Event {
        std::uint64_t at_us = 0;
        std::uint64_t order = 0;
        std::function<void()> action;
        bool operator>(const Event& other) const {
            return std::tie(at_us, order) > std::tie(other.at_us, other.order);
        }
    };
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::uint64_t next_order_ = 0;
    std::map<std::pair<ValidatorIndex, ValidatorIndex>, std::uint64_t> last_delivery_us_;
    std::uint64_t next_nonce_ = 1;
};

}  // namespace cityledger::node::test
