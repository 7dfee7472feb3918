#pragma once
// Follows the blocks of one node as it tells them, and counts in them the operations of a round.

#include <atomic>

#include "client/api_client.hpp"
#include "sim/bench/transaction_table.hpp"
#include "sim/launch/network_maker.hpp"

namespace cityledger::bench {

/// How far a node's blocks were read.
struct FollowState {
    bool answers = true;
    std::uint64_t next_height = 0;     ///< the first that was not read yet
    std::uint64_t counted_height = 0;  ///< of the last block with operations of the round; or 0
};

/// Whether every block that holds operations of the round, as far as any node tells, was read from
/// this node; blocks that come after them change no count.
[[nodiscard]] bool is_complete(const std::vector<FollowState>& nodes, std::size_t node);

class ChainFollower {
public:
    /// Counts from the block after this height on. All must outlive the follower.
    ChainFollower(const sim::NodeAddress& address, std::size_t node, std::uint64_t after_height,
                  TransactionTable& table);

    /// Follows until it is stopped.
    void run();
    /// Ends run() soon.
    void stop() { stopped_ = true; }
    [[nodiscard]] FollowState state() const { return {answers_, next_height_, counted_height_}; }

    /// What was read; when run() has ended.
    [[nodiscard]] NodeChain take() { return std::move(chain_); }

private:
    void read(const api::BlockReceipts& block);

    client::ApiClient client_;
    std::size_t node_;
    TransactionTable& table_;
    NodeChain chain_;
    std::atomic<std::uint64_t> next_height_;
    std::atomic<std::uint64_t> counted_height_ = 0;
    std::atomic<bool> answers_ = true;
    std::atomic<bool> stopped_ = false;
};

}  // namespace cityledger::bench
