// Waiting transactions into batches, batches to everybody, missing batches from somebody.

#include <algorithm>

#include "node/replica/replica_codes.hpp"
#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

using ledger::Batch;
using ledger::Transaction;

namespace {

/// Signs the header as its author.
Batch sign_batch(ledger::BatchHeader header, std::vector<Transaction> transactions,
                 const ledger::ChainId& chain, const crypto::PrivateKey& key) {
    header.transaction_count = static_cast<std::uint32_t>(transactions.size());
    header.transactions_root = ledger::batch_transactions_root(transactions);
    const auto signature = key.sign(ledger::signing_bytes(ledger::tags::batch, chain, header));
    return {header, signature, std::move(transactions)};
}

}  // namespace

void Replica::Impl::schedule_batch() {
    if (mempool_.waiting_bytes() >= k_target_batch_bytes) return make_batches();
    if (batch_scheduled_ || mempool_.waiting_count() == 0) return;
    batch_scheduled_ = true;
    after(options_.batch_interval_ms, [this] {
        batch_scheduled_ = false;
        make_batches();
    });
}

void Replica::Impl::make_batches() {
    if (!takes_part() || !accepts()) return;
    while (mempool_.waiting_count() > 0 && pool_.own_count() < k_own_batches_in_flight) {
        make_batch();
    }
}

void Replica::Impl::make_batch() {
    // Room for a last transaction of any size, within k_max_batch_bytes.
    const auto taken = mempool_.take(ledger::k_max_transactions_per_batch, k_target_batch_bytes);
    std::vector<Transaction> transactions;
    for (const auto& transaction : taken) transactions.push_back(*transaction);
    ledger::BatchHeader header;
    header.epoch = validators_.epoch();
    header.author = *self_;
    header.sequence = next_batch_sequence_++;
    header.session = session_;
    const auto batch =
        std::make_shared<const Batch>(sign_batch(header, std::move(transactions), chain_, *key_));
    const Digest digest = ledger::batch_digest(batch->header, chain_);
    ++counters_["mempool_batches_made"];
    keep_batch(digest, batch);  // in the own log before anybody hears of it
    broadcast(BatchPush{*batch});
}

void Replica::Impl::keep_batch(const Digest& digest, std::shared_ptr<const Batch> batch) {
    log_->append_batch(digest, batch);
    questions_.erase(digest);
    if (!named_.names(digest, log_->final_height() + 1)) {
        pool_.add_held(digest, *batch, log_->batch_bytes(digest), now_ms());
    }
    schedule_pool_tick();
    for (auto& [block, check] : checks_) check.missing.erase(digest);
    judge_pending_blocks();
    recompute_work();
    pump_execution();
}

void Replica::Impl::handle(ValidatorIndex from, BatchPush& message) {
    const Digest digest = ledger::batch_digest(message.batch.header, chain_);
    if (log_->has_batch(digest)) {
        pool_.add_holder(digest, from, now_ms());
        if (pool_.holds(digest)) send(from, BatchAck{{digest}});
        return;
    }
    const bool wanted = wanted_batches().contains(digest);
    const std::uint64_t bytes = ledger::encode(message.batch).size();
    if (named_.names(digest, log_->final_height() + 1) && !wanted) return;
    if (!wanted && !pool_.has_room_for(message.batch.header.author, bytes)) return;
    if (bytes > ledger::k_max_batch_bytes || !log_->files().has_room()) return;
    if (checking_batches_.contains(digest)) return;
    if (peers_[from].batch_checks >= k_batch_checks_per_peer) return;
    peers_[from].batch_checks += 1;
    checking_batches_.insert(digest);
    const auto batch = std::make_shared<const Batch>(std::move(message.batch));
    const auto done = [this, from, digest, batch](const Status& checked) {
        on_batch_checked(from, digest, batch, checked);
    };
    ports_.verifier.verify(batch, guarded(done));
}

void Replica::Impl::on_batch_checked(ValidatorIndex from, const Digest& digest,
                                     std::shared_ptr<const Batch> batch, const Status& checked) {
    checking_batches_.erase(digest);
    peers_[from].batch_checks -= 1;
    if (!checked) {
        // Whoever sent it is its author or did not check it.
        ++counters_["mempool_bad_batches"];
        return close(from, checked.error());
    }
    if (!takes_part() || !log_->files().has_room()) return;
    keep_batch(digest, std::move(batch));
    pool_.add_holder(digest, from, now_ms());
    if (self_) broadcast(BatchAck{{digest}});
    recompute_work();
}

