#pragma once
// What a block may rest on, as far as its form and its parent do not tell: the rules that a leader
// builds by and a voter checks. Each verdict is a function of the block and its ancestors alone,
// never of how far this node has executed, synced or persisted (docs/consensus.md, V1 to V5).

#include "ledger/executor.hpp"
#include "node/log/block_log.hpp"
#include "node/replica/named_batches.hpp"
#include "node/replica/vote_checker.hpp"

namespace cityledger::node {

/// The batches of one block together, encoded.
inline constexpr std::uint64_t k_max_block_payload_bytes = 8ull * 1024 * 1024;

/// The chain below a block that is not final yet.
struct Ancestry {
    ledger::BlockHeader parent;
    /// Blocks above the last final one, newest first; the first is the parent, if it is not final.
    std::vector<std::pair<Digest, ledger::Block>> unfinal;

    /// Whether one of them, within the window of a block of this height, has named the batch.
    [[nodiscard]] bool names(const Digest& batch, std::uint64_t height) const;
};

/// V1: a block at or below the last final height of the log is right exactly if it is the final one
/// there, and every block above must descend from the last final one. Nothing is said of a block
/// above whose ancestors are right.
[[nodiscard]] std::optional<Status> check_against_final(const Digest& digest,
                                                        const ledger::Block& block,
                                                        const Ancestry& ancestry,
                                                        const BlockLog& log);

/// All rules that the block and its ancestors tell: parent, covering certificate, batches named
/// before. The block is above the log's last final one.
[[nodiscard]] Status check_block_rests(const ledger::Block& block, const Ancestry& ancestry,
                                       const BlockLog& log, const NamedBatches& named,
                                       VoteChecker& checker);

/// Once all batches are held: their size.
[[nodiscard]] Status check_block_payload(const ledger::Block& block, const BlockLog& log);

/// Once this node has executed the height that the block names: the state that it reached there.
[[nodiscard]] Status check_block_state(const ledger::Block& block,
                                       const ledger::StateReader& state);

}  // namespace cityledger::node
