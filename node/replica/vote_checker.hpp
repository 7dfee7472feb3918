#pragma once
// Checks votes and certificates, each signature once. The cache is keyed by validator, content and
// the exact signature bytes: a swapped signature is never taken for a checked one. ECDSA gives one
// message any number of valid signatures: of a single vote only the first one is checked, and
// stands for all.

#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "ledger/validator_set.hpp"
#include "node/replica/peer_messages.hpp"

namespace cityledger::node {

inline constexpr std::size_t k_checked_votes_max = 32'768;

class VoteChecker {
public:
    explicit VoteChecker(const ledger::ValidatorSet& validators);

    /// Signatures that a check would verify: what it costs.
    [[nodiscard]] std::size_t cost_of(const ledger::Vote& vote) const;
    [[nodiscard]] std::size_t cost_of(const ledger::Certificate& certificate) const;

    /// The vote, with the signature under which it was first checked.
    [[nodiscard]] Result<ledger::Verified<ledger::Vote>> check(const ledger::Vote& vote);
    [[nodiscard]] Result<ledger::Verified<ledger::Certificate>> check(
        const ledger::Certificate& certificate);

    /// The checked votes of this validator in the highest view in which it voted as far as this
    /// node has seen, from votes and certificates: at most k_highest_votes_max.
    [[nodiscard]] const std::vector<ledger::Vote>& highest_votes(std::uint16_t validator) const {
        return highest_votes_.at(validator);
    }
    /// Signatures that were really verified.
    [[nodiscard]] std::uint64_t verifications() const { return verifications_; }

private:
    [[nodiscard]] Status check_signature(const ledger::Vote& vote);
    void remember(const ledger::Vote& vote);

    const ledger::ValidatorSet& validators_;
    std::unordered_set<Digest, DigestHasher> checked_;  ///< votes with their signatures
    std::unordered_map<Digest, crypto::Signature, DigestHasher> known_;  ///< by vote without it
    std::deque<std::pair<Digest, Digest>> order_;                        ///< of both, oldest first
    std::vector<std::vector<ledger::Vote>> highest_votes_;               ///< by validator
    std::uint64_t verifications_ = 0;
};

}  // namespace cityledger::node
