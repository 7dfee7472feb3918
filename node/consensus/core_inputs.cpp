// How each input is taken up. Nothing from outside is believed beyond its verified signatures:
// views, indexes and the relation of vote, block and sender are checked here (rules B1, B2, B7).

#include "node/consensus/core_state.hpp"
#include "node/consensus/limits.hpp"

namespace cityledger::consensus {

using ledger::Certificate;
using ledger::VoteKind;

std::vector<ValidatorIndex> signers_of(const Certificate& certificate) {
    std::vector<ValidatorIndex> signers;
    for (const auto& signer : certificate.signers) signers.push_back(signer.validator);
    return signers;
}

bool Core::State::is_leaders_proposal(const ProposalReceived& input) const {
    const Proposal& proposal = *input.proposal;
    const ledger::VoteContent& content = proposal.vote.content;
    const bool in_range = content.view > 0 && content.view < k_max_view &&
                          content.epoch == validators_.epoch() &&
                          content.kind == VoteKind::notarize && proposal.parent_view < content.view;
    // The view of the parent is not signed, so only the leader itself is believed.
    if (!in_range || input.from != proposal.vote.validator || is_self(input.from)) return false;
    return input.from == leader(content.view) && content.block == digest_of(proposal.block) &&
           ledger::check_block_form(proposal.block, validators_.chain_id()).has_value();
}

void Core::State::take(const ProposalReceived& input) {
    if (input.from >= validators_.size() || !is_leaders_proposal(input)) return;
    const Proposal& proposal = *input.proposal;
    const View proposed = proposal.vote.content.view;
    leaders_.proposed(input.from);
    if (proposed < view()) answer(input.from);
    if (proposed <= final_view()) return;
    if (proposed > view()) ask_ahead(input.from, proposed - 1);
    count_vote(proposal.vote);
    if (proposed > view() + k_proposals_ahead_views) return;
    const Digest& digest = proposal.vote.content.block;
    if (proposed < view()) {
        // Too late for a vote, but the block may be the one that a certificate names.
        if (missing_.contains(digest)) hold_block(digest, proposal.block, proposed);
        return;
    }
    if (!proposals_.emplace(proposed, proposal).second) return;
    hold_block(digest, proposal.block, proposed);
}

/// Who votes in a view that is over, or tells of it, may be behind; who answers a question is not.
bool Core::State::shows_lag(const ledger::VoteContent& content, bool as_certificate) const {
    if (content.kind == VoteKind::finalize) {
        return as_certificate ? content.view < final_view() : content.view <= final_view();
    }
    const bool is_over = content.view < view();
    return as_certificate ? is_over && content.view + 1 < view() : is_over;
}

void Core::State::take(const SettledTold& input) {
    if (input.from >= validators_.size()) return;
    if (shows_lag(input.content, input.as_certificate)) answer(input.from);
}

void Core::State::take(const VoteReceived& input) {
    const ledger::Vote& vote = *input.vote;
    const ledger::VoteContent& content = vote.content;
    const std::size_t count = validators_.size();
    if (input.from >= count || vote.validator >= count || is_self(vote.validator)) return;
    if (content.view == 0 || content.view >= k_max_view) return;
    if (content.epoch != validators_.epoch()) return;
    const bool finalizes = content.kind == VoteKind::finalize;
    if (finalizes && content.view >= view()) ask_ahead(input.from, content.view);
    if (!finalizes && content.view > view()) ask_ahead(input.from, content.view - 1);
    if (shows_lag(content, false)) answer(input.from);
    if (content.view == view() && !votes_.has(vote)) pacemaker_.on_news();
    count_vote(vote);
}

void Core::State::take(const CertificateReceived& input) {
    const Certificate& certificate = *input.certificate;
    if (input.from >= validators_.size()) return;
    if (take_certificate(certificate)) return;
    if (shows_lag(certificate.content, true)) answer(input.from);
}

bool Core::State::take_certificate(const Certificate& certificate) {
    const ledger::VoteContent& content = certificate.content;
    if (content.view == 0 || content.view >= k_max_view) return false;
    if (content.epoch != validators_.epoch()) return false;
    const auto added = tree_.add_certificate(certificate);
    if (added == BlockTree::Added::contradicting) halted_ = true;
    if (added != BlockTree::Added::new_one) return false;
    changed_ = true;
    outbox_.record(certificate);
    if (content.kind == VoteKind::nullify) {
        ++nullified_views_;
    } else {
        want_block(content.block, signers_of(certificate));
    }
    // The signers' votes may show that one of them has voted differently elsewhere.
    for (const auto& signer : certificate.signers) {
        count_vote({content, signer.validator, signer.signature});
    }
    return true;
}

void Core::State::count_vote(const ledger::Vote& vote) {
    const VoteCollector::Added added = votes_.add(vote);
    if (added.evidence) {
        ++evidence_count_;
        outbox_.act(*added.evidence);
    }
    if (added.certificate) take_certificate(*added.certificate);
}

void Core::State::count_durable_own_votes() {
    if (silent()) return;
    for (std::size_t i = 0; i < own_votes_.size(); ++i) {
        OwnVote& own = own_votes_[i];
        if (own.counted || !outbox_.is_durable(own.ticket)) continue;
        own.counted = true;
        count_vote(ledger::Vote(own.vote));
    }
    trim_own_votes();
}

void Core::State::take(const BlockReceived& input) {
    const Digest digest = digest_of(input.block);
    if (!missing_.contains(digest)) return;
    // The digest covers the header only; the rest of the block is bound to it by these checks.
    if (!ledger::check_block_form(input.block, validators_.chain_id())) return;
    hold_block(digest, input.block, 0);
}

void Core::State::hold_block(const Digest& digest, const ledger::Block& block, View proposed_in) {
    if (!tree_.add_block(digest, block, proposed_in)) return;
    changed_ = true;
    const auto missing = missing_.extract(digest);
    if (missing) want_block(digest, missing.mapped());
}

/// Marks a block and its ancestors as needed down to the last final block or the first one that
/// is missing, and asks for that one.
void Core::State::want_block(Digest digest, const std::vector<ValidatorIndex>& holders) {
    const FinalBlock& final_block = tree_.final_block();
    while (digest != final_block.digest) {
        BlockTree::Node* node = tree_.find_block(digest);
        if (node == nullptr) {
            if (missing_.try_emplace(digest, holders).second) fetch_block(digest);
            return;
        }
        if (node->wanted) return;
        node->wanted = true;
        if (node->block.header.height <= final_block.header.height + 1) return;
        digest = node->block.header.parent;
    }
}

void Core::State::take(const BlockChecked& input) {
    tree_.judge(input.block, input.valid);
    changed_ = true;
}

void Core::State::take(const BlockBuilt& input) {
    if (input.view != view() || !building_ || !may_vote()) return;
    const ledger::BlockHeader* parent = tree_.header_of(building_->block);
    const bool fits =
        parent != nullptr &&
        ledger::check_block_form(input.block, validators_.chain_id()).has_value() &&
        ledger::check_block_on_parent(input.block, *parent, building_->block).has_value();
    if (!fits) return;
    const Digest digest = digest_of(input.block);
    hold_block(digest, input.block, view());
    tree_.judge(digest, true);
    const auto votable = tree_.votable(view(), building_->view, digest);
    if (!votable) return;
    const auto cast = safety_.propose(*votable, building_->view, input.block);
    if (!cast) return;
    building_.reset();
    proposals_.emplace(view(), *cast->record.proposal);
    record_branch(digest);
    put_out_vote(*cast);
}

void Core::State::take(const Persisted& input) {
    outbox_.durable_up_to(input.ticket);
    count_durable_own_votes();
}

void Core::State::take(const TimerFired& input) {
    if (input.kind == TimerFired::Kind::resend) {
        pacemaker_.resend_timer_fired();
        resend();
    } else if (pacemaker_.view_timer_fired(input.view)) {
        const ValidatorIndex leads = leader(view());
        if (!is_self(leads) && !proposals_.contains(view())) leaders_.was_silent(leads);
        give_up_view();
    }
}

void Core::State::take(const WorkChanged& input) { has_work_ = input.has_work; }

void Core::State::take(const PeerReachable& input) {
    if (input.validator >= validators_.size() || is_self(input.validator)) return;
    leaders_.set_reachable(input.validator, input.reachable);
    if (input.reachable) send_state(input.validator);
}

void Core::State::take(const SyncedTo& input) {
    const Certificate& finalization = *input.finalization;
    const ledger::VoteContent& content = finalization.content;
    const Digest digest = digest_of(input.block);
    const bool fits = content.kind == VoteKind::finalize && content.block == digest &&
                      content.epoch == validators_.epoch() && content.view < k_max_view;
    const FinalBlock& now = tree_.final_block();
    const bool is_above = content.view > now.view && input.block.header.height > now.header.height;
    if (!fits || !is_above) return;
    outbox_.record(finalization);
    set_final({digest, input.block.header, content.view, finalization});
}

void Core::State::take(const VotingAllowed& input) {
    safety_.allow_above(input.above_view);
    changed_ = true;  // finalize votes may have waited for this
}

void Core::State::take(const StopVoting&) { stopped_ = true; }

}  // namespace cityledger::consensus
