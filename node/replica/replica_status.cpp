// What a node tells of itself, and its slow timer.

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
    send_hint();
    recompute_work();
    maybe_sync();
    make_batches();
    schedule_pool_tick();
    after(k_gossip_interval_ms, [this] { gossip_tick(); });
}

ReplicaStatus Replica::Impl::status() const {
    ReplicaStatus status;
    if (!core_) {
        status.refuses_because = "the node has not started";
        return status;
    }
    status.consensus = core_->status();
    status.executed = executed_;
    status.final_height = log_->final_height();
    status.final_digest = log_->final_digest();
    status.syncing = sync_.has_value();
    status.voting = voting_ && diverged_.empty() && !fatal_;
    const auto accepting = accepts();
    status.accepts_transactions = accepting.has_value();
    if (!accepting) status.refuses_because = accepting.error().detail;
    if (accepting && !voting_) status.refuses_because = "votes wait for answers of other nodes";
    status.mempool_transactions = mempool_.count();
    status.mempool_bytes = mempool_.bytes();
    status.batches_held = pool_.held_count();
    for (std::size_t index = 0; index < peers_.size(); ++index) {
        const auto validator = static_cast<ValidatorIndex>(index);
        const Peer& peer = peers_[validator];
        PeerStatus entry{validators_.validators()[index].name, peer.connected && peer.reachable,
                         peer.progress.final_height, peer.progress.executed_height,
                         peer.last_error};
        if (is_self(validator)) {
            entry.connected = true;
            entry.final_height = status.final_height;
            entry.executed_height = executed_.height;
        }
        status.peers.push_back(std::move(entry));
    }
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
