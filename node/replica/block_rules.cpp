#include "node/replica/block_rules.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "node/replica/replica_codes.hpp"

namespace cityledger::node {

bool Ancestry::names(const Digest& batch, std::uint64_t height) const {
    return std::any_of(unfinal.begin(), unfinal.end(), [&](const auto& ancestor) {
        const auto& [header, batches, cover] = ancestor.second;
        return NamedBatches::in_window(header.height, height) &&
               std::find(batches.begin(), batches.end(), batch) != batches.end();
    });
}

std::optional<Status> check_against_final(const Digest& digest, const ledger::Block& block,
                                          const Ancestry& ancestry, const BlockLog& log) {
    const std::uint64_t final_height = log.final_height();
    const std::uint64_t height = block.header.height;
    const Status contradicts =
        refuse(codes::block_off_final_chain, "height " + std::to_string(height));
    if (height <= final_height) {
        const bool is_final = height > 0 && log.final_entry(height).digest == digest;
        return is_final ? Status{} : contradicts;
    }
    for (const auto& [ancestor, below] : ancestry.unfinal) {
        const bool beside = below.header.height == final_height && ancestor != log.final_digest();
        if (beside) return contradicts;
    }
    return std::nullopt;
}

namespace {

/// The height of the block that a covering certificate names, if it is one of the ancestors.
std::optional<std::uint64_t> ancestor_height(const Digest& digest, const Ancestry& ancestry,
                                             const BlockLog& log) {
    for (const auto& [ancestor, block] : ancestry.unfinal) {
        if (ancestor == digest) return block.header.height;
    }
    return log.height_of(digest);
}

Status check_cover(const ledger::Block& block, const Ancestry& ancestry, const BlockLog& log,
                   VoteChecker& checker) {
    if (!block.covering_certificate) return {};  // check_block_form says when it may be missing
    const auto verified = checker.check(*block.covering_certificate);
    if (!verified) return propagate(verified);
    const auto height = ancestor_height((*verified)->content.block, ancestry, log);
    if (!height || *height < block.header.executed.height || *height >= block.header.height) {
        return refuse(codes::block_cover_not_ancestor,
                      "executed height " + std::to_string(block.header.executed.height));
    }
    return {};
}

}  // namespace

Status check_block_rests(const ledger::Block& block, const Ancestry& ancestry, const BlockLog& log,
                         const NamedBatches& named, VoteChecker& checker) {
    const auto on_parent =
        ledger::check_block_on_parent(block, ancestry.parent, block.header.parent);
    if (!on_parent) return on_parent;
    if (auto covered = check_cover(block, ancestry, log, checker); !covered) return covered;
    const std::uint64_t height = block.header.height;
    for (const auto& batch : block.batches) {
        if (named.names(batch, height) || ancestry.names(batch, height)) {
            return refuse(codes::block_batch_named_before, to_hex(batch));
        }
    }
    return {};
}

Status check_block_payload(const ledger::Block& block, const BlockLog& log) {
    std::uint64_t bytes = 0;
    for (const auto& batch : block.batches) bytes += log.batch_bytes(batch);
    if (bytes > k_max_block_payload_bytes) {
        return refuse(codes::block_too_large, std::to_string(bytes) + " bytes of batches");
    }
    return {};
}

Status check_block_state(const ledger::Block& block, const ledger::StateReader& state) {
    const ledger::ExecutedState& named = block.header.executed;
    const auto own = ledger::find_executed_state(state, named.height);
    CHECK_INVARIANT(own.has_value());
    if (*own == named) return {};
    return refuse(codes::block_wrong_roots, "executed height " + std::to_string(named.height));
}

}  // namespace cityledger::node
