// Transactions of clients: taken into the mempool, or refused with the reason. A transaction that
// is known already, waiting or executed, is accepted again.

#include "node/replica/replica_codes.hpp"
#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

using ledger::Transaction;

Status Replica::Impl::accepts() const {
    std::string why;
    if (!started_) why = "the node has not started";
    if (fatal_) why = "a write to the disk failed";
    if (!self_) why = "the node is an observer";
    if (started_ && !log_->files().has_room()) why = "the disk is full";
    if (!diverged_.empty()) why = diverged_;
    if (why.empty()) return {};
    return refuse(codes::node_not_accepting, why);
}

void Replica::Impl::submit(std::shared_ptr<const Transaction> transaction, Mempool::Done done) {
    const auto answer = [&](Result<Digest> result) {
        after(0, [done = std::move(done), result = std::move(result)] { done(result); });
    };
    // Cheap checks first; the signature is the last and is checked elsewhere.
    const auto form = ledger::check_transaction_form(*transaction, chain_);
    if (!form) return answer(propagate(form));
    const Digest id = ledger::transaction_id(transaction->body);
    if (mempool_.contains(id)) {
        if (!mempool_.join(id, done)) answer(id);
        return;
    }
    if (started_ && ledger::find_receipt(state_, id)) return answer(id);
    if (auto accepting = accepts(); !accepting) return answer(propagate(accepting));
    const std::uint64_t next_height = log_->final_height() + 1;
    const auto expiry = ledger::check_transaction_expiry(transaction->body, next_height);
    if (!expiry) return answer(propagate(expiry));
    const auto sender = ledger::check_transaction_sender(state_, transaction->body);
    if (!sender) return answer(propagate(sender));
    if (auto kept = mempool_.reserve(id, transaction, done); !kept) return answer(propagate(kept));
    ports_.verifier.verify(std::move(transaction), guarded([this, id](const Status& checked) {
                               on_transaction_checked(id, checked);
                           }));
}

void Replica::Impl::on_transaction_checked(const Digest& id, const Status& checked) {
    const auto waiting = checked ? mempool_.confirm(id) : mempool_.reject(id);
    ++counters_[checked ? "mempool_accepted_txs" : "mempool_failed_txs"];
    if (checked) schedule_batch();
    for (const auto& done : waiting) {
        done(checked ? Result<Digest>(id) : propagate(checked));
    }
}

}  // namespace cityledger::node
