#include "node/io/http/event_feed.hpp"

#include <new>

#include "ledger/receipt_index.hpp"
#include "node/io/http/api_proofs.hpp"
#include "node/io/http/api_receipts.hpp"
#include "node/io/http/http_limits.hpp"

namespace cityledger::io {
namespace {

api::TransactionEvents transaction_events(const StoredBlock& block,
                                          const ledger::StoredReceipt& stored) {
    const ledger::Transaction* transaction = find_transaction(block, stored.receipt);
    const api::ReceiptView receipt = api::receipt_view(stored, transaction);
    api::TransactionEvents told{receipt.transaction, "", receipt.code_name, {}};
    if (transaction != nullptr) told.sender = transaction->body.sender;
    for (const api::OperationView& operation : receipt.operations) {
        told.operations.push_back({operation.contract, operation.method, operation.code_name,
                                   operation.detail, operation.events});
    }
    return told;
}

std::size_t size_of(const api::TransactionEvents& transaction) {
    std::size_t size = 1 + transaction.operations.size();
    for (const api::OperationEvents& operation : transaction.operations) {
        size += operation.events.size();
    }
    return size;
}

api::BlockEvents block_events(const ledger::StateReader& state,
                              const ledger::ExecutedState& reached, const StoredBlock& block) {
    api::BlockEvents events{receipts_of(state, reached), {}, 0};
    for (std::size_t told = 0; events.transactions.size() < events.block.receipts.size();) {
        const auto index = static_cast<std::uint32_t>(events.transactions.size());
        const auto stored = ledger::receipt_at(state, reached.height, index);
        auto transaction = transaction_events(block, stored.value());
        told += size_of(transaction);
        if (told > k_max_told_per_event_message) break;
        events.transactions.push_back(std::move(transaction));
    }
    events.others = events.block.receipts.size() - events.transactions.size();
    return events;
}

}  // namespace

void EventFeed::read(std::uint64_t height, Done done) {
    if (last_ && last_height_ == height) return done(last_);
    auto& readers = readers_[height];
    readers.push_back(std::move(done));
    if (readers.size() > 1) return;
    backend_.read_block(height,
                        [this, height](const Result<StoredBlock>& block) { tell(height, block); });
}

void EventFeed::tell(std::uint64_t height, const Result<StoredBlock>& block) {
    const Result<Message> message = write(height, block);
    const auto readers = readers_.extract(height);
    for (const Done& done : readers.mapped()) done(message);
}

Result<EventFeed::Message> EventFeed::write(std::uint64_t height,
                                            const Result<StoredBlock>& block) {
    if (!block) return propagate(block);
    try {
        const ledger::StateReader& state = backend_.state();
        const auto reached = ledger::find_executed_state(state, height);
        const api::BlockEvents events = block_events(state, reached.value(), *block);
        last_ = std::make_shared<EventMessage>(
            EventMessage{ledger::compact_json(ledger::to_json(events)), block->bytes});
        last_height_ = height;
        return last_;
    } catch (const std::bad_alloc&) {
        return Message();  // costs those who follow their places, not the node its life
    }
}

}  // namespace cityledger::io
