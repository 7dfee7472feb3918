#include "node/replica/vote_recovery.hpp"

#include <algorithm>
#include <utility>

namespace cityledger::node {

VoteRecovery::VoteRecovery(const ledger::ValidatorSet& validators, bool network_was_stopped,
                           ledger::Nonce nonce, const std::optional<LostVotes>& recorded,
                           BlockLog& log, const CoreDriver& core, PeerLinks& links,
                           VoteChecker& checker, Reactor& reactor)
    : validators_(validators),
      network_was_stopped_(network_was_stopped),
      nonce_(nonce),
      log_(log),
      core_(core),
      links_(links),
      checker_(checker),
      reactor_(reactor),
      // The word that all were stopped replaces a bar that an earlier start has found.
      lost_record_(recorded && (recorded->votes_above_view == 0 || network_was_stopped)),
      votes_above_view_(lost_record_ || !recorded ? 0 : recorded->votes_above_view) {}

void VoteRecovery::start() {
    if (!links_.self()) return;
    asked_first_ms_ = reactor_.now_ms();
    judge();
    ask();
}

void VoteRecovery::ask() {
    if (answered_) return;
    links_.broadcast(StartQuestion{nonce_});
    reactor_.after(k_start_question_interval_ms, [this] {
        judge();
        ask();
    });
}

void VoteRecovery::on_session_up(ValidatorIndex peer) {
    if (links_.self() && !answered_) links_.send(peer, StartQuestion{nonce_});
}

void VoteRecovery::on_answer(ValidatorIndex from, StartAnswer& answer) {
    if (!links_.self() || answer.nonce != nonce_) return;
    std::size_t signatures = 0;
    if (answer.highest_certificate) signatures += checker_.cost_of(*answer.highest_certificate);
    for (const auto& vote : answer.highest_votes) signatures += checker_.cost_of(vote);
    if (!links_.may_cost(from, Ration::signatures, signatures, reactor_.now_ms())) return;
    if (answer.highest_certificate) {
        const auto checked = checker_.check(*answer.highest_certificate);
        if (!checked) return links_.close(from, checked.error());
    }
    for (const auto& vote : answer.highest_votes) {
        const auto checked = checker_.check(vote);
        if (!checked) return links_.close(from, checked.error());
    }
    pump();
    if (answered_) return;
    answers_[from] = std::move(answer);
    judge();
}

void VoteRecovery::pump() {
    if (!links_.self()) return;
    for (const auto& vote : checker_.highest_votes(*links_.self())) {
        if (core_.has_recorded(vote.content) || vote.content.view <= votes_above_view_) continue;
        if (!std::exchange(lost_record_, true)) log_.append_lost_votes({});
        // Too late to be safe by proof, and better late than never.
        if (answered_) allow_above(std::max(vote.content.view, core_.core().view()) + 1);
        return;
    }
}

/// With a whole record the rules of the core suffice, once enough others confirm that it is whole.
/// With a lost one, any earlier vote of this validator was in a view of at most c + 2, where c is
/// the highest certified view that n - f others tell. If all were stopped since, its votes above c
/// are in no log and no memory, so c itself bounds what counts (docs/consensus.md).
void VoteRecovery::judge() {
    if (answered_) return;
    const std::size_t others = validators_.size() - 1;
    const bool all = answers_.size() == others;
    const bool trusts_stop = lost_record_ && network_was_stopped_;
    std::size_t wanted = lost_record_ ? validators_.quorum() : validators_.quorum() - 1;
    if (trusts_stop) wanted = others;
    wanted = std::min(wanted, others);  // with one to three validators all are trusted
    if (answers_.size() < wanted) return;
    if (!all && reactor_.now_ms() < asked_first_ms_ + k_start_grace_ms) return;
    View certified = 0;
    for (const auto& [peer, answer] : answers_) {
        if (!answer.highest_certificate) continue;
        certified = std::max(certified, answer.highest_certificate->content.view);
    }
    answered_ = true;
    answers_.clear();
    allow_above(!lost_record_ ? 0 : trusts_stop ? certified : certified + 2);
}

void VoteRecovery::allow_above(View view) {
    votes_above_view_ = std::max(votes_above_view_, view);
    permission_ = votes_above_view_;
    if (lost_record_) log_.append_lost_votes({votes_above_view_});
}

std::optional<View> VoteRecovery::take_permission() { return std::exchange(permission_, {}); }

}  // namespace cityledger::node
