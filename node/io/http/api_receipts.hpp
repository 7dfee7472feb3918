#pragma once
// GET /receipts: what became of the blocks, for clients that follow the chain. One request a block
// at most, however many transactions it holds.

#include <map>

#include "node/io/http/api_backend.hpp"
#include "node/io/http/http_message.hpp"

namespace cityledger::io {

/// One answer ends with the block that reaches this number of receipts, or with this many blocks.
inline constexpr std::size_t k_receipts_per_answer = 4096;
inline constexpr std::size_t k_blocks_per_receipts_answer = 256;

/// What became of the block of this height.
[[nodiscard]] api::BlockReceipts receipts_of(const ledger::StateReader& state,
                                             const ledger::ExecutedState& reached);

class ReceiptFollowers {
public:
    /// Both must outlive the followers and every request.
    ReceiptFollowers(ApiBackend& backend, node::Scheduler& scheduler)
        : backend_(backend), scheduler_(scheduler) {}

    /// Answers with the blocks from this height (at least 1) on, or waits for the first of them.
    void follow(std::uint64_t from_height, std::uint64_t wait_ms, HttpRespond respond);

    /// A block was executed and its state is readable: answers those who wait for it.
    void on_executed(std::uint64_t height);

private:
    struct Waiting {
        HttpRespond respond;
        node::Scheduler::TimerId timer = 0;
    };

    ApiBackend& backend_;
    node::Scheduler& scheduler_;
    std::multimap<std::uint64_t, Waiting> waiting_;  ///< by the height that they wait for
};

}  // namespace cityledger::io
