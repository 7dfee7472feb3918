#include "node/replica/serving.hpp"

#include <algorithm>

namespace cityledger::node {

bool Serving::may_serve(ValidatorIndex peer, std::uint64_t bytes) {
    return links_.may_cost(peer, Ration::answer_bytes, std::max(bytes, k_answer_minimum_bytes),
                           reactor_.now_ms());
}

void Serving::answer(ValidatorIndex from, const BatchRequest& question) {
    for (const auto& digest : question.batches) {
        const std::uint64_t bytes = log_.batch_bytes(digest);
        if (bytes == 0 || !may_serve(from, bytes)) continue;
        if (const auto batch = log_.batch(digest)) links_.push_batch(from, *batch);
    }
}

void Serving::answer(ValidatorIndex from, const BlockRequest& question) {
    if (!may_serve(from, 0)) return;
    auto block = core_.core().find_block(question.block);
    if (!block) block = log_.block(question.block);
    if (block) links_.send(from, BlockAnswer{*std::move(block)});
}

void Serving::answer(ValidatorIndex from, const CertificateRequest& question) {
    core_.send_certificates(from, question.view);
}

void Serving::answer(ValidatorIndex from, const StartQuestion& question) {
    if (!may_serve(from, 0)) return;
    StartAnswer answer;
    answer.nonce = question.nonce;
    answer.progress = core_.progress();
    answer.highest_votes = checker_.highest_votes(from);
    for (auto& certificate : core_.core().certificates_for(core_.core().view())) {
        const auto& highest = answer.highest_certificate;
        if (!core_.may_vouch_for(certificate)) continue;
        if (!highest || highest->content.view < certificate.content.view) {
            answer.highest_certificate = std::move(certificate);
        }
    }
    links_.send(from, answer);
}

void Serving::answer(ValidatorIndex from, const SyncRequest& question) {
    if (core_.core().silent()) return;  // its finalizations carry the own signature
    if (question.from_height == 0 || question.from_height > log_.final_height()) {
        if (may_serve(from, 0)) links_.send(from, SyncAnswer{question.from_height, {}});
        return;
    }
    if (!may_serve(from, k_sync_answer_bytes)) return;
    ++sync_answers_;
    const std::uint64_t most = std::min<std::uint64_t>(question.max_blocks, k_max_sync_blocks);
    links_.send(from, collect(question.from_height, most));
}

SyncAnswer Serving::collect(std::uint64_t from_height, std::uint64_t max_blocks) const {
    SyncAnswer answer{from_height, {}};
    std::size_t bytes = 0;
    std::size_t finalized = 0;  // blocks up to the last one with its own finalization
    for (std::uint64_t height = from_height; height <= log_.final_height(); ++height) {
        // Once over the size, blocks go without batches, until one with a finalization ends it.
        const bool full = bytes > k_sync_answer_bytes;
        if (answer.blocks.size() >= max_blocks || (full && finalized > 0)) break;
        if (bytes > 2 * k_sync_answer_bytes) break;
        auto block = log_.final_block(height);
        if (!block) break;
        SyncedBlock item{*std::move(block), log_.finalization(height), {}};
        bytes += ledger::encode(item).size();
        for (const auto& digest : item.block.batches) {
            const std::uint64_t size = log_.batch_bytes(digest);
            if (full || bytes + size > 2 * k_sync_answer_bytes) break;
            const auto batch = size == 0 ? nullptr : log_.batch(digest);
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
