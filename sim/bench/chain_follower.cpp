#include "sim/bench/chain_follower.hpp"

#include <algorithm>
#include <thread>

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_wait_ms = 200;
/// Beyond the wait; a node that is silent for longer is one whose clients ask another.
constexpr std::uint64_t k_answer_timeout_ms = 800;
constexpr auto k_pause = std::chrono::milliseconds(50);

}  // namespace

bool is_complete(const std::vector<FollowState>& nodes, std::size_t node) {
    std::uint64_t last = 0;
    for (const FollowState& one : nodes) last = std::max(last, one.counted_height);
    return nodes[node].answers && nodes[node].next_height > last;
}

ChainFollower::ChainFollower(const sim::NodeAddress& address, std::size_t node,
                             std::uint64_t after_height, TransactionTable& table)
    : client_(address.address, address.http_port, k_answer_timeout_ms),
      node_(node),
      table_(table),
      next_height_(after_height + 1) {}

void ChainFollower::run() {
    while (!stopped_) {
        const auto view = client_.receipts(next_height_, k_wait_ms);
        if (answers_ != view.has_value()) {
            answers_ = view.has_value();
            table_.on_node_answers(node_, answers_);
        }
        if (!view) {
            std::this_thread::sleep_for(k_pause);
            continue;
        }
        for (const api::BlockReceipts& block : view->blocks) read(block);
        next_height_ = view->next_height;
    }
}

void ChainFollower::read(const api::BlockReceipts& block) {
    chain_.states[block.height] = to_hex(block.system_root) + "/" + to_hex(block.business_root) +
                                  "/" + to_hex(block.receipts_root);
    for (const api::ReceiptLine& receipt : block.receipts) {
        const std::uint64_t operations = table_.on_receipt(node_, receipt);
        if (operations == 0) continue;
        counted_height_ = block.height;
        chain_.committed += receipt.operations_ok;
        chain_.refused += operations - receipt.operations_ok;
        if (receipt.code_name != "ok") {
            chain_.refused_by_code[receipt.code_name] += operations;
        }
        for (const api::CodeTally& refused : receipt.refused) {
            chain_.refused_by_code[refused.code_name] += refused.count;
        }
    }
}

}  // namespace cityledger::bench
