#pragma once
// Follows the blocks of one node as it tells them, and counts in them the operations of a round.

#include <atomic>

#include "client/api_client.hpp"
#include "sim/bench/transaction_table.hpp"
#include "sim/worlds/network_files.hpp"

namespace cityledger::bench {

class ChainFollower {
public:
    /// Counts from the block after this height on. All must outlive the follower.
    ChainFollower(const sim::NodeAddress& address, std::size_t node, std::uint64_t after_height,
                  TransactionTable& table);

    /// Follows until it is stopped.
    void run();
    /// Ends run() soon.
    void stop() { stopped_ = true; }
    /// The first height that was not read yet.
    [[nodiscard]] std::uint64_t next_height() const { return next_height_; }
    [[nodiscard]] bool answers() const { return answers_; }

    /// What was read; when run() has ended.
    [[nodiscard]] NodeChain take() { return std::move(chain_); }

private:
    void read(const api::BlockReceipts& block);

    client::ApiClient client_;
    std::size_t node_;
    TransactionTable& table_;
    NodeChain chain_;
    std::atomic<std::uint64_t> next_height_;
    std::atomic<bool> answers_ = true;
    std::atomic<bool> stopped_ = false;
};

}  // namespace cityledger::bench
