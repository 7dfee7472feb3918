#include "node/io/http/api_receipts.hpp"

#include "ledger/receipt_index.hpp"
#include "node/io/http/api_submit.hpp"

namespace cityledger::io {
namespace {

/// The height is told as it was before the state was read: it may grow meanwhile.
HttpResponse receipts_from(const ApiBackend& backend, std::uint64_t height) {
    const std::uint64_t executed_height = backend.executed_height();
    const ledger::StateReader& state = backend.state();
    api::ReceiptsView view{height, {}};
    std::size_t receipts = 0;
    while (receipts < k_receipts_per_answer && view.blocks.size() < k_blocks_per_receipts_answer) {
        const auto reached = ledger::find_executed_state(state, view.next_height);
        if (!reached) break;
        view.blocks.push_back(receipts_of(state, *reached));
        receipts += view.blocks.back().receipts.size();
        ++view.next_height;
    }
    HttpResponse response = json_response(view);
    tell_height(response, executed_height);
    return response;
}

}  // namespace

api::BlockReceipts receipts_of(const ledger::StateReader& state,
                               const ledger::ExecutedState& reached) {
    api::BlockReceipts block{
        reached.height, reached.system_root, reached.business_root, reached.receipts_root, {}};
    while (auto stored = ledger::receipt_at(state, reached.height,
                                            static_cast<std::uint32_t>(block.receipts.size()))) {
        block.receipts.push_back(api::receipt_line(stored->receipt));
    }
    return block;
}

void ReceiptFollowers::follow(std::uint64_t from_height, std::uint64_t wait_ms,
                              HttpRespond respond) {
    if (from_height <= backend_.executed_height() || wait_ms == 0) {
        return respond(receipts_from(backend_, from_height));
    }
    const auto entry = waiting_.emplace(from_height, Waiting{std::move(respond), 0});
    entry->second.timer = scheduler_.after(wait_ms, [this, entry] {
        const HttpRespond late = std::move(entry->second.respond);
        const std::uint64_t height = entry->first;
        waiting_.erase(entry);
        late(json_response(api::ReceiptsView{height, {}}));
    });
}

void ReceiptFollowers::on_executed(std::uint64_t height) {
    const auto end = waiting_.upper_bound(height);
    while (waiting_.begin() != end) {
        const auto first = waiting_.begin();
        const std::uint64_t from = first->first;
        const HttpRespond respond = std::move(first->second.respond);
        scheduler_.cancel(first->second.timer);
        waiting_.erase(first);
        respond(receipts_from(backend_, from));
    }
}

}  // namespace cityledger::io
