#include "node/replica/batch_exchange.hpp"

#include <algorithm>

namespace cityledger::node {

using ledger::Batch;

BatchExchange::BatchExchange(const ledger::ValidatorSet& validators,
                             const ledger::StateReader& state, ledger::TransactionJudge judge,
                             BlockLog& log, const FinalChain& chain, PeerLinks& links,
                             SignatureVerifier& verifier, Reactor& reactor)
    : chain_id_(validators.chain_id()),
      state_(state),
      judge_(std::move(judge)),
      log_(log),
      chain_(chain),
      links_(links),
      verifier_(verifier),
      reactor_(reactor),
      pool_(validators.size(), validators.quorum(), links.self()) {}

bool BatchExchange::is_named(const Digest& digest) const {
    return chain_.named().names(digest, log_.final_height() + 1);
}

std::uint64_t BatchExchange::ago(std::uint64_t ms) const {
    return reactor_.now_ms() - std::min(reactor_.now_ms(), ms);
}

void BatchExchange::restore(const std::vector<Digest>& unnamed) {
    for (const auto& digest : unnamed) {
        const auto batch = log_.batch(digest);
        if (batch) pool_.add_held(digest, *batch, log_.batch_bytes(digest), reactor_.now_ms());
    }
    pool_.drop_expired(log_.final_height() + 1, 0);
}

void BatchExchange::greet(ValidatorIndex peer) {
    if (!links_.self()) return;
    auto held = pool_.held_since(reactor_.now_ms(), k_max_digests_per_message);
    if (!held.empty()) links_.send(peer, BatchAck{std::move(held)});
}

void BatchExchange::keep(const Digest& digest, std::shared_ptr<const Batch> batch) {
    log_.append_batch(digest, batch);
    questions_.erase(digest);
    if (is_named(digest)) return;
    pool_.add_held(digest, *batch, log_.batch_bytes(digest), reactor_.now_ms());
}

/// In the own log before anybody hears of it.
void BatchExchange::push_own(const Digest& digest, std::shared_ptr<const Batch> batch) {
    keep(digest, batch);
    links_.push_batch(*batch);
}

void BatchExchange::on_push(ValidatorIndex from, BatchPush& message, std::size_t bytes) {
    const Digest digest = ledger::batch_digest(message.batch.header, chain_id_);
    if (log_.has_batch(digest)) {
        pool_.add_holder(digest, from, reactor_.now_ms());
        if (pool_.holds(digest)) links_.send(from, BatchAck{{digest}});
        return;
    }
    if (bytes > ledger::k_max_batch_bytes || !log_.has_room()) return;
    if (!needed_.contains(digest) && !is_worth_keeping(message.batch, bytes)) {
        ++declined_;
        return;
    }
    if (checking_.contains(digest)) return;
    if (const Status judged = judge(message.batch); !judged) {
        // The same for every node: no honest one acknowledges it, or votes for a block with it.
        ++bad_batches_;
        return links_.close(from, judged.error());
    }
    if (!links_.may_cost(from, Ration::batch_pushes, 1, reactor_.now_ms())) return;
    Peer& peer = links_.peers()[from];
    if (peer.batch_checks >= k_batch_checks_per_peer) return;
    peer.batch_checks += 1;
    checking_.insert(digest);
    const auto batch = std::make_shared<const Batch>(std::move(message.batch));
    verifier_.verify(batch, reactor_.event([this, from, digest, batch](const Status& checked) {
        on_checked(from, digest, batch, checked);
    }));
}

Status BatchExchange::judge(const Batch& batch) const {
    for (const ledger::Transaction& transaction : batch.transactions) {
        if (Status judged = judge_(transaction.body); !judged) return judged;
    }
    return {};
}

/// The log keeps what it takes for ever. What this node cannot know yet (a sender that was enrolled
/// a moment ago) is asked for when a block names it.
bool BatchExchange::is_worth_keeping(const Batch& batch, std::size_t bytes) const {
    const Digest digest = ledger::batch_digest(batch.header, chain_id_);
    if (is_named(digest) || !pool_.has_room_for(batch.header.author, bytes)) return false;
    const std::uint64_t next_height = log_.final_height() + 1;
    const auto looked_at = std::min(batch.transactions.size(), k_transactions_looked_at);
    return std::any_of(batch.transactions.begin(), batch.transactions.begin() + looked_at,
                       [&](const ledger::Transaction& transaction) {
                           return ledger::check_transaction_form(transaction, chain_id_) &&
                                  ledger::check_transaction_expiry(transaction.body, next_height) &&
                                  ledger::check_transaction_sender(state_, transaction.body);
                       });
}

void BatchExchange::on_checked(ValidatorIndex from, const Digest& digest,
                               std::shared_ptr<const Batch> batch, const Status& checked) {
    checking_.erase(digest);
    links_.peers()[from].batch_checks -= 1;
    if (!checked) {
        // Whoever sent it is its author or did not check it.
        ++bad_batches_;
        return links_.close(from, checked.error());
    }
    if (reactor_.failed() || !log_.has_room()) return;
    keep(digest, std::move(batch));
    pool_.add_holder(digest, from, reactor_.now_ms());
    if (links_.self()) links_.broadcast(BatchAck{{digest}});
}

void BatchExchange::on_ack(ValidatorIndex from, const BatchAck& message) {
    if (!links_.may_cost(from, Ration::digests, message.batches.size(), reactor_.now_ms())) return;
    for (const auto& digest : message.batches) {
        if (!is_named(digest)) pool_.add_holder(digest, from, reactor_.now_ms());
    }
}

void BatchExchange::on_final(const ledger::Block& block) {
    for (const auto& digest : block.batches) pool_.remove(digest);
}

void BatchExchange::on_executed(std::uint64_t height) {
    pool_.drop_expired(height + 1, ago(k_unknown_batch_kept_ms));
}

void BatchExchange::pursue(std::set<Digest> needed) {
    needed_ = std::move(needed);
    if (!needed_.empty()) ask(needed_);
    schedule_tick();
}

void BatchExchange::schedule_tick() {
    if (tick_scheduled_ || (pool_.empty() && needed_.empty() && questions_.empty())) return;
    tick_scheduled_ = true;
    reactor_.after(k_pool_interval_ms, [this] {
        tick_scheduled_ = false;
        tick();
    });
}

/// What is held and not yet named is told again, and what others hold is asked for.
void BatchExchange::tick() {
    if (reactor_.failed()) return;
    retell();
    std::set<Digest> wanted = needed_;
    const auto told = pool_.missing_since(ago(k_pool_interval_ms), k_max_digests_per_message);
    wanted.insert(told.begin(), told.end());
    std::erase_if(questions_, [&](const auto& entry) { return !wanted.contains(entry.first); });
    ask(wanted);
}

void BatchExchange::retell() {
    if (!links_.self() || reactor_.now_ms() < retold_ms_ + k_batch_retell_ms) return;
    retold_ms_ = reactor_.now_ms();
    auto digests = pool_.held_since(ago(k_batch_retell_ms), k_max_digests_per_message);
    if (!digests.empty()) links_.broadcast(BatchAck{std::move(digests)});
}

std::vector<ValidatorIndex> BatchExchange::holders_of(const Digest& digest) const {
    std::vector<ValidatorIndex> holders;
    for (const auto holder : pool_.holders(digest)) {
        if (!links_.is_self(holder) && links_.peers()[holder].connected) holders.push_back(holder);
    }
    return holders.empty() ? links_.peers().connected() : holders;
}

void BatchExchange::ask(const std::set<Digest>& wanted) {
    const std::uint64_t now = reactor_.now_ms();
    std::map<ValidatorIndex, std::vector<Digest>> requests;
    for (const auto& digest : wanted) {
        if (checking_.contains(digest) || log_.has_batch(digest)) continue;
        auto& question = questions_[digest];
        if (question.attempts > 0 && now < question.asked_ms + question.retry_ms) continue;
        const auto holders = holders_of(digest);
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
    for (auto& [peer, digests] : requests) links_.send(peer, BatchRequest{std::move(digests)});
}

void BatchExchange::add_counters(Counters& counters) const {
    counters["mempool_batches_held"] = pool_.held_count();
    counters["mempool_bad_batches"] = bad_batches_;
    counters["mempool_declined_batches"] = declined_;
}

}  // namespace cityledger::node
