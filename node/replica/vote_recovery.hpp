#pragma once
// Before the first vote after a start: the others are asked what this validator may have signed,
// and from their answers follows the view above which it may vote (docs/consensus.md, start
// question). The record is lost if an own signature was seen, in whatever vote or certificate, that
// the log does not hold, if the state was above the log, or if the log was made anew. That it is
// lost stays on record itself.

#include <map>

#include "node/replica/core_driver.hpp"
#include "node/replica/vote_checker.hpp"

namespace cityledger::node {

inline constexpr std::uint64_t k_start_question_interval_ms = 500;
/// So long the answers of all others are waited for, before those of a quorum do.
inline constexpr std::uint64_t k_start_grace_ms = 1000;
/// Finalizations of so many last blocks are read at start: they show whose votes others held.
inline constexpr std::uint64_t k_start_finalizations = 64;

class VoteRecovery {
public:
    /// `network_was_stopped`: see ReplicaOptions. `nonce` tells the answers of this start from
    /// older ones.
    VoteRecovery(const ledger::ValidatorSet& validators, bool network_was_stopped,
                 ledger::Nonce nonce, const std::optional<LostVotes>& recorded, BlockLog& log,
                 const CoreDriver& core, PeerLinks& links, VoteChecker& checker, Reactor& reactor);

    /// Asks, and goes on asking until it is answered. An observer asks nothing.
    void start();
    void on_session_up(ValidatorIndex peer);
    void on_answer(ValidatorIndex from, StartAnswer& answer);
    /// Looks whether an own vote was seen that the log does not hold.
    void pump();
    /// The view above which votes are allowed, when that is new.
    [[nodiscard]] std::optional<View> take_permission();

    /// Whether votes are allowed above votes_above_view().
    [[nodiscard]] bool is_answered() const { return answered_; }
    [[nodiscard]] View votes_above_view() const { return votes_above_view_; }

private:
    void ask();
    void judge();
    void allow_above(View view);

    const ledger::ValidatorSet& validators_;
    bool network_was_stopped_;
    ledger::Nonce nonce_;
    BlockLog& log_;
    const CoreDriver& core_;
    PeerLinks& links_;
    VoteChecker& checker_;
    Reactor& reactor_;
    bool answered_ = false;
    bool lost_record_ = false;  ///< the log does not hold all own votes
    View votes_above_view_ = 0;
    std::optional<View> permission_;
    std::uint64_t asked_first_ms_ = 0;
    std::map<ValidatorIndex, StartAnswer> answers_;
};

}  // namespace cityledger::node
