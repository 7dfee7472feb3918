#pragma once
// Blocks. A header names its parent, its batches and a state that was already executed; the view
// in which it is proposed is not part of it, so that the same block can be proposed again.

#include <optional>
#include <vector>

#include "ledger/batch.hpp"
#include "ledger/validator_set.hpp"

namespace cityledger::ledger {

/// The state after a height: what a header commits to. receipts_root chains: H(tag, root of the
/// height before, Merkle root of this height's receipts), so every receipt is provable.
struct ExecutedState {
    std::uint64_t height = 0;
    Digest system_root;
    Digest business_root;
    Digest receipts_root;

    bool operator==(const ExecutedState&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("height", height), field("system_root", system_root),
                field("business_root", business_root), field("receipts_root", receipts_root));
    }
};

struct BlockHeader {
    std::uint32_t version = 1;
    std::uint64_t epoch = 0;
    std::uint64_t height = 0;     ///< genesis is 0
    Digest parent;                ///< digest of the parent's header; of the genesis: the chain id
    ExecutedState executed;       ///< parent's executed height <= executed.height < height
    Digest covering_certificate;  ///< hash of Block::covering_certificate, zero if there is none
    std::uint32_t batch_count = 0;
    Digest batches_root;                                    ///< Merkle root over the batch digests
    std::optional<std::vector<Validator>> next_validators;  ///< closes the epoch; none in release 1

    bool operator==(const BlockHeader&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("version", version), field("epoch", epoch), field("height", height),
                field("parent", parent), field("executed", executed),
                field("covering_certificate", covering_certificate),
                field("batch_count", batch_count), field("batches_root", batches_root),
                limited<k_max_validators>("next_validators", next_validators));
    }
};

struct Block {
    BlockHeader header;
    std::vector<Digest> batches;  ///< in execution order
    /// A finalization of a block at or above header.executed.height; none while that is 0.
    std::optional<Certificate> covering_certificate;

    bool operator==(const Block&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("header", header), limited<k_max_batches_per_block>("batches", batches),
                field("covering_certificate", covering_certificate));
    }
};

/// The header of height 0: its parent is the chain id; it names no roots, block 1 does.
[[nodiscard]] BlockHeader genesis_header(const ChainId& chain);

/// The name of a block: the chain hash of its header.
[[nodiscard]] Digest block_digest(const BlockHeader& header, const ChainId& chain);
[[nodiscard]] Digest batches_root(const std::vector<Digest>& batches);
[[nodiscard]] Digest certificate_digest(const Certificate& certificate, const ChainId& chain);

/// The rules that need only the block itself: version, epoch, counts, roots, certificate hash.
/// The signatures of the covering certificate are not checked here. Each broken rule is refused
/// with its own code.
[[nodiscard]] Status check_block_form(const Block& block, const ChainId& chain);

/// The rules that relate a block to its parent: parent digest, height + 1, executed range, no
/// batches when execution lags too far.
[[nodiscard]] Status check_block_on_parent(const Block& block, const BlockHeader& parent,
                                           const Digest& parent_digest);

}  // namespace cityledger::ledger
