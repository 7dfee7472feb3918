// From the log to a running node: replay what the state lacks, then ask the others what this
// validator may have signed.

#include <algorithm>

#include "crypto/check.hpp"
#include "node/replica/replica_codes.hpp"
#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

using ledger::Batch;

Status Replica::Impl::start() {
    RecoveredLog recovered;
    auto log = BlockLog::open(ports_.files, ports_.syncer, options_.log_folder, chain_,
                              options_.log_segment_bytes, recovered);
    if (!log) return propagate(log);
    log_ = *std::move(log);
    log_->files().set_hooks(
        {[this] { on_durable(); }, [this](const Error& error) { fail(error); }});
    if (auto replayed = replay_state(); !replayed) return replayed;
    last_final_ms_ = now_ms();
    const auto& state = recovered.consensus;
    covered_height_ = state.last_final.header.executed.height;
    changed_heights_.erase(changed_heights_.begin(), changed_heights_.upper_bound(covered_height_));
    if (state.last_finalization) {
        newest_finalization_ = {log_->final_height(), *state.last_finalization};
        if (auto checked = checker_.check(*state.last_finalization); !checked) {
            return propagate(checked);
        }
    }
    for (const auto& certificate : state.certificates) {
        if (auto checked = checker_.check(certificate); !checked) return propagate(checked);
    }
    if (auto shown = show_finalizations(); !shown) return shown;
    recorded_vote_view_ = recovered.highest_vote_view;
    session_ = ports_.random.nonce();
    question_ = ports_.random.nonce();
    restore_pool(recovered);
    core_ = std::make_unique<consensus::Core>(validators_, key_, options_.consensus,
                                              std::move(recovered.consensus));
    started_ = true;
    driving_ = true;
    carry_out(core_->start());
    driving_ = false;
    for (std::size_t index = 0; index < peers_.size(); ++index) {
        const auto peer = static_cast<ValidatorIndex>(index);
        if (!is_self(peer)) give(consensus::PeerReachable{peer, peers_[peer].connected});
    }
    recompute_work();
    pump_execution();
    asked_first_ms_ = now_ms();
    judge_start_answers();
    ask_start_question();
    gossip_tick();
    return {};
}

Status Replica::Impl::load_batches(std::uint64_t height,
                                   std::vector<std::shared_ptr<const Batch>>& batches,
                                   bool& whole) const {
    const auto block = log_->final_block(height);
    if (!block) return tl::unexpected<Error>(log_unreadable(height));
    whole = true;
    for (const auto& digest : block->batches) {
        if (!log_->has_batch(digest)) {
            whole = false;
            continue;
        }
        batches.push_back(log_->batch(digest));
        if (!batches.back()) return tl::unexpected<Error>(log_unreadable(height));
    }
    return {};
}

Status Replica::Impl::replay_state() {
    const std::uint64_t final_height = log_->final_height();
    const std::uint64_t stored = executor_.state().height;
    if (stored > final_height) {
        return refuse(codes::state_above_log,
                      std::to_string(stored) + " above " + std::to_string(final_height));
    }
    executed_ = executor_.state();
    constexpr std::uint64_t k_reach_heights = ledger::k_max_transaction_lifetime_heights;
    const std::uint64_t first = final_height > k_reach_heights ? final_height - k_reach_heights : 0;
    std::uint64_t executed = stored;
    for (std::uint64_t height = std::min(first, stored) + 1; height <= final_height; ++height) {
        const auto block = log_->final_block(height);
        if (!block) return tl::unexpected<Error>(log_unreadable(height));
        named_.add(height, block->batches);
        std::vector<std::shared_ptr<const Batch>> batches;
        bool whole = false;
        if (auto loaded = load_batches(height, batches, whole); !loaded) return loaded;
        std::vector<const Batch*> views;
        for (const auto& batch : batches) views.push_back(batch.get());
        if (!views.empty()) changed_heights_.insert(height);
        if (height <= stored) {
            if (!whole) return refuse(codes::log_incomplete, "block " + std::to_string(height));
            executor_.remember(height, views);
        } else if (whole && executed + 1 == height) {
            auto done = executor_.execute(height, views);
            if (!done) return propagate(done);
            executed_ = done->state;
            executed = height;
        }
        expected_states_[block->header.executed.height] = block->header.executed;
        compare_states();
    }
    handed_over_height_ = executed;
    return {};
}

