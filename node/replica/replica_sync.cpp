// Block sync: a node that is behind takes final blocks from one peer at a time. Heights that peers
// tell are hints; what counts is the chain of digests and the finalizations.

#include <algorithm>

#include "ledger/batch_check.hpp"
#include "node/replica/replica_codes.hpp"
#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

void Replica::Impl::maybe_sync() {
    if (!takes_part() || sync_ || !log_->files().has_room()) return;
    const std::uint64_t highest = peers_.highest_final();
    if (highest <= log_->final_height()) {
        behind_since_ms_.reset();
        return;
    }
    if (!behind_since_ms_) behind_since_ms_ = now_ms();
    const bool far = highest - log_->final_height() >= k_sync_threshold_heights;
    const bool long_enough = now_ms() >= *behind_since_ms_ + k_sync_patience_ms;
    if (far || long_enough) request_blocks();
}

void Replica::Impl::request_blocks() {
    // Only peers that say to have more are asked, each in its turn.
    std::vector<ValidatorIndex> candidates;
    for (const auto peer : peers_.connected()) {
        if (peers_[peer].progress.final_height > log_->final_height()) candidates.push_back(peer);
    }
    if (candidates.empty()) return;
    SyncRound round;
    round.peer = candidates[sync_turn_ % candidates.size()];
    round.from_height = log_->final_height() + 1;
    round.timer = after(sync_timeout_ms_, [this] {
        ++sync_turn_;
        ++counters_["blocksync_timeouts"];
        sync_timeout_ms_ = std::min(2 * sync_timeout_ms_, k_sync_timeout_max_ms);
        sync_.reset();
        maybe_sync();
    });
    sync_ = round;
    ++counters_["blocksync_requests"];
    send(round.peer, SyncRequest{round.from_height, k_max_sync_blocks});
}

void Replica::Impl::end_sync_request() {
    ports_.scheduler.cancel(sync_->timer);
    sync_.reset();
}

void Replica::Impl::handle(ValidatorIndex from, SyncAnswer& message) {
    if (!sync_ || sync_->peer != from || sync_->from_height != message.from_height) return;
    end_sync_request();
    sync_timeout_ms_ = std::max(k_sync_timeout_ms, sync_timeout_ms_ / 2);
    if (!log_->files().has_room()) return;
    const std::uint64_t before = log_->final_height();
    const auto taken = take_sync_answer(message);
    if (!taken) {
        ++counters_["blocksync_refused"];
        peers_[from].progress.final_height = 0;  // until it tells again
        ++sync_turn_;
        close(from, taken.error());
    } else if (log_->final_height() == before) {
        peers_[from].progress.final_height = 0;
        ++sync_turn_;
    }
    maybe_sync();
}

Status Replica::Impl::check_synced(const SyncedBlock& item, const ledger::BlockHeader& parent,
                                   const Digest& parent_digest, const Digest& digest) {
    if (auto form = ledger::check_block_form(item.block, chain_); !form) return form;
    const auto on_parent = ledger::check_block_on_parent(item.block, parent, parent_digest);
    if (!on_parent) return on_parent;
    if (item.finalization) {
        const auto& content = item.finalization->content;
        if (content.kind != ledger::VoteKind::finalize || content.block != digest) {
            return refuse(codes::sync_wrong_certificate,
                          "height " + std::to_string(item.block.header.height));
        }
        const auto verified = checker_.check(*item.finalization);
        if (!verified) return propagate(verified);
    }
    for (const auto& batch : item.batches) {
        const Digest name = ledger::batch_digest(batch.header, chain_);
        const auto& named = item.block.batches;
        if (std::find(named.begin(), named.end(), name) == named.end()) {
            return refuse(codes::sync_foreign_batch,
                          "height " + std::to_string(item.block.header.height));
        }
        if (auto checked = ledger::check_batch(batch, validators_); !checked) return checked;
    }
    return {};
}

/// Everything is checked before anything is taken; one sync covers the whole answer.
Status Replica::Impl::take_sync_answer(SyncAnswer& answer) {
    if (answer.blocks.empty()) return {};
    if (!answer.blocks.back().finalization) {
        return refuse(codes::sync_not_final, "from height " + std::to_string(answer.from_height));
    }
    if (answer.from_height > log_->final_height() + 1) return {};  // asked before a restart of sync
    const std::uint64_t known = log_->final_height() + 1 - answer.from_height;
    if (known >= answer.blocks.size()) return {};  // consensus was faster
    answer.blocks.erase(answer.blocks.begin(), answer.blocks.begin() + known);
    const auto last_final = log_->final_block(log_->final_height());
    if (!last_final) return tl::unexpected<Error>(log_unreadable(log_->final_height()));
    ledger::BlockHeader parent = last_final->header;
    Digest parent_digest = log_->final_digest();
    std::vector<Digest> digests;
    for (const auto& item : answer.blocks) {
        const Digest digest = ledger::block_digest(item.block.header, chain_);
        const auto checked = check_synced(item, parent, parent_digest, digest);
        if (!checked) return checked;
        parent = item.block.header;
        parent_digest = digest;
        digests.push_back(digest);
    }
    // A block without its own finalization is final by that of the next one that has it.
    std::vector<const ledger::Certificate*> proofs(answer.blocks.size());
    for (std::size_t i = answer.blocks.size(); i-- > 0;) {
        const auto& own = answer.blocks[i].finalization;
        proofs[i] = own ? &*own : proofs[i + 1];
    }
    for (std::size_t i = 0; i < answer.blocks.size(); ++i) {
        auto& item = answer.blocks[i];
        for (auto& batch : item.batches) {
            const Digest name = ledger::batch_digest(batch.header, chain_);
            log_->append_batch(name, std::make_shared<const ledger::Batch>(std::move(batch)));
        }
        const std::uint64_t proof = log_->append_certificate(*proofs[i]);
        make_final(digests[i], item.block, *proofs[i], proof);
    }
    counters_["blocksync_blocks"] += answer.blocks.size();
    auto& last = answer.blocks.back();
    synced_ends_.push_back(
        {log_->files().last_sequence(), std::move(last.block), *std::move(last.finalization)});
    log_->files().request_sync();
    return {};
}

}  // namespace cityledger::node
