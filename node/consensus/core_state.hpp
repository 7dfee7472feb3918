#pragma once
// What the core keeps, and its steps. Each input is taken up (core_inputs.cpp), then everything
// that it has made possible is done in a fixed order (core_advance.cpp); what may have been lost
// on the way is sent and asked for again (core_resend.cpp).

#include <map>
#include <set>

#include "node/consensus/block_tree.hpp"
#include "node/consensus/core.hpp"
#include "node/consensus/leader_watch.hpp"
#include "node/consensus/outbox.hpp"
#include "node/consensus/pacemaker.hpp"
#include "node/consensus/safety_rules.hpp"
#include "node/consensus/vote_collector.hpp"

namespace cityledger::consensus {

/// The validators that signed a certificate: they hold what it names.
[[nodiscard]] std::vector<ValidatorIndex> signers_of(const ledger::Certificate& certificate);

class Core::State {
public:
    State(const ledger::ValidatorSet& validators, const crypto::PrivateKey* key,
          CoreOptions options, RecoveredState recovered);

    Output start();
    Output step(const Input& input);
    [[nodiscard]] CoreStatus status() const;
    [[nodiscard]] View view() const { return pacemaker_.view(); }
    [[nodiscard]] bool halted() const { return halted_; }
    [[nodiscard]] bool silent() const { return halted_ || stopped_; }
    [[nodiscard]] std::vector<ledger::Certificate> certificates_for(View view) const;
    [[nodiscard]] bool is_settled(const ledger::VoteContent& content) const;
    [[nodiscard]] bool is_settled(const ledger::Vote& vote) const;
    [[nodiscard]] bool is_named_in_tail(const Digest& batch) const;
    [[nodiscard]] std::uint64_t tail_executed_height() const;
    [[nodiscard]] bool holds_block(const Digest& digest) const {
        return tree_.find_block(digest) != nullptr;
    }
    [[nodiscard]] std::optional<ledger::Block> find_block(const Digest& digest) const;

private:
    struct OwnVote {
        Ticket ticket = 0;
        ledger::Vote vote;
        std::optional<Proposal> proposal;
        bool counted = false;
    };
    struct ParentChoice {
        View view = 0;
        Digest block;
    };

    // Recovery (core.cpp).
    void recover_blocks(const std::vector<ledger::Block>& blocks);
    void recover_certificates(const RecoveredState& recovered);
    void recover_votes(const std::vector<SafetyRecord>& votes);

    // Inputs (core_inputs.cpp).
    void take(const ProposalReceived& input);
    void take(const VoteReceived& input);
    void take(const CertificateReceived& input);
    void take(const SettledTold& input);
    void take(const BlockReceived& input);
    void take(const BlockChecked& input);
    void take(const BlockBuilt& input);
    void take(const Persisted& input);
    void take(const TimerFired& input);
    void take(const WorkChanged& input);
    void take(const PeerReachable& input);
    void take(const SyncedTo& input);
    void take(const VotingAllowed& input);
    void take(const StopVoting& input);
    [[nodiscard]] bool is_leaders_proposal(const ProposalReceived& input) const;
    [[nodiscard]] bool shows_lag(const ledger::VoteContent& content, bool as_certificate) const;
    void count_vote(const ledger::Vote& vote);
    void count_durable_own_votes();
    /// True if the certificate was new.
    bool take_certificate(const ledger::Certificate& certificate);
    void hold_block(const Digest& digest, const ledger::Block& block, View proposed_in);
    void want_block(Digest digest, const std::vector<ValidatorIndex>& holders);

    // What follows (core_advance.cpp).
    void advance();
    void enter_highest_view();
    void commit_finalized();
    void commit_branch(const std::vector<Digest>& newest_first,
                       const ledger::Certificate& finalization);
    void set_final(FinalBlock final_block);
    void ask_for_checks();
    void ask_for_check(const Digest& digest, BlockTree::Node& node);
    void cast_finalize_votes();
    void vote_for_proposal();
    void join_nullification();
    void give_up_view();
    void nullify_view();
    void build_if_leader();
    [[nodiscard]] bool may_build_on(const Digest& parent) const;
    [[nodiscard]] std::optional<ParentChoice> choose_parent();
    void record_branch(const Digest& tip);
    void put_out_vote(const CastVote& cast);
    void update_timers();
    [[nodiscard]] bool may_vote() const { return !silent() && safety_.may_vote(); }
    [[nodiscard]] bool is_expecting() const;
    [[nodiscard]] bool has_vote_in_view() const;

    // Again, and on request (core_resend.cpp).
    void resend();
    void send_state(std::optional<ValidatorIndex> to);
    void answer(ValidatorIndex peer);
    void ask_ahead(ValidatorIndex peer, View view);
    void ask_certificate(ValidatorIndex peer, View view);
    void ask_for_proposal_needs(const Proposal& proposal, const Error& refused);
    void fetch_block(const Digest& digest);
    void send_certificate(std::optional<ValidatorIndex> to, const ledger::Certificate& certificate);
    void trim_own_votes();

    /// The block on which the next one would stand, if it is not the final one.
    [[nodiscard]] const Digest* tail() const;
    [[nodiscard]] View final_view() const { return tree_.final_block().view; }
    [[nodiscard]] ValidatorIndex leader(View view) const { return options_.leader(view); }
    [[nodiscard]] bool is_self(ValidatorIndex index) const { return options_.self == index; }
    [[nodiscard]] Digest digest_of(const ledger::Block& block) const;

    ledger::ValidatorSet validators_;
    CoreOptions options_;
    SafetyRules safety_;
    VoteCollector votes_;
    BlockTree tree_;
    Pacemaker pacemaker_;
    Outbox outbox_;
    std::map<View, Proposal> proposals_;    ///< of the current view and few ahead
    std::vector<OwnVote> own_votes_;        ///< that may have to be sent again
    std::optional<ParentChoice> building_;  ///< BuildBlock was put out and not answered
    std::map<Digest, std::vector<ValidatorIndex>> missing_;  ///< wanted blocks, who has them
    LeaderWatch leaders_;
    bool has_work_ = false;
    bool halted_ = false;
    bool stopped_ = false;  ///< StopVoting was received
    bool changed_ = true;   ///< blocks or certificates have changed since the last advance
    std::uint64_t nullified_views_ = 0;
    std::uint64_t evidence_count_ = 0;

    // Limits of what is sent unasked, cleared by each resend timer.
    std::uint64_t resends_ = 0;
    std::set<ValidatorIndex> answered_;
    std::set<ValidatorIndex> asked_ahead_;
    std::set<View> asked_views_;
    std::set<Digest> fetched_;
};

}  // namespace cityledger::consensus
