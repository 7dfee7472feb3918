#include "node/replica/vote_checker.hpp"

namespace cityledger::node {

using ledger::Certificate;
using ledger::Verified;
using ledger::Vote;

VoteChecker::VoteChecker(const ledger::ValidatorSet& validators)
    : validators_(validators), highest_votes_(validators.size()) {}

Status VoteChecker::check_signature(const Vote& vote) {
    const Digest key = crypto::sha256(ledger::encode(vote));
    if (!checked_.contains(key)) {
        const auto verified = validators_.verify(vote);
        verifications_ += 1;
        if (!verified) return propagate(verified);
        checked_.insert(key);
        order_.push_back(key);
        if (order_.size() > k_checked_votes_max) {
            checked_.erase(order_.front());
            order_.pop_front();
        }
    }
    auto& highest = highest_votes_.at(vote.validator);
    if (!highest || highest->content.view < vote.content.view) highest = vote;
    return {};
}

Result<Verified<Vote>> VoteChecker::check(const Vote& vote) {
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
