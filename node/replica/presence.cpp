#include "node/replica/presence.hpp"

#include <algorithm>
#include <utility>

namespace cityledger::node {

Presence::Presence(const ledger::ValidatorSet& validators, std::uint64_t peer_silence_ms,
                   BlockLog& log, const Execution& execution, CoreDriver& core,
                   const VoteRecovery& recovery, const BlockSync& sync, PeerLinks& links,
                   Reactor& reactor, const Trace& trace)
    : validators_(validators),
      peer_silence_ms_(peer_silence_ms),
      log_(log),
      execution_(execution),
      core_(core),
      recovery_(recovery),
      sync_(sync),
      links_(links),
      reactor_(reactor),
      trace_(trace) {}

void Presence::tick() {
    if (reactor_.failed()) return;
    if (!log_.has_room()) ++(log_.make_room() ? room_regained_ : room_missing_);
    for (const auto index : links_.peers().connected()) {
        const Peer& peer = links_.peers()[index];
        const bool silent = reactor_.now_ms() >= peer.heard_ms + peer_silence_ms_;
        if (peer.reachable && silent) set_reachable(index, false);
    }
    send_hint();
    reactor_.after(k_gossip_interval_ms, [this] { tick(); });
}

void Presence::set_reachable(ValidatorIndex peer, bool reachable) {
    links_.peers()[peer].reachable = reachable;
    core_.give(consensus::PeerReachable{peer, reachable});
    trace_.tell(PeerChanged{peer, reachable});
}

void Presence::on_session(ValidatorIndex peer, bool was_reachable, bool up) {
    if (was_reachable != up) set_reachable(peer, up);
    if (!up) return;
    links_.send(peer, own_hint());
}

void Presence::on_heard(ValidatorIndex index) {
    const Peer& peer = links_.peers()[index];
    if (peer.connected && !peer.reachable) set_reachable(index, true);
}

void Presence::on_hint(ValidatorIndex from, const Hint& hint) {
    Peer& peer = links_.peers()[from];
    peer.progress = hint.progress;
    peer.standing = hint.standing;
    peer.votes_above_view = hint.votes_above_view;
    // A peer that stands in an earlier view gets what leads here, now and then.
    if (hint.progress.view >= core_.core().view()) return;
    if (reactor_.now_ms() < peer.answered_behind_ms + k_gossip_interval_ms) return;
    peer.answered_behind_ms = reactor_.now_ms();
    core_.send_certificates(from, hint.progress.view);
}

Hint Presence::own_hint() const {
    const StandingReport own = standing();
    return {core_.progress(), own.standing, own.votes_above_view};
}

void Presence::send_hint() {
    told_executed_height_ = execution_.state().height;
    links_.broadcast(own_hint());
}

void Presence::on_state_changed() {
    if (hint_scheduled_) return;
    hint_scheduled_ = true;
    reactor_.after(k_hint_delay_ms, [this] {
        hint_scheduled_ = false;
        const auto told = std::max(told_executed_height_, core_.told_executed_height());
        if (told < execution_.state().height) send_hint();
    });
}

void Presence::pump() {
    StandingReport now = standing();
    if (now.standing == told_standing_) return;
    const Standing before = std::exchange(told_standing_, now.standing);
    if (!reactor_.failed()) send_hint();  // the others should not count on an old word
    trace_.tell(StandingChanged{before, std::move(now)});
}

StandingReport Presence::standing() const {
    using enum Standing;
    if (reactor_.failed()) return {stopped, 0, "a write to the disk failed; the node ends"};
    if (!links_.self()) return {observer, 0, "the node is an observer"};
    if (core_.core().halted()) {
        return {halted, 0,
                "certificates contradict each other: more validators are faulty than the network "
                "tolerates; keep all data folders and compare the evidence"};
    }
    if (!execution_.diverged().empty()) return {diverged, 0, execution_.diverged()};
    if (!log_.has_room()) {
        return {disk_full, 0, "the disk is full; free some space, the node goes on by itself"};
    }
    if (!recovery_.is_answered()) {
        return {asking, 0, "votes wait for answers of other validators; start those that are down"};
    }
    const View barred = recovery_.votes_above_view();
    if (core_.core().view() <= barred) {
        return {votes_lost, barred,
                "the log lacks votes of this validator; it votes again above view " +
                    std::to_string(barred)};
    }
    // One honest validator at least has what f + 1 say.
    const std::uint64_t there = links_.peers().final_by(validators_.max_faulty() + 1);
    if (sync_.is_asking() && there >= log_.final_height() + k_sync_threshold_heights) {
        return {syncing, 0,
                "block sync is at height " + std::to_string(log_.final_height()) + " of " +
                    std::to_string(there)};
    }
    return {voting, 0, {}};
}

void Presence::add_counters(Counters& counters) const {
    counters["log_room_missing"] = room_missing_;
    counters["log_room_regained"] = room_regained_;
}

}  // namespace cityledger::node
