#pragma once
// What this node tells of itself, and whom it counts as there: hints once a second and at each
// change, silence of peers, and its own standing.

#include "node/replica/block_sync.hpp"
#include "node/replica/core_driver.hpp"
#include "node/replica/vote_recovery.hpp"

namespace cityledger::node {

inline constexpr std::uint64_t k_gossip_interval_ms = 1000;
/// After an execution; until then the votes for a next block may tell the others.
inline constexpr std::uint64_t k_hint_delay_ms = 25;

class Presence {
public:
    /// A peer that is silent for `peer_silence_ms` counts as unreachable.
    Presence(const ledger::ValidatorSet& validators, std::uint64_t peer_silence_ms, BlockLog& log,
             const Execution& execution, CoreDriver& core, const VoteRecovery& recovery,
             const BlockSync& sync, PeerLinks& links, Reactor& reactor, const Trace& trace);

    /// The slow timer, from now on.
    void tick();
    void on_session(ValidatorIndex peer, bool was_reachable, bool up);
    /// A frame came: the peer is there.
    void on_heard(ValidatorIndex peer);
    void on_hint(ValidatorIndex from, const Hint& hint);
    /// The others learn it soon, for the next header, if no vote tells it before.
    void on_state_changed();
    /// Tells a standing that has changed since it was told.
    void pump();

    [[nodiscard]] StandingReport standing() const;
    void add_counters(Counters& counters) const;

private:
    void set_reachable(ValidatorIndex peer, bool reachable);
    [[nodiscard]] Hint own_hint() const;
    void send_hint();

    const ledger::ValidatorSet& validators_;
    std::uint64_t peer_silence_ms_;
    BlockLog& log_;
    const Execution& execution_;
    CoreDriver& core_;
    const VoteRecovery& recovery_;
    const BlockSync& sync_;
    PeerLinks& links_;
    Reactor& reactor_;
    const Trace& trace_;
    Standing told_standing_ = Standing::starting;
    std::uint64_t told_executed_height_ = 0;
    bool hint_scheduled_ = false;
    std::uint64_t room_missing_ = 0;
    std::uint64_t room_regained_ = 0;
};

}  // namespace cityledger::node
