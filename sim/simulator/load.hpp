#pragma once
// Random load on a virtual network, with a contract as small as can be: boards that count what is
// written to them. Used where the business does not matter, above all by the storm.

#include <vector>

#include "sim/simulator/cluster.hpp"

namespace cityledger::sim {

/// Operation `write` of the contract "board": adds one to the count of a slot and keeps the text.
struct BoardWrite {
    std::uint32_t slot = 0;
    std::string text;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("slot", slot), ledger::limited<1024>("text", text));
    }
};

/// The record of a slot, and the result of `write`.
struct BoardSlot {
    std::uint64_t count = 0;
    std::string text;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("count", count), ledger::limited<1024>("text", text));
    }
};

/// A chain with nothing but the contract "board".
[[nodiscard]] const ledger::ContractRegistry& board_contracts();

/// A plan for such a chain with this many validators and a few members.
[[nodiscard]] WorldPlan board_plan(std::uint64_t seed, std::size_t validators);

/// Sends random writes to random running nodes, some to several nodes, and remembers what came
/// back.
class VirtualLoad {
public:
    VirtualLoad(VirtualCluster& cluster, const WorldPlan& plan);

    /// One transaction of one to three operations to a running node; sometimes to two of them, and
    /// sometimes an earlier transaction once more.
    void send_one();
    /// Sends one every `interval_ms` on average, until the cluster ends or `stop` is called.
    void start(std::uint64_t interval_ms);
    void stop() { ++generation_; }

    [[nodiscard]] std::uint64_t sent() const { return sent_.size(); }
    [[nodiscard]] std::uint64_t executed() const { return executed_; }

private:
    using TransactionPointer = std::shared_ptr<const ledger::Transaction>;

    [[nodiscard]] TransactionPointer make_transaction();
    [[nodiscard]] std::optional<std::size_t> draw_node();
    void send_to_some_node(const TransactionPointer& transaction);
    void schedule(std::uint64_t interval_ms, std::uint64_t generation);

    VirtualCluster& cluster_;
    SimulatedRandom random_;
    std::vector<ledger::MemberId> members_;
    std::vector<crypto::PrivateKey> keys_;
    std::vector<TransactionPointer> sent_;
    std::uint64_t executed_ = 0;
    std::uint64_t generation_ = 0;
};

}  // namespace cityledger::sim
