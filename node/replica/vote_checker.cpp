#include "node/replica/vote_checker.hpp"

#include <algorithm>

namespace cityledger::node {

using ledger::Certificate;
using ledger::Verified;
using ledger::Vote;

VoteChecker::VoteChecker(const ledger::ValidatorSet& validators)
    : validators_(validators), highest_votes_(validators.size()) {}

namespace {

Digest exact_key(const Vote& vote) { return crypto::sha256(ledger::encode(vote)); }

Digest content_key(const Vote& vote) { return exact_key({vote.content, vote.validator, {}}); }

}  // namespace

std::size_t VoteChecker::cost_of(const Vote& vote) const {
    return known_.contains(content_key(vote)) ? 0 : 1;
}

std::size_t VoteChecker::cost_of(const Certificate& certificate) const {
    std::size_t cost = 0;
    for (const auto& signer : certificate.signers) {
        const Vote vote{certificate.content, signer.validator, signer.signature};
        if (!checked_.contains(exact_key(vote))) ++cost;
    }
    return cost;
}

Status VoteChecker::check_signature(const Vote& vote) {
    const Digest key = exact_key(vote);
    if (!checked_.contains(key)) {
        const auto verified = validators_.verify(vote);
        verifications_ += 1;
        if (!verified) return propagate(verified);
        const Digest content = content_key(vote);
        checked_.insert(key);
        known_.try_emplace(content, vote.signature);
        order_.emplace_back(key, content);
        if (order_.size() > k_checked_votes_max) {
            checked_.erase(order_.front().first);
            known_.erase(order_.front().second);
            order_.pop_front();
        }
    }
    remember(vote);
    return {};
}

void VoteChecker::remember(const Vote& vote) {
    auto& highest = highest_votes_.at(vote.validator);
    if (!highest.empty() && highest[0].content.view < vote.content.view) highest.clear();
    if (!highest.empty() && highest[0].content.view > vote.content.view) return;
    const bool known = std::any_of(highest.begin(), highest.end(), [&](const Vote& other) {
        return other.content == vote.content;
    });
    if (!known && highest.size() < k_highest_votes_max) highest.push_back(vote);
}

Result<Verified<Vote>> VoteChecker::check(const Vote& vote) {
    if (const auto known = known_.find(content_key(vote)); known != known_.end()) {
        return Verified<Vote>::assume({vote.content, vote.validator, known->second});
    }
    if (auto checked = check_signature(vote); !checked) return propagate(checked);
    return Verified<Vote>::assume(vote);
}

Result<Verified<Certificate>> VoteChecker::check(const Certificate& certificate) {
    if (auto form = validators_.check_form(certificate); !form) return propagate(form);
    for (const auto& signer : certificate.signers) {
        const Vote vote{certificate.content, signer.validator, signer.signature};
        if (auto checked = check_signature(vote); !checked) return propagate(checked);
    }
    return Verified<Certificate>::assume(certificate);
}

}  // namespace cityledger::node
