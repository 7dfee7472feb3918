#include "node/replica/batch_maker.hpp"

#include <utility>

namespace cityledger::node {

using ledger::Batch;
using ledger::Transaction;

Batch BatchSigner::sign(ledger::BatchHeader header, std::vector<Transaction> transactions,
                        const ledger::ChainId& chain) const {
    header.transaction_count = static_cast<std::uint32_t>(transactions.size());
    header.transactions_root = ledger::batch_transactions_root(transactions);
    const auto signature = key_.sign(ledger::signing_bytes(ledger::tags::batch, chain, header));
    return {header, signature, std::move(transactions)};
}

BatchMaker::BatchMaker(const ledger::ValidatorSet& validators, std::optional<BatchSigner> signer,
                       ledger::Nonce session, std::uint64_t interval_ms, Mempool& mempool,
                       BatchExchange& exchange, PeerLinks& links, Reactor& reactor)
    : validators_(validators),
      signer_(std::move(signer)),
      session_(session),
      interval_ms_(interval_ms),
      mempool_(mempool),
      exchange_(exchange),
      links_(links),
      reactor_(reactor) {}

void BatchMaker::pump() {
    if (!signer_ || mempool_.waiting_count() == 0) return;
    if (due_ || mempool_.waiting_bytes() >= k_target_batch_bytes) {
        while (mempool_.waiting_count() > 0 &&
               exchange_.pool().own_count() < k_own_batches_in_flight) {
            make_batch();
        }
        due_ = mempool_.waiting_count() > 0;
        return;
    }
    if (waits_for_company_) return;
    waits_for_company_ = true;
    reactor_.after(interval_ms_, [this] {
        waits_for_company_ = false;
        due_ = true;
    });
}

void BatchMaker::make_batch() {
    const auto taken = mempool_.take(ledger::k_max_transactions_per_batch, k_target_batch_bytes);
    std::vector<Transaction> transactions;
    transactions.reserve(taken.size());
    for (const auto& transaction : taken) transactions.push_back(*transaction);
    ledger::BatchHeader header;
    header.epoch = validators_.epoch();
    header.author = *links_.self();
    header.sequence = ++made_;
    header.session = session_;
    const auto batch = std::make_shared<const Batch>(
        signer_->sign(header, std::move(transactions), validators_.chain_id()));
    exchange_.push_own(ledger::batch_digest(batch->header, validators_.chain_id()), batch);
}

}  // namespace cityledger::node
