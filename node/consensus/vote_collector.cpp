#include "node/consensus/vote_collector.hpp"

#include <algorithm>

namespace cityledger::consensus {

using ledger::Vote;
using ledger::VoteContent;
using ledger::VoteKind;

VoteCollector::Added VoteCollector::add(const Vote& vote) {
    Added added;
    if (!in_window(vote.content.view)) return added;
    ViewVotes& votes = views_[vote.content.view];
    const std::optional<Evidence> conflict = find_conflict(votes, vote);
    if (conflict && votes.equivocators.insert(vote.validator).second) added.evidence = conflict;
    const bool first = votes.by_kind[vote.content.kind].emplace(vote.validator, vote).second;
    if (first) added.certificate = complete(votes, vote.content);
    return added;
}

void VoteCollector::move_to(View current, View final_view) {
    const View behind = current > window_views_ ? current - window_views_ : 1;
    lowest_ = std::max(final_view + 1, behind);
    highest_ = current + window_views_;
    views_.erase(views_.begin(), views_.lower_bound(lowest_));
}

bool VoteCollector::conflicts(const Vote& vote) const {
    const auto votes = views_.find(vote.content.view);
    return votes != views_.end() && find_conflict(votes->second, vote).has_value();
}

bool VoteCollector::has(const Vote& vote) const {
    const auto votes = views_.find(vote.content.view);
    if (votes == views_.end()) return false;
    const auto of_kind = votes->second.by_kind.find(vote.content.kind);
    return of_kind != votes->second.by_kind.end() && of_kind->second.contains(vote.validator);
}

std::vector<ValidatorIndex> VoteCollector::voters(View view, VoteKind kind) const {
    std::vector<ValidatorIndex> voters;
    const auto votes = views_.find(view);
    if (votes == views_.end()) return voters;
    const auto of_kind = votes->second.by_kind.find(kind);
    if (of_kind == votes->second.by_kind.end()) return voters;
    for (const auto& [validator, vote] : of_kind->second) voters.push_back(validator);
    return voters;
}

/// Contents are compared, never signatures: one content has many valid signatures. A notarize and
/// a finalize vote for different blocks do not conflict: who notarized a block that lost may
/// finalize the one that was notarized.
std::optional<Evidence> VoteCollector::find_conflict(const ViewVotes& votes, const Vote& vote) {
    for (const auto& [kind, of_kind] : votes.by_kind) {
        const auto earlier = of_kind.find(vote.validator);
        if (earlier == of_kind.end()) continue;
        const VoteKind now = vote.content.kind;
        const bool differs = kind == now && earlier->second.content != vote.content;
        const bool both = (kind == VoteKind::nullify && now == VoteKind::finalize) ||
                          (kind == VoteKind::finalize && now == VoteKind::nullify);
        if (differs || both) return Evidence{earlier->second, vote};
    }
    return std::nullopt;
}

std::optional<ledger::Certificate> VoteCollector::complete(ViewVotes& votes,
                                                           const VoteContent& content) {
    if (votes.certified.contains(content)) return std::nullopt;
    ledger::Certificate certificate;
    certificate.content = content;
    // The map is in ascending order of the signers, as a certificate must be.
    for (const auto& [validator, vote] : votes.by_kind[content.kind]) {
        if (vote.content == content) certificate.signers.push_back({validator, vote.signature});
    }
    if (certificate.signers.size() < quorum_) return std::nullopt;
    votes.certified.insert(content);
    return certificate;
}

}  // namespace cityledger::consensus
