#include "node/consensus/safety_rules.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "node/consensus/limits.hpp"

namespace cityledger::consensus {

using ledger::VoteContent;
using ledger::VoteKind;

SafetyRules::SafetyRules(std::optional<ValidatorIndex> self, const crypto::PrivateKey* key,
                         const ledger::ChainId& chain, std::uint64_t epoch)
    : self_(self), key_(key), chain_(chain), epoch_(epoch) {
    CHECK_INVARIANT(!self_ || key_ != nullptr);
}

std::optional<ledger::Vote> SafetyRules::restore(const SafetyRecord& record) {
    if (!self_) return std::nullopt;
    OwnVotes& own = own_[record.vote.view];
    switch (record.vote.kind) {
        case VoteKind::notarize: own.notarized = record.vote.block; break;
        case VoteKind::nullify: own.nullified = true; break;
        case VoteKind::finalize: own.finalized = record.vote.block; break;
    }
    return sign(record.vote);
}

void SafetyRules::allow_above(View above_view) {
    // A later answer can only make the rule stricter: the floor never sinks.
    allowed_above_ = std::max(allowed_above_.value_or(0), above_view);
}

Status SafetyRules::enter(View view, const ledger::Certificate& entry) {
    const bool leads_here = entry.content.view < k_max_view && entry.content.view + 1 == view;
    if (view <= view_ || !leads_here) {
        return refuse(codes::view_not_certified, std::to_string(view) + " from " +
                                                     std::to_string(view_) + " by " +
                                                     std::to_string(entry.content.view));
    }
    view_ = view;
    entry_certificate_ = entry;
    if (entry.content.kind == VoteKind::notarize) {
        own_[entry.content.view].left_by_notarization = entry.content.block;
    }
    // B6: only the newest of the views that wait for a finalize vote are remembered.
    while (open_finalizations().size() > k_max_open_finalize_votes) {
        own_[open_finalizations().begin()->first].left_by_notarization.reset();
    }
    return {};
}

void SafetyRules::forget_up_to(View final_view) {
    own_.erase(own_.begin(), own_.upper_bound(final_view));
}

Result<CastVote> SafetyRules::notarize(const Votable& votable) {
    const Status allowed = check_notarize(votable);
    if (!allowed) return propagate(allowed);
    own_[votable.view()].notarized = votable.block();
    return cast({VoteKind::notarize, epoch_, votable.view(), votable.block()});
}

Result<CastVote> SafetyRules::propose(const Votable& votable, View parent_view,
                                      ledger::Block block) {
    Result<CastVote> vote = notarize(votable);
    if (!vote) return vote;
    vote->record.proposal = Proposal{vote->vote, parent_view, std::move(block)};
    return vote;
}

Result<CastVote> SafetyRules::nullify(View view) {
    const Status current = check_current(view);
    if (!current) return propagate(current);
    const OwnVotes* own = find(view);
    if (own != nullptr && own->finalized) {
        return refuse(codes::vote_nullify_after_finalize, std::to_string(view));
    }
    if (own != nullptr && own->nullified) {
        return refuse(codes::vote_second_nullify, std::to_string(view));
    }
    own_[view].nullified = true;
    return cast({VoteKind::nullify, epoch_, view, Digest{}});
}

Result<CastVote> SafetyRules::finalize(View view, const Digest& block) {
    const Status allowed = check_allowed(view);
    if (!allowed) return propagate(allowed);
    const OwnVotes* own = find(view);
    if (own == nullptr || !own->left_by_notarization) {
        return refuse(codes::vote_finalize_not_left, std::to_string(view));
    }
    if (*own->left_by_notarization != block) {
        return refuse(codes::vote_finalize_other_block, to_hex(block));
    }
    if (own->nullified) return refuse(codes::vote_finalize_after_nullify, std::to_string(view));
    if (own->finalized) return refuse(codes::vote_second_finalize, std::to_string(view));
    own_[view].finalized = block;
    return cast({VoteKind::finalize, epoch_, view, block});
}

bool SafetyRules::may_vote() const { return check_current(view_).has_value(); }

bool SafetyRules::has_notarized(View view) const {
    const OwnVotes* own = find(view);
    return own != nullptr && own->notarized.has_value();
}

bool SafetyRules::has_nullified(View view) const {
    const OwnVotes* own = find(view);
    return own != nullptr && own->nullified;
}

bool SafetyRules::has_finalized(View view) const {
    const OwnVotes* own = find(view);
    return own != nullptr && own->finalized.has_value();
}

std::map<View, Digest> SafetyRules::open_finalizations() const {
    std::map<View, Digest> open;
    for (const auto& [view, own] : own_) {
        const bool is_open = own.left_by_notarization && !own.nullified && !own.finalized;
        if (is_open) open.emplace(view, *own.left_by_notarization);
    }
    return open;
}

const SafetyRules::OwnVotes* SafetyRules::find(View view) const {
    const auto found = own_.find(view);
    return found == own_.end() ? nullptr : &found->second;
}

Status SafetyRules::check_allowed(View view) const {
    if (!self_) return refuse(codes::vote_by_observer);
    if (!allowed_above_ || view <= *allowed_above_) {
        return refuse(codes::vote_not_allowed_yet, std::to_string(view));
    }
    return {};
}

Status SafetyRules::check_current(View view) const {
    const Status allowed = check_allowed(view);
    if (!allowed) return allowed;
    if (view != view_) {
        return refuse(codes::vote_not_in_view,
                      std::to_string(view) + " while in " + std::to_string(view_));
    }
    return {};
}

Status SafetyRules::check_notarize(const Votable& votable) const {
    const Status current = check_current(votable.view());
    if (!current) return current;
    const OwnVotes* own = find(votable.view());
    if (own == nullptr) return {};
    if (own->nullified) {
        return refuse(codes::vote_notarize_after_nullify, std::to_string(votable.view()));
    }
    if (own->notarized) {
        return refuse(codes::vote_second_notarize, std::to_string(votable.view()));
    }
    return {};
}

ledger::Vote SafetyRules::sign(const VoteContent& content) const {
    return {content, *self_, key_->sign(ledger::vote_signing_bytes(content, chain_))};
}

CastVote SafetyRules::cast(const VoteContent& content) {
    CastVote cast_vote;
    cast_vote.record.vote = content;
    // A finalize vote rests on the notarization of its view, which was recorded when it was held.
    if (content.kind != VoteKind::finalize) {
        cast_vote.record.entry_certificate = entry_certificate_;
    }
    cast_vote.vote = sign(content);
    return cast_vote;
}

}  // namespace cityledger::consensus
