#include "node/replica/block_rules.hpp"

#include <algorithm>

#include "node/replica/codes.hpp"

namespace cityledger::node {

bool Ancestry::names(const Digest& batch) const {
    return std::any_of(unfinal.begin(), unfinal.end(), [&](const auto& ancestor) {
        const auto& batches = ancestor.second.batches;
        return std::find(batches.begin(), batches.end(), batch) != batches.end();
    });
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
                         const NamedBatches& named, const ExecutedStates& states,
                         VoteChecker& checker) {
    const auto on_parent =
        ledger::check_block_on_parent(block, ancestry.parent, block.header.parent);
    if (!on_parent) return on_parent;
    if (auto covered = check_cover(block, ancestry, log, checker); !covered) return covered;
    const auto own = states.find(block.header.executed.height);
    if (own != states.end() && own->second != block.header.executed) {
        return refuse(codes::block_wrong_roots,
                      "executed height " + std::to_string(own->first));
    }
    for (const auto& batch : block.batches) {
        if (named.contains(batch) || ancestry.names(batch)) {
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

}  // namespace cityledger::node
