// What a step does after its input was taken up: everything that has become possible, in a fixed
// order. Nothing here depends on which input it was.

#include <algorithm>

#include "crypto/check.hpp"
#include "node/consensus/core_state.hpp"
#include "node/consensus/limits.hpp"

namespace cityledger::consensus {

using ledger::Certificate;
using ledger::VoteKind;

void Core::State::advance() {
    enter_highest_view();
    if (changed_) {
        changed_ = false;
        commit_finalized();
        ask_for_checks();
        cast_finalize_votes();
    }
    vote_for_proposal();
    join_nullification();
    build_if_leader();
    update_timers();
}

/// L1: any certificate of the current view or a later one leads into the view after it.
void Core::State::enter_highest_view() {
    const Certificate* highest = tree_.highest();
    if (highest == nullptr || highest->content.view < view()) return;
    const Certificate entry = *highest;
    pacemaker_.enter(entry, false);
    const Status entered = safety_.enter(view(), entry);
    CHECK_INVARIANT(entered.has_value());
    votes_.move_to(view(), final_view());
    proposals_.erase(proposals_.begin(), proposals_.lower_bound(view()));
    const View window = options_.vote_window_views;
    tree_.forget_proposals_below(view() > window ? view() - window : 0);
    trim_own_votes();
    building_.reset();
    changed_ = true;
    send_certificate(std::nullopt, entry);
}

void Core::State::commit_finalized() {
    for (const Certificate& finalization : tree_.all_of(VoteKind::finalize)) {
        const Digest& block = finalization.content.block;
        const BlockTree::Branch branch = tree_.branch(block);
        const bool invalid =
            std::any_of(branch.blocks.begin(), branch.blocks.end(), [this](const Digest& digest) {
                return tree_.find_block(digest)->check == BlockTree::Check::invalid;
            });
        // Neither happens with at most f faulty validators: f + 1 correct ones have signed.
        if (branch.off_chain || invalid) {
            halted_ = true;
            continue;
        }
        if (tree_.check_branch(block)) commit_branch(branch.blocks, finalization);
    }
}

void Core::State::commit_branch(const std::vector<Digest>& newest_first,
                                const Certificate& finalization) {
    if (newest_first.empty()) {
        // After a restart the last final block may be known without the view of its finalization.
        const FinalBlock& now = tree_.final_block();
        set_final({now.digest, now.header, finalization.content.view, finalization});
        return;
    }
    record_branch(newest_first.front());
    const auto after = outbox_.after_everything();
    for (auto digest = newest_first.rbegin(); digest != newest_first.rend(); ++digest) {
        outbox_.act(Commit{*digest, tree_.find_block(*digest)->block, finalization, after});
    }
    const Digest& tip = newest_first.front();
    set_final({tip, tree_.find_block(tip)->block.header, finalization.content.view, finalization});
}

void Core::State::set_final(FinalBlock final_block) {
    tree_.finalize(std::move(final_block));
    safety_.forget_up_to(final_view());
    votes_.move_to(view(), final_view());
    proposals_.erase(proposals_.begin(), proposals_.upper_bound(final_view()));
    pacemaker_.on_finalized();
    trim_own_votes();
    changed_ = true;
    // What was missing below is not missed any more; the rest is found again.
    missing_.clear();
    for (const VoteKind kind : {VoteKind::notarize, VoteKind::finalize}) {
        for (const Certificate& certificate : tree_.all_of(kind)) {
            want_block(certificate.content.block, signers_of(certificate));
        }
    }
}

/// Each block is checked once its parent is final or valid; a block on an invalid one is invalid.
void Core::State::ask_for_checks() {
    bool again = true;
    while (again) {
        again = false;
        for (auto& [digest, node] : tree_.blocks()) {
            if (node.check != BlockTree::Check::unasked) continue;
            ask_for_check(digest, node);
            again = again || node.check == BlockTree::Check::invalid;
        }
    }
}

void Core::State::ask_for_check(const Digest& digest, BlockTree::Node& node) {
    const Digest& parent = node.block.header.parent;
    const BlockTree::Node* parent_node = tree_.find_block(parent);
    const bool parent_invalid =
        parent_node != nullptr && parent_node->check == BlockTree::Check::invalid;
    const bool parent_valid = parent == tree_.final_block().digest ||
                              (parent_node && parent_node->check == BlockTree::Check::valid);
    if (!parent_invalid && !parent_valid) return;
    const bool fits =
        parent_valid && ledger::check_block_on_parent(node.block, *tree_.header_of(parent), parent);
    node.check = fits ? BlockTree::Check::asked : BlockTree::Check::invalid;
    if (!fits) return;
    outbox_.act(
        CheckBlock{digest, node.block, *tree_.header_of(parent), tree_.branch(parent).blocks});
}

/// S4, S5, S10: after a view was left by its notarization, once its block and all ancestors are
/// held and valid.
void Core::State::cast_finalize_votes() {
    if (silent() || !safety_.voting()) return;
    for (const auto& [view, block] : safety_.open_finalizations()) {
        if (!tree_.check_branch(block)) continue;
        const auto cast = safety_.finalize(view, block);
        if (!cast) continue;
        record_branch(block);
        put_out_vote(*cast);
    }
}

void Core::State::vote_for_proposal() {
    const auto found = proposals_.find(view());
    if (found == proposals_.end() || !may_vote()) return;
    if (safety_.has_notarized(view()) || safety_.has_nullified(view())) return;
    const Proposal& proposal = found->second;
    const Digest& block = proposal.vote.content.block;
    const auto votable = tree_.votable(view(), proposal.parent_view, block);
    if (!votable) {
        ask_for_proposal_needs(proposal, votable.error());
        return;
    }
    const auto cast = safety_.notarize(*votable);
    if (!cast) return;
    record_branch(block);
    put_out_vote(*cast);
}

/// L2: with f + 1 nullify votes a correct validator has given the view up, so it cannot be
/// relied upon any more.
void Core::State::join_nullification() {
    const auto voters = votes_.voters(view(), VoteKind::nullify);
    if (voters.size() > validators_.max_faulty()) give_up_view();
}

/// L4: the view took too long; its leader is not the reason if it has proposed.
void Core::State::give_up_view() {
    if (!may_vote() || safety_.has_nullified(view())) return;
    pacemaker_.give_up();
    nullify_view();
}

void Core::State::nullify_view() {
    if (!may_vote() || safety_.has_nullified(view())) return;
    const auto cast = safety_.nullify(view());
    if (cast) put_out_vote(*cast);
}

/// L6: only with work, so that an idle network is quiet.
void Core::State::build_if_leader() {
    if (building_ || !may_vote() || !is_self(leader(view()))) return;
    if (safety_.has_notarized(view()) || safety_.has_nullified(view())) return;
    const bool tail_waits = tree_.has_open_tail() && pacemaker_.tail_is_stale();
    if (!has_work_ && !tail_waits) return;
    const auto parent = choose_parent();
    if (!parent || !may_build_on(parent->block)) return;
    building_ = parent;
    outbox_.act(BuildBlock{view(), building_->block, *tree_.header_of(building_->block),
                           tree_.branch(building_->block).blocks});
}

/// B3: on a deep tail a leader takes its time.
bool Core::State::may_build_on(const Digest& parent) const {
    const std::uint64_t depth = tree_.header_of(parent)->height - tree_.final_block().header.height;
    if (depth < k_deep_tail_blocks) return true;
    std::uint64_t waits = 1;
    for (std::uint64_t step = 2 * k_deep_tail_blocks; step <= depth && waits < k_max_tail_waits;
         step += k_deep_tail_blocks) {
        waits *= 2;
    }
    return pacemaker_.resends_in_view() >= waits;
}

/// The block of the highest certified view whose branch is held, above which every view is
/// nullified here; so every voter can be given what it needs to follow.
std::optional<Core::State::ParentChoice> Core::State::choose_parent() {
    for (View at = view() - 1;; --at) {
        const auto block = tree_.certified_block(at);
        if (block && tree_.check_branch(*block)) return ParentChoice{at, *block};
        if (at == final_view()) return std::nullopt;
        if (tree_.find(VoteKind::nullify, at) != nullptr) continue;
        if (!block) {
            const auto signers = signers_of(*pacemaker_.entry());
            const ValidatorIndex signer = signers[(at + resends_) % signers.size()];
            ask_certificate(signer, at);
            // An answer goes upwards, this walk downwards.
            const View reach = k_max_answer_certificates / 2;
            ask_certificate(signer, std::max(at, final_view() + reach) - reach);
        }
        return std::nullopt;
    }
}

/// S10: a vote for a block rests on the block and its ancestors being durable.
void Core::State::record_branch(const Digest& tip) {
    const std::vector<Digest> newest_first = tree_.branch(tip).blocks;
    for (auto digest = newest_first.rbegin(); digest != newest_first.rend(); ++digest) {
        BlockTree::Node* node = tree_.find_block(*digest);
        if (std::exchange(node->recorded, true)) continue;
        outbox_.record(node->block);
    }
}

void Core::State::put_out_vote(const CastVote& cast) {
    const Ticket ticket = outbox_.record(cast.record);
    own_votes_.push_back({ticket, cast.vote, cast.record.proposal, false});
    if (validators_.size() == 1) return;
    if (cast.record.proposal) {
        outbox_.act(Send{std::nullopt, *cast.record.proposal, ticket});
    } else {
        outbox_.act(Send{std::nullopt, cast.vote, ticket});
    }
}

bool Core::State::is_expecting() const {
    return has_work_ || tree_.has_open_tail() || proposals_.contains(view());
}

bool Core::State::has_vote_in_view() const {
    return safety_.has_notarized(view()) || safety_.has_nullified(view());
}

void Core::State::update_timers() {
    const bool expecting = is_expecting();
    const ValidatorIndex leads = leader(view());
    bool timed = expecting && may_vote() && !safety_.has_nullified(view());
    // L5, L11: nobody waits for a leader that cannot be heard or that keeps silent.
    const bool skipped =
        !is_self(leads) && !leaders_.worth_waiting(view(), leads) && !proposals_.contains(view());
    if (timed && skipped && !pacemaker_.view_timer_running()) {
        nullify_view();
        timed = false;
    }
    if (const auto timer = pacemaker_.update_view_timer(timed)) outbox_.act(*timer);
    const bool has_limits = !answered_.empty() || !asked_ahead_.empty() || !asked_views_.empty();
    const bool again = expecting || has_vote_in_view() || !missing_.empty() || has_limits;
    const bool urgent = expecting || !missing_.empty() || has_limits;
    if (const auto timer = pacemaker_.update_resend_timer(again, urgent)) outbox_.act(*timer);
}

}  // namespace cityledger::consensus