void Replica::Impl::handle(ValidatorIndex from, BatchAck& message) {
    for (const auto& digest : message.batches) {
        if (named_.names(digest, log_->final_height() + 1)) continue;
        pool_.add_holder(digest, from, now_ms());
    }
    schedule_pool_tick();
    recompute_work();
}

void Replica::Impl::handle(ValidatorIndex from, BatchRequest& message) {
    for (const auto& digest : message.batches) {
        const std::uint64_t bytes = log_->batch_bytes(digest);
        if (bytes == 0 || !may_serve(from, bytes)) continue;
        if (const auto batch = log_->batch(digest)) send(from, BatchPush{*batch});
    }
}

void Replica::Impl::schedule_pool_tick() {
    if (pool_tick_scheduled_) return;
    if (pool_.empty() && checks_.empty() && handed_over_height_ == log_->final_height()) return;
    pool_tick_scheduled_ = true;
    after(k_pool_interval_ms, [this] {
        pool_tick_scheduled_ = false;
        pool_tick();
    });
}

/// Nothing that liveness needs is sent only once: what is held and not yet named is told again, and
/// what others hold is asked for.
void Replica::Impl::pool_tick() {
    if (!takes_part()) return;
    const std::uint64_t now = now_ms();
    if (self_ && now >= retold_ms_ + k_batch_retell_ms) {
        retold_ms_ = now;
        const std::uint64_t before = now < k_batch_retell_ms ? 0 : now - k_batch_retell_ms;
        auto digests = pool_.held_since(before, k_max_digests_per_message);
        if (!digests.empty()) broadcast(BatchAck{std::move(digests)});
    }
    ask_for_batches();
    make_batches();
    schedule_pool_tick();
}

std::set<Digest> Replica::Impl::wanted_batches() const {
    std::set<Digest> wanted;
    for (const auto& [digest, check] : checks_) {
        wanted.insert(check.missing.begin(), check.missing.end());
    }
    const std::uint64_t last =
        std::min(log_->final_height(), handed_over_height_ + k_final_fetch_heights);
    for (std::uint64_t height = handed_over_height_ + 1; height <= last; ++height) {
        const auto missing = missing_of_final_.find(height);
        if (missing == missing_of_final_.end()) continue;
        wanted.insert(missing->second.begin(), missing->second.end());
    }
    const std::uint64_t now = now_ms();
    const std::uint64_t before = now < k_pool_interval_ms ? 0 : now - k_pool_interval_ms;
    for (const auto& digest : pool_.missing_since(before, k_max_digests_per_message)) {
        wanted.insert(digest);
    }
    return wanted;
}

void Replica::Impl::ask_for_batches() {
    const auto wanted = wanted_batches();
    std::erase_if(questions_, [&](const auto& entry) { return !wanted.contains(entry.first); });
    const std::uint64_t now = now_ms();
    std::map<ValidatorIndex, std::vector<Digest>> requests;
    for (const auto& digest : wanted) {
        if (checking_batches_.contains(digest) || log_->has_batch(digest)) continue;
        auto& question = questions_[digest];
        if (question.attempts > 0 && now < question.asked_ms + question.retry_ms) continue;
        std::vector<ValidatorIndex> holders;
        for (const auto holder : pool_.holders(digest)) {
            if (!is_self(holder) && peers_[holder].connected) holders.push_back(holder);
        }
        if (holders.empty()) holders = peers_.connected();
        if (holders.empty()) continue;
        // The digest spreads the first questions over the holders.
        const std::size_t turn = digest.bytes[0] + question.attempts;
        auto& request = requests[holders[turn % holders.size()]];
        if (request.size() >= k_max_batch_requests_per_message) continue;
        request.push_back(digest);
        question.asked_ms = now;
        question.attempts += 1;
        if (question.attempts % holders.size() != 0) continue;
        question.retry_ms = std::min(2 * question.retry_ms, k_batch_retry_max_ms);
    }
    for (auto& [peer, digests] : requests) send(peer, BatchRequest{std::move(digests)});
    schedule_pool_tick();
}

}  // namespace cityledger::node
