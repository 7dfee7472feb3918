#include "node/io/http/event_feed.hpp"

#include <algorithm>
#include <new>
#include <tuple>

#include "ledger/contracts/receipt_readers.hpp"
#include "ledger/receipt_index.hpp"
#include "node/api/event_answers.hpp"
#include "node/io/http/api_proofs.hpp"
#include "node/io/http/api_receipts.hpp"
#include "node/io/http/http_limits.hpp"

namespace cityledger::io {
namespace {

std::size_t size_of(const api::TransactionEvents& transaction) {
    std::size_t size = 1 + transaction.operations.size();
    for (const api::OperationEvents& operation : transaction.operations) {
        size += operation.events.size();
    }
    return size;
}

/// What one follower is told of one block, receipt by receipt.
class BlockTeller {
public:
    BlockTeller(const ledger::ContractRegistry& contracts, const ledger::StateReader& state,
                const ledger::MemberId& asker)
        : contracts_(contracts), reader_(contracts, state, asker) {}

    void tell(const ledger::StoredReceipt& stored, const ledger::Transaction* transaction) {
        const api::ReceiptView receipt = api::receipt_view_for(reader_, stored, transaction);
        bool theirs = !receipt.withheld;
        for (const api::OperationView& operation : receipt.operations) {
            count(operation);
            theirs = theirs || !operation.withheld;
        }
        if (!theirs || full_) return;
        tell_whole(receipt, transaction->body.sender);
    }

    api::BlockEvents finish(api::BlockReceipts block) {
        api::BlockEvents events{std::move(block), {}, std::move(told_), 0};
        events.others = events.block.receipts.size() - events.transactions.size();
        for (const auto& [kind, count] : tallies_) {
            const auto& [contract, operation, code_name] = kind;
            events.operations.push_back({contract, operation, code_name, count});
        }
        return events;
    }

private:
    /// Names that the chain does not know are a sender's words: they are not repeated.
    void count(const api::OperationView& operation) {
        const bool known = contracts_.operation(operation.contract, operation.method).has_value();
        ++tallies_[{known ? operation.contract : "", known ? operation.method : "",
                    operation.code_name}];
    }

    void tell_whole(const api::ReceiptView& receipt, const ledger::MemberId& sender) {
        api::TransactionEvents told{receipt.transaction, sender, receipt.code_name, {}};
        for (const api::OperationView& operation : receipt.operations) {
            told.operations.push_back({operation.contract, operation.method, operation.code_name,
                                       operation.withheld, operation.detail, operation.events});
        }
        size_ += size_of(told);
        full_ = size_ > k_max_told_per_event_message;
        if (!full_) told_.push_back(std::move(told));
    }

    const ledger::ContractRegistry& contracts_;
    ledger::ReceiptReader reader_;
    std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t> tallies_;
    std::vector<api::TransactionEvents> told_;
    std::size_t size_ = 0;
    bool full_ = false;
};

}  // namespace

void EventFeed::read(std::uint64_t height, const ledger::MemberId& asker, Done done) {
    const auto made = last_.find(asker);
    if (last_height_ == height && made != last_.end()) return done(made->second);
    const bool asked = readers_.contains(height);
    readers_[height][asker].push_back(std::move(done));
    if (asked) return;
    backend_.read_block(height,
                        [this, height](const Result<StoredBlock>& block) { tell(height, block); });
}

void EventFeed::tell(std::uint64_t height, const Result<StoredBlock>& block) {
    const auto readers = readers_.extract(height);
    for (const auto& [asker, all] : readers.mapped()) {
        const Result<Message> message = write(height, asker, block);
        for (const Done& done : all) done(message);
    }
}

Result<EventFeed::Message> EventFeed::write(std::uint64_t height, const ledger::MemberId& asker,
                                            const Result<StoredBlock>& block) {
    if (!block) return propagate(block);
    try {
        const ledger::StateReader& state = backend_.state();
        const auto reached = ledger::find_executed_state(state, height);
        BlockTeller teller(contracts_, state, asker);
        api::BlockReceipts receipts = receipts_of(state, reached.value());
        for (std::uint32_t index = 0; index < receipts.receipts.size(); ++index) {
            const auto stored = ledger::receipt_at(state, height, index);
            teller.tell(stored.value(), find_transaction(*block, stored->receipt));
        }
        const api::BlockEvents events = teller.finish(std::move(receipts));
        auto message = std::make_shared<const EventMessage>(
            EventMessage{ledger::compact_json(ledger::to_json(events)), block->bytes});
        if (last_height_ != height) last_.clear();
        last_height_ = height;
        last_[asker] = message;
        return Message(std::move(message));
    } catch (const std::bad_alloc&) {
        return Message();  // costs those who follow their places, not the node its life
    }
}

}  // namespace cityledger::io
