// Nothing that liveness needs is sent only once (rules L7 to L10): own votes, certificates and
// questions are sent again with each resend timer, and who is behind gets an answer.

#include <algorithm>

#include "node/consensus/core_state.hpp"
#include "node/consensus/limits.hpp"

namespace cityledger::consensus {

using ledger::Certificate;
using ledger::VoteKind;

/// L7: with each resend timer, as long as something is expected.
void Core::State::resend() {
    ++resends_;
    answered_.clear();
    asked_ahead_.clear();
    asked_views_.clear();
    fetched_.clear();
    building_.reset();
    if (is_expecting() || has_vote_in_view()) send_state(std::nullopt);
    for (const auto& [digest, holders] : missing_) fetch_block(digest);
}

/// The newest finalization, the entry certificate, and own durable votes that may still matter.
void Core::State::send_state(std::optional<ValidatorIndex> to) {
    const auto& finalization = tree_.final_block().finalization;
    if (finalization) send_certificate(to, *finalization);
    const auto& entry = pacemaker_.entry();
    if (entry && entry != finalization) send_certificate(to, *entry);
    if (validators_.size() == 1 || silent()) return;
    for (const OwnVote& own : own_votes_) {
        if (!outbox_.is_durable(own.ticket)) continue;
        const ledger::VoteContent& content = own.vote.content;
        if (content.kind != VoteKind::finalize && content.view != view()) continue;
        if (own.proposal) {
            outbox_.act(Send{to, *own.proposal, std::nullopt});
        } else {
            outbox_.act(Send{to, own.vote, std::nullopt});
        }
    }
}

/// L8: a peer that is behind gets what leads it here, once a resend interval.
void Core::State::answer(ValidatorIndex peer) {
    if (is_self(peer) || !answered_.insert(peer).second) return;
    const auto& finalization = tree_.final_block().finalization;
    if (finalization) send_certificate(peer, *finalization);
    const auto& entry = pacemaker_.entry();
    if (entry && entry != finalization) send_certificate(peer, *entry);
}

/// L9: a message of a later view makes this node ask its sender for the certificate that leads
/// there, once a resend interval; the view is never adopted without one.
void Core::State::ask_ahead(ValidatorIndex peer, View view) {
    if (is_self(peer) || !asked_ahead_.insert(peer).second) return;
    outbox_.act(FetchCertificate{view, peer});
}

void Core::State::ask_certificate(ValidatorIndex peer, View view) {
    if (asked_views_.size() >= k_max_gap_requests) return;
    if (is_self(peer) || view <= final_view() || !asked_views_.insert(view).second) return;
    outbox_.act(FetchCertificate{view, peer});
}

/// The leader holds every certificate that its proposal rests on.
void Core::State::ask_for_proposal_needs(const Proposal& proposal, const Error& refused) {
    const ValidatorIndex from = proposal.vote.validator;
    if (refused.code == codes::parent_not_certified) ask_certificate(from, proposal.parent_view);
    if (refused.code != codes::view_not_nullified) return;
    // Each answer brings the certificates of as many views as half an answer holds at least.
    constexpr View k_stride = k_max_answer_certificates / 2;
    for (const View gap : tree_.gaps(proposal.parent_view, view(), k_max_gap_requests, k_stride)) {
        ask_certificate(from, gap);
    }
}

/// L10: the holders are named in another order each time, so that a silent one is passed over.
void Core::State::fetch_block(const Digest& digest) {
    const auto missing = missing_.find(digest);
    if (missing == missing_.end() || !fetched_.insert(digest).second) return;
    std::vector<ValidatorIndex> holders = missing->second;
    std::erase_if(holders, [this](ValidatorIndex holder) { return is_self(holder); });
    if (holders.empty()) return;
    const auto first = static_cast<std::ptrdiff_t>(resends_ % holders.size());
    std::rotate(holders.begin(), holders.begin() + first, holders.end());
    outbox_.act(FetchBlock{digest, std::move(holders)});
}

void Core::State::send_certificate(std::optional<ValidatorIndex> to,
                                   const Certificate& certificate) {
    if (validators_.size() > 1) outbox_.act(Send{to, certificate, std::nullopt});
}

void Core::State::trim_own_votes() {
    std::erase_if(own_votes_, [this](const OwnVote& own) {
        const ledger::VoteContent& content = own.vote.content;
        if (content.view <= final_view()) return true;
        return own.counted && content.kind != VoteKind::finalize && content.view < view();
    });
    // B6: of many views that wait for their finalization, the newest matter.
    const auto is_finalize = [](const OwnVote& own) {
        return own.counted && own.vote.content.kind == VoteKind::finalize;
    };
    while (std::count_if(own_votes_.begin(), own_votes_.end(), is_finalize) >
           static_cast<std::ptrdiff_t>(k_max_open_finalize_votes)) {
        own_votes_.erase(std::find_if(own_votes_.begin(), own_votes_.end(), is_finalize));
    }
}

}  // namespace cityledger::consensus
