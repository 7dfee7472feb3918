#include "node/replica/block_sync.hpp"

#include <algorithm>

#include "ledger/batch_check.hpp"
#include "node/replica/replica_codes.hpp"

namespace cityledger::node {

using ledger::Certificate;

void BlockSync::pump() {
    if (round_ || reactor_.failed() || !log_.has_room()) return;
    const std::uint64_t highest = links_.peers().highest_final();
    if (highest <= log_.final_height()) {
        behind_since_ms_.reset();
        return;
    }
    if (!behind_since_ms_) behind_since_ms_ = reactor_.now_ms();
    const bool far = highest - log_.final_height() >= k_sync_threshold_heights;
    const bool long_enough = reactor_.now_ms() >= *behind_since_ms_ + k_sync_patience_ms;
    if (far || long_enough) ask();
}

void BlockSync::ask() {
    // Only peers that say to have more are asked, each in its turn.
    std::vector<ValidatorIndex> candidates;
    for (const auto peer : links_.peers().connected()) {
        const auto& told = links_.peers()[peer].progress;
        if (told.final_height > log_.final_height()) candidates.push_back(peer);
    }
    if (candidates.empty()) return;
    Round round;
    round.peer = candidates[turn_ % candidates.size()];
    round.from_height = log_.final_height() + 1;
    round.timer = reactor_.after(timeout_ms_, [this] {
        ++turn_;
        ++counts_.timeouts;
        timeout_ms_ = std::min(2 * timeout_ms_, k_sync_timeout_max_ms);
        round_.reset();
    });
    round_ = round;
    ++counts_.requests;
    trace_.tell(BlocksAsked{round.peer, round.from_height});
    links_.send(round.peer, SyncRequest{round.from_height, k_max_sync_blocks});
}

void BlockSync::end_round() {
    reactor_.cancel(round_->timer);
    round_.reset();
}

void BlockSync::on_session_down(ValidatorIndex peer) {
    if (round_ && round_->peer == peer) end_round();
}

void BlockSync::on_answer(ValidatorIndex from, SyncAnswer& answer) {
    if (!round_ || round_->peer != from || round_->from_height != answer.from_height) return;
    end_round();
    timeout_ms_ = std::max(k_sync_timeout_ms, timeout_ms_ / 2);
    if (!log_.has_room()) return;
    const std::uint64_t before = log_.final_height();
    const auto taken = take(from, answer);
    if (log_.final_height() > before) {
        trace_.tell(BlocksSynced{from, before + 1, log_.final_height()});
        return;
    }
    links_.peers()[from].progress.final_height = 0;  // until it tells again
    ++turn_;
    if (taken) return;
    ++counts_.refused;
    links_.close(from, taken.error());
}

/// Blocks that are final here already; false if none is left.
bool BlockSync::cut_known(SyncAnswer& answer) const {
    if (answer.blocks.empty() || answer.from_height > log_.final_height() + 1) return false;
    const std::uint64_t known = log_.final_height() + 1 - answer.from_height;
    if (known >= answer.blocks.size()) return false;
    answer.blocks.erase(answer.blocks.begin(), answer.blocks.begin() + known);
    return true;
}

/// The last finalization proves all blocks below. Those between are kept for later questions, as
/// far as the share of the peer allows to check them.
void BlockSync::drop_costly_finalizations(ValidatorIndex from, SyncAnswer& answer) {
    for (std::size_t i = 0; i + 1 < answer.blocks.size(); ++i) {
        auto& finalization = answer.blocks[i].finalization;
        if (!finalization) continue;
        const std::size_t cost = checker_.cost_of(*finalization);
        const bool allowed = links_.may_cost(from, Ration::signatures, cost, reactor_.now_ms());
        if (!allowed) finalization.reset();
    }
}

Status BlockSync::check_block(const SyncedBlock& item, const ledger::BlockHeader& parent,
                              const Digest& parent_digest, const Digest& digest,
                              CheckedAnswer& checked) {
    const std::string height = "height " + std::to_string(item.block.header.height);
    auto form = ledger::check_block_form(item.block, validators_.chain_id());
    if (!form) return form;
    const auto on_parent = ledger::check_block_on_parent(item.block, parent, parent_digest);
    if (!on_parent) return on_parent;
    if (item.finalization) {
        const auto& content = item.finalization->content;
        if (content.kind != ledger::VoteKind::finalize || content.block != digest) {
            return refuse(codes::sync_wrong_certificate, height);
        }
        auto verified = checker_.check(*item.finalization);
        if (!verified) return propagate(verified);
        checked.last_finalization = *std::move(verified);
    }
    const auto& named = item.block.batches;
    for (const auto& batch : item.batches) {
        const Digest name = ledger::batch_digest(batch.header, validators_.chain_id());
        if (std::find(named.begin(), named.end(), name) == named.end()) {
            return refuse(codes::sync_foreign_batch, height);
        }
        if (auto sound = ledger::check_batch(batch, validators_); !sound) return sound;
    }
    return {};
}

Result<BlockSync::CheckedAnswer> BlockSync::check(const SyncAnswer& answer) {
    const auto last_final = log_.final_block(log_.final_height());
    if (!last_final) return tl::unexpected<Error>(log_.unreadable(log_.final_height()));
    CheckedAnswer checked;
    ledger::BlockHeader parent = last_final->header;
    Digest parent_digest = log_.final_digest();
    for (const auto& item : answer.blocks) {
        const Digest digest = ledger::block_digest(item.block.header, validators_.chain_id());
        const auto sound = check_block(item, parent, parent_digest, digest, checked);
        if (!sound) return propagate(sound);
        parent = item.block.header;
        parent_digest = digest;
        checked.digests.push_back(digest);
    }
    // A block without its own finalization is final by that of the next one that has it.
    checked.proofs.resize(answer.blocks.size());
    for (std::size_t i = answer.blocks.size(); i-- > 0;) {
        const auto& own = answer.blocks[i].finalization;
        checked.proofs[i] = own ? &*own : checked.proofs[i + 1];
    }
    return checked;
}

/// Everything is checked before anything is taken; one sync covers the whole answer.
Status BlockSync::take(ValidatorIndex from, SyncAnswer& answer) {
    if (!answer.blocks.empty() && !answer.blocks.back().finalization) {
        return refuse(codes::sync_not_final, "from height " + std::to_string(answer.from_height));
    }
    if (!cut_known(answer)) return {};
    drop_costly_finalizations(from, answer);
    const auto checked = check(answer);
    if (!checked) return propagate(checked);
    for (std::size_t i = 0; i < answer.blocks.size(); ++i) {
        auto& item = answer.blocks[i];
        for (auto& batch : item.batches) {
            const Digest name = ledger::batch_digest(batch.header, validators_.chain_id());
            log_.append_batch(name, std::make_shared<const ledger::Batch>(std::move(batch)));
        }
        const std::uint64_t proof = log_.append_certificate(*checked->proofs[i]);
        make_final_(checked->digests[i], item.block, *checked->proofs[i], proof);
    }
    counts_.blocks += answer.blocks.size();
    ends_.push_back({log_.last_sequence(),
                     {std::move(answer.blocks.back().block), *checked->last_finalization}});
    log_.request_sync();
    return {};
}

std::vector<consensus::SyncedTo> BlockSync::take_durable_ends() {
    std::vector<consensus::SyncedTo> ends;
    while (!ends_.empty() && ends_.front().sequence <= log_.durable_sequence()) {
        ends.push_back(std::move(ends_.front().synced));
        ends_.pop_front();
    }
    return ends;
}

void BlockSync::add_counters(Counters& counters) const {
    counters["blocksync_requests"] = counts_.requests;
    counters["blocksync_timeouts"] = counts_.timeouts;
    counters["blocksync_refused"] = counts_.refused;
    counters["blocksync_blocks"] = counts_.blocks;
    counters["blocksync_syncing"] = is_asking() ? 1 : 0;
}

}  // namespace cityledger::node
