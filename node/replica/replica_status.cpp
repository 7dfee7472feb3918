// What a running replica tells of itself.

#include "node/replica/running_replica.hpp"

namespace cityledger::node {

ReplicaStatus RunningReplica::status() const {
    ReplicaStatus status;
    status.consensus = core_.core().status();
    status.executed = execution_.state();
    status.final_height = log_->final_height();
    status.final_digest = log_->final_digest();
    status.syncing = sync_.is_asking();
    status.standing = presence_.standing();
    const auto accepting = accepts();
    status.accepts_transactions = accepting.has_value();
    status.refuses_because = accepting ? status.standing.reason : accepting.error().detail;
    status.mempool_transactions = admission_.mempool().count();
    status.mempool_bytes = admission_.mempool().bytes();
    status.batches_held = exchange_.pool().held_count();
    status.peers = peer_statuses(status.standing);
    status.network_waits_for = network_waits_for(status.peers, setup_.validators.quorum());
    return status;
}

std::vector<PeerStatus> RunningReplica::peer_statuses(const StandingReport& own) const {
    std::vector<PeerStatus> statuses;
    for (std::size_t index = 0; index < links_.peers().size(); ++index) {
        const auto validator = static_cast<ValidatorIndex>(index);
        const Peer& peer = links_.peers()[validator];
        PeerStatus status{setup_.validators.validators()[index].name,
                          peer.connected && peer.reachable,
                          peer.progress.final_height,
                          peer.progress.executed_height,
                          peer.standing,
                          peer.votes_above_view,
                          peer.last_error};
        if (!status.connected) {
            status.standing.reset();  // what it said before may be wrong by now
            status.votes_above_view = 0;
        }
        if (links_.is_self(validator)) {
            status.connected = true;
            status.final_height = log_->final_height();
            status.executed_height = execution_.state().height;
            status.standing = own.standing;
            status.votes_above_view = own.votes_above_view;
        }
        statuses.push_back(std::move(status));
    }
    return statuses;
}

void RunningReplica::add_counters(Counters& counters) const {
    core_.add_counters(counters);
    exchange_.add_counters(counters);
    admission_.add_counters(counters);
    sync_.add_counters(counters);
    presence_.add_counters(counters);
    counters["blocksync_answers_sent"] = serving_.sync_answers();
    counters["consensus_blocks_refused"] = proposals_.refused();
    counters["consensus_final_blocks"] = chain_.added();
    counters["consensus_height"] = log_->final_height();
    counters["consensus_validators"] = setup_.validators.size();
    counters["log_appended_bytes"] = log_->appended_bytes();
    counters["log_syncs"] = log_->syncs();
    counters["mempool_batches_made"] = maker_.made();
    counters["signatures_verified"] = checker_.verifications();
    counters["state_diverged"] = execution_.diverged().empty() ? 0 : 1;
    counters["state_executed_height"] = execution_.state().height;
    counters["state_executed_txs"] = executed_transactions_;
}

std::optional<FinalBlock> RunningReplica::final_block(std::uint64_t height) const {
    if (height == 0) return std::nullopt;
    auto block = log_->final_block(height);
    if (!block) return std::nullopt;
    return FinalBlock{*std::move(block), log_->final_entry(height).digest,
                      log_->finalization(height)};
}

std::optional<FinalEntry> RunningReplica::final_entry(std::uint64_t height) const {
    if (height == 0 || height > log_->final_height()) return std::nullopt;
    return log_->final_entry(height);
}

std::vector<LogPosition> RunningReplica::batch_positions(const std::vector<Digest>& batches) const {
    std::vector<LogPosition> positions;
    for (const Digest& digest : batches) {
        if (const auto position = log_->batch_position(digest)) positions.push_back(*position);
    }
    return positions;
}

}  // namespace cityledger::node
