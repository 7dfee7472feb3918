// What a node tells of itself, and its slow timer.

#include <utility>

#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

void Replica::Impl::gossip_tick() {
    if (fatal_) return;
    const std::uint64_t now = now_ms();
    if (!log_->files().has_room()) {
        const auto made = log_->files().make_room();
        ++counters_[made ? "log_room_regained" : "log_room_missing"];
    }
    for (const auto index : peers_.connected()) {
        Peer& peer = peers_[index];
        if (!peer.reachable || now < peer.heard_ms + options_.peer_silence_ms) continue;
        peer.reachable = false;
        give(consensus::PeerReachable{index, false});
    }
    watch_standing();
    send_hint();
    recompute_work();
    maybe_sync();
    make_batches();
    schedule_pool_tick();
    after(k_gossip_interval_ms, [this] { gossip_tick(); });
}

StandingReport Replica::Impl::standing() const {
    using enum Standing;
    if (fatal_) return {stopped, 0, "a write to the disk failed; the node ends"};
    if (!core_) return {starting, 0, "the node has not started"};
    if (!self_) return {observer, 0, "the node is an observer"};
    if (core_->halted()) {
        return {halted, 0,
                "certificates contradict each other: more validators are faulty than the network "
                "tolerates; keep all data folders and compare the evidence"};
    }
    if (!diverged_.empty()) return {diverged, 0, diverged_};
    if (!log_->files().has_room()) {
        return {disk_full, 0, "the disk is full; free some space, the node goes on by itself"};
    }
    if (!voting_) {
        return {asking, 0, "votes wait for answers of other validators; start those that are down"};
    }
    if (core_->view() <= votes_above_view_) {
        return {votes_lost, votes_above_view_,
                "the log lacks votes of this validator; it votes again above view " +
                    std::to_string(votes_above_view_)};
    }
    // One honest validator at least has what f + 1 say.
    const std::uint64_t there = peers_.final_by(validators_.max_faulty() + 1);
    if (sync_ && there >= log_->final_height() + k_sync_threshold_heights) {
        return {syncing, 0,
                "block sync is at height " + std::to_string(log_->final_height()) + " of " +
                    std::to_string(there)};
    }
    return {voting, 0, {}};
}

void Replica::Impl::watch_standing() {
    StandingReport now = standing();
    if (now.standing == told_standing_) return;
    const Standing before = std::exchange(told_standing_, now.standing);
    if (takes_part()) send_hint();  // the others should not count on an old word
    if (event_observer) event_observer(StandingChanged{before, std::move(now)});
}

ReplicaStatus Replica::Impl::status() const {
    ReplicaStatus status;
    if (!core_) {
        status.standing = standing();
        status.refuses_because = status.standing.reason;
        status.network_waits_for = status.standing.reason;
        return status;
    }
    status.consensus = core_->status();
    status.executed = executed_;
    status.final_height = log_->final_height();
    status.final_digest = log_->final_digest();
    status.syncing = sync_.has_value();
    status.standing = standing();
    const auto accepting = accepts();
    status.accepts_transactions = accepting.has_value();
    if (!accepting) status.refuses_because = accepting.error().detail;
    if (accepting) status.refuses_because = status.standing.reason;
    status.mempool_transactions = mempool_.count();
    status.mempool_bytes = mempool_.bytes();
    status.batches_held = pool_.held_count();
    for (std::size_t index = 0; index < peers_.size(); ++index) {
        const auto validator = static_cast<ValidatorIndex>(index);
        const Peer& peer = peers_[validator];
        PeerStatus entry{validators_.validators()[index].name,
                         peer.connected && peer.reachable,
                         peer.progress.final_height,
                         peer.progress.executed_height,
                         peer.standing,
                         peer.votes_above_view,
                         peer.last_error};
        if (!entry.connected) {
            entry.standing.reset();  // what it said before may be wrong by now
            entry.votes_above_view = 0;
        }
        if (is_self(validator)) {
            entry.connected = true;
            entry.final_height = status.final_height;
            entry.executed_height = executed_.height;
            entry.standing = status.standing.standing;
            entry.votes_above_view = status.standing.votes_above_view;
        }
        status.peers.push_back(std::move(entry));
    }
    status.network_waits_for = network_waits_for(status.peers, validators_.quorum());
    return status;
}

Counters Replica::Impl::counters() const {
    Counters counters = counters_;
    if (!core_) return counters;
    const auto consensus = core_->status();
    counters["consensus_height"] = log_->final_height();
    counters["consensus_view"] = consensus.view;
    counters["consensus_validators"] = validators_.size();
    counters["consensus_nullified_views"] = consensus.nullified_views;
    counters["consensus_evidence"] = consensus.evidence_count;
    counters["state_executed_height"] = executed_.height;
    counters["mempool_size"] = mempool_.count();
    counters["mempool_size_bytes"] = mempool_.bytes();
    counters["mempool_batches_held"] = pool_.held_count();
    counters["p2p_peers"] = peers_.connected().size();
    counters["blocksync_syncing"] = sync_.has_value() ? 1 : 0;
    counters["log_syncs"] = log_->files().syncs();
    counters["log_appended_bytes"] = log_->files().appended_bytes();
    counters["signatures_verified"] = checker_.verifications();
    return counters;
}

std::optional<FinalBlock> Replica::Impl::final_block(std::uint64_t height) const {
    if (!log_ || height == 0) return std::nullopt;
    auto block = log_->final_block(height);
    if (!block) return std::nullopt;
    return FinalBlock{*std::move(block), log_->final_entry(height).digest,
                      log_->finalization(height)};
}

std::shared_ptr<const ledger::Batch> Replica::Impl::batch(const Digest& digest) const {
    return log_ ? log_->batch(digest) : nullptr;
}

}  // namespace cityledger::node
