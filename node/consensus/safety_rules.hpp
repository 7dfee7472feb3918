#pragma once
// Alone signs votes. It decides from the own votes so far and from the certificates
// by which views were entered whether a vote may be cast (rules S1 to S7 of docs/consensus.md),
// and hands out the record and the signed vote together, since no vote leaves before its record
// is durable (S9).

#include <map>
#include <optional>

#include "crypto/keys.hpp"
#include "node/consensus/consensus_codes.hpp"
#include "node/consensus/output.hpp"
#include "node/consensus/votable.hpp"

namespace cityledger::consensus {

/// A vote and what must be durable before it leaves.
struct CastVote {
    SafetyRecord record;
    ledger::Vote vote;
};

class SafetyRules {
public:
    /// Without an own index this is an observer's: each vote is refused. The key must outlive it.
    SafetyRules(std::optional<ValidatorIndex> self, const crypto::PrivateKey* key,
                const ledger::ChainId& chain, std::uint64_t epoch);

    /// Takes up an own vote from the log and signs the same content again, to be sent again.
    /// Nothing for an observer.
    std::optional<ledger::Vote> restore(const SafetyRecord& record);
    /// S7: votes are allowed above this view from now on. The first call opens the voting.
    void allow_above(View above_view);
    /// S6: enters a later view by a certificate of the view before it.
    Status enter(View view, const ledger::Certificate& entry);
    /// Forgets what views up to this one needed: they are final.
    void forget_up_to(View final_view);

    [[nodiscard]] Result<CastVote> notarize(const Votable& votable);
    /// The leader's notarize vote with its proposal. `block` is the block that `votable` names.
    [[nodiscard]] Result<CastVote> propose(const Votable& votable, View parent_view,
                                           ledger::Block block);
    [[nodiscard]] Result<CastVote> nullify(View view);
    [[nodiscard]] Result<CastVote> finalize(View view, const Digest& block);

    [[nodiscard]] View view() const { return view_; }
    [[nodiscard]] bool voting() const { return allowed_above_.has_value(); }
    /// Whether the rules S6 and S7 let this node vote in the current view at all.
    [[nodiscard]] bool may_vote() const;
    [[nodiscard]] bool has_notarized(View view) const;
    [[nodiscard]] bool has_nullified(View view) const;
    [[nodiscard]] bool has_finalized(View view) const;
    /// Views left by their notarization for which a finalize vote may still be cast, ascending.
    [[nodiscard]] std::map<View, Digest> open_finalizations() const;

private:
    struct OwnVotes {
        std::optional<Digest> notarized;
        bool nullified = false;
        std::optional<Digest> finalized;
        std::optional<Digest> left_by_notarization;  ///< of this block
    };

    [[nodiscard]] const OwnVotes* find(View view) const;
    [[nodiscard]] Status check_allowed(View view) const;
    [[nodiscard]] Status check_current(View view) const;
    [[nodiscard]] Status check_notarize(const Votable& votable) const;
    [[nodiscard]] ledger::Vote sign(const ledger::VoteContent& content) const;
    CastVote cast(const ledger::VoteContent& content);

    std::optional<ValidatorIndex> self_;
    const crypto::PrivateKey* key_;
    ledger::ChainId chain_;
    std::uint64_t epoch_;
    View view_ = 1;
    std::optional<ledger::Certificate> entry_certificate_;  ///< of view_; none for view 1
    std::optional<View> allowed_above_;
    std::map<View, OwnVotes> own_;
};

}  // namespace cityledger::consensus
