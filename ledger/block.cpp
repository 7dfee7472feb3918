#include "ledger/block.hpp"

#include <algorithm>

#include "crypto/merkle.hpp"

namespace cityledger::ledger {
namespace {

constexpr std::uint32_t k_block_version = 1;
constexpr std::uint64_t k_only_epoch = 0;

std::string differs(std::uint64_t found, std::uint64_t expected) {
    return std::to_string(found) + " instead of " + std::to_string(expected);
}

Status check_batch_list(const Block& block) {
    const BlockHeader& header = block.header;
    if (header.batch_count != block.batches.size()) {
        return refuse(codes::block_batch_count, differs(header.batch_count, block.batches.size()));
    }
    if (header.batches_root != batches_root(block.batches)) {
        return refuse(codes::block_batches_root);
    }
    std::vector<Digest> sorted = block.batches;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) return refuse(codes::block_batch_twice, to_hex(*twice));
    return {};
}

Status check_covering(const Block& block, const ChainId& chain) {
    const bool wanted = block.header.executed.height > 0;
    const auto& certificate = block.covering_certificate;
    if (wanted && !certificate) return refuse(codes::block_covering_missing);
    if (!wanted && certificate) return refuse(codes::block_covering_unneeded);
    const Digest hash = certificate ? certificate_digest(*certificate, chain) : Digest{};
    if (block.header.covering_certificate != hash) return refuse(codes::block_covering_hash);
    if (certificate && certificate->content.kind != VoteKind::finalize) {
        return refuse(codes::block_covering_kind);
    }
    return {};
}

}  // namespace

BlockHeader genesis_header(const ChainId& chain) {
    BlockHeader header;
    header.parent = chain;
    header.batches_root = batches_root({});
    return header;
}

Digest block_digest(const BlockHeader& header, const ChainId& chain) {
    return chain_hash(tags::block, chain, header);
}

Digest batches_root(const std::vector<Digest>& batches) {
    std::vector<Bytes> leaves;
    leaves.reserve(batches.size());
    for (const Digest& batch : batches) leaves.push_back(to_bytes(batch.view()));
    return crypto::merkle_root(tags::batch_list, leaves);
}

Digest certificate_digest(const Certificate& certificate, const ChainId& chain) {
    return chain_hash(tags::certificate, chain, certificate);
}

Status check_block_form(const Block& block, const ChainId& chain) {
    const BlockHeader& header = block.header;
    if (header.version != k_block_version) {
        return refuse(codes::block_wrong_version, differs(header.version, k_block_version));
    }
    if (header.epoch != k_only_epoch) {
        return refuse(codes::block_wrong_epoch, differs(header.epoch, k_only_epoch));
    }
    if (header.next_validators) return refuse(codes::block_next_validators);
    const Status batches = check_batch_list(block);
    if (!batches) return batches;
    return check_covering(block, chain);
}

Status check_block_on_parent(const Block& block, const BlockHeader& parent,
                             const Digest& parent_digest) {
    const BlockHeader& header = block.header;
    if (header.parent != parent_digest) {
        return refuse(codes::block_wrong_parent,
                      to_hex(header.parent) + " instead of " + to_hex(parent_digest));
    }
    // Written without an addition, which could overflow.
    if (header.height == 0 || header.height - 1 != parent.height) {
        return refuse(codes::block_wrong_height,
                      std::to_string(header.height) + " on " + std::to_string(parent.height));
    }
    const ExecutedState& executed = header.executed;
    if (executed.height < parent.executed.height || executed.height >= header.height) {
        return refuse(codes::block_executed_range, std::to_string(executed.height));
    }
    // The genesis header names no roots; those of height 0 are first named by block 1.
    const bool same_height = parent.height > 0 && executed.height == parent.executed.height;
    if (same_height && executed != parent.executed) {
        return refuse(codes::block_executed_roots, std::to_string(executed.height));
    }
    const std::uint64_t lag = header.height - executed.height;
    if (lag > k_max_execution_lag_heights && !block.batches.empty()) {
        return refuse(codes::block_execution_lag, std::to_string(lag) + " heights");
    }
    return {};
}

}  // namespace cityledger::ledger