void Replica::Impl::restore_pool(const RecoveredLog& recovered) {
    for (const auto& digest : recovered.unnamed_batches) {
        const auto batch = log_->batch(digest);
        if (batch) pool_.add_held(digest, *batch, log_->batch_bytes(digest), now_ms());
    }
    pool_.drop_expired(log_->final_height() + 1, 0);
    schedule_pool_tick();
}

/// What the checker has seen answers the start question of others, also after a common restart.
Status Replica::Impl::show_finalizations() {
    const std::uint64_t last = log_->final_height();
    for (std::uint64_t height = last - std::min(last, k_start_finalizations) + 1; height <= last;
         ++height) {
        const auto finalization = log_->finalization(height);
        if (!finalization) continue;
        if (auto checked = checker_.check(*finalization); !checked) return propagate(checked);
    }
    return {};
}

void Replica::Impl::ask_start_question() {
    if (!self_ || voting_) return;
    broadcast(StartQuestion{question_});
    after(k_start_question_interval_ms, [this] {
        judge_start_answers();
        ask_start_question();
    });
}

void Replica::Impl::handle(ValidatorIndex from, StartAnswer& message) {
    learn(from, message.progress);
    if (!self_ || message.nonce != question_) return;
    if (message.highest_certificate) {
        const auto checked = checker_.check(*message.highest_certificate);
        if (!checked) return close(from, checked.error());
    }
    bool shows_lost_vote = false;
    if (message.highest_vote) {
        const auto checked = checker_.check(*message.highest_vote);
        if (!checked) return close(from, checked.error());
        shows_lost_vote = is_self(message.highest_vote->validator) &&
                          message.highest_vote->content.view > recorded_vote_view_;
    }
    if (voting_) {
        // Too late to be safe by proof, and better late than never.
        if (shows_lost_vote && !lost_record_) bar_up_to(core_->view() + 1);
        lost_record_ = lost_record_ || shows_lost_vote;
        return;
    }
    lost_record_ = lost_record_ || shows_lost_vote;
    start_answers_[from] = std::move(message);
    judge_start_answers();
}

/// With a whole record the rules of the core suffice, once enough others confirm that it is whole.
/// With a lost one, any earlier vote of this validator was in a view of at most c + 2, where c is
/// the highest certified view that n - f others tell. If all were stopped since, its votes above c
/// are in no log and no memory, so c itself bounds what counts (docs/consensus.md).
void Replica::Impl::judge_start_answers() {
    if (!self_ || voting_) return;
    const std::size_t others = validators_.size() - 1;
    const bool all = start_answers_.size() == others;
    const bool trusts_stop = lost_record_ && options_.network_was_stopped;
    std::size_t wanted = lost_record_ ? validators_.quorum() : validators_.quorum() - 1;
    if (trusts_stop) wanted = others;
    if (start_answers_.size() < wanted) return;
    if (!all && now_ms() < asked_first_ms_ + k_start_grace_ms) return;
    consensus::View certified = 0;
    for (const auto& [peer, answer] : start_answers_) {
        if (!answer.highest_certificate) continue;
        certified = std::max(certified, answer.highest_certificate->content.view);
    }
    voting_ = true;
    start_answers_.clear();
    bar_up_to(!lost_record_ ? 0 : trusts_stop ? certified : certified + 2);
}

void Replica::Impl::bar_up_to(consensus::View view) {
    votes_above_view_ = std::max(votes_above_view_, view);
    give(consensus::VotingAllowed{votes_above_view_});
    watch_standing();
}

}  // namespace cityledger::node
