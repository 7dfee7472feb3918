#include "node/replica/admission.hpp"

#include "node/replica/replica_codes.hpp"

namespace cityledger::node {

using ledger::Transaction;

Error not_accepting(std::string why) {
    return refuse(codes::node_not_accepting, std::move(why)).value();
}

void Admission::answer(Mempool::Done done, Result<Digest> result) {
    reactor_.after(0, [done = std::move(done), result = std::move(result)] { done(result); });
}

/// What needs no signature: cheap checks first.
Status Admission::check(const Transaction& transaction, const Status& accepting) const {
    if (!accepting) return accepting;
    const std::uint64_t next_height = log_.final_height() + 1;
    const auto expiry = ledger::check_transaction_expiry(transaction.body, next_height);
    if (!expiry) return expiry;
    const auto sender = ledger::check_transaction_sender(state_, transaction.body);
    return sender ? judge_(transaction.body) : sender;
}

void Admission::submit(std::shared_ptr<const Transaction> transaction, const Status& accepting,
                       Mempool::Done done) {
    const auto form = ledger::check_transaction_form(*transaction, chain_);
    if (!form) return answer(std::move(done), propagate(form));
    const Digest id = ledger::transaction_id(transaction->body);
    if (mempool_.contains(id)) {
        if (!mempool_.join(id, done)) answer(std::move(done), id);
        return;
    }
    if (ledger::find_receipt(state_, id)) return answer(std::move(done), id);
    auto admitted = check(*transaction, accepting);
    if (admitted) admitted = mempool_.reserve(id, transaction, done);
    if (!admitted) return answer(std::move(done), propagate(admitted));
    verifier_.verify(std::move(transaction), reactor_.event([this, id](const Status& checked) {
        on_checked(id, checked);
    }));
}

void Admission::on_checked(const Digest& id, const Status& checked) {
    const auto waiting = checked ? mempool_.confirm(id) : mempool_.reject(id);
    ++(checked ? accepted_ : failed_);
    for (const auto& done : waiting) done(checked ? Result<Digest>(id) : propagate(checked));
}

void Admission::on_executed(std::uint64_t height, const ledger::ExecutedBlock& executed) {
    for (const auto& stored : executed.receipts) mempool_.erase(stored.receipt.transaction);
    mempool_.drop_expired(height + 1);
}

void Admission::add_counters(Counters& counters) const {
    counters["mempool_accepted_txs"] = accepted_;
    counters["mempool_failed_txs"] = failed_;
    counters["mempool_size"] = mempool_.count();
    counters["mempool_size_bytes"] = mempool_.bytes();
}

}  // namespace cityledger::node
