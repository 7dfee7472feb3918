// What a node gives to those who ask, rationed by peer.

#include <algorithm>

#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

void Replica::Impl::handle(ValidatorIndex from, BlockRequest& message) {
    if (!may_serve(from, 0)) return;
    auto block = core_->find_block(message.block);
    if (!block) block = log_->block(message.block);
    if (block) send(from, BlockAnswer{*std::move(block)});
}

void Replica::Impl::handle(ValidatorIndex from, CertificateRequest& message) {
    if (!may_serve(from, 0)) return;
    send_certificates(from, message.view);
}

void Replica::Impl::handle(ValidatorIndex from, StartQuestion& message) {
    if (!may_serve(from, 0)) return;
    StartAnswer answer;
    answer.nonce = message.nonce;
    answer.progress = progress();
    answer.highest_vote = checker_.highest_vote(from);
    for (auto& certificate : core_->certificates_for(core_->view())) {
        const auto& highest = answer.highest_certificate;
        if (!may_vouch_for(certificate)) continue;
        if (!highest || highest->content.view < certificate.content.view) {
            answer.highest_certificate = std::move(certificate);
        }
    }
    send(from, answer);
}

void Replica::Impl::handle(ValidatorIndex from, SyncRequest& message) {
    if (core_->silent()) return;  // its finalizations carry the own signature
    const std::uint64_t max_blocks = std::min<std::uint64_t>(message.max_blocks, k_max_sync_blocks);
    if (message.from_height == 0 || message.from_height > log_->final_height()) {
        if (may_serve(from, 0)) send(from, SyncAnswer{message.from_height, {}});
        return;
    }
    if (!may_serve(from, k_sync_answer_bytes)) return;
    ++counters_["blocksync_answers_sent"];
    send(from, collect_sync_answer(message.from_height, max_blocks));
}

SyncAnswer Replica::Impl::collect_sync_answer(std::uint64_t from_height,
                                              std::uint64_t max_blocks) const {
    SyncAnswer answer{from_height, {}};
    std::size_t bytes = 0;
    std::size_t finalized = 0;  // blocks up to the last one with its own finalization
    for (std::uint64_t height = from_height; height <= log_->final_height(); ++height) {
        // Once over the size, blocks go without batches, until one with a finalization ends it.
        const bool full = bytes > k_sync_answer_bytes;
        if (answer.blocks.size() >= max_blocks || (full && finalized > 0)) break;
        if (bytes > 2 * k_sync_answer_bytes) break;
        auto block = log_->final_block(height);
        if (!block) break;
        SyncedBlock item{*std::move(block), log_->finalization(height), {}};
        bytes += ledger::encode(item).size();
        for (const auto& digest : item.block.batches) {
            const std::uint64_t size = log_->batch_bytes(digest);
            if (full || bytes + size > 2 * k_sync_answer_bytes) break;
            const auto batch = size == 0 ? nullptr : log_->batch(digest);
            if (!batch) break;
            bytes += size;
            item.batches.push_back(*batch);
        }
        const bool ends = item.finalization.has_value();
        answer.blocks.push_back(std::move(item));
        if (ends) finalized = answer.blocks.size();
    }
    answer.blocks.resize(finalized);
    return answer;
}

}  // namespace cityledger::node
