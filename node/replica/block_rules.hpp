#pragma once
// What a block may rest on, as far as its form and its parent do not tell: the rules that a leader
// builds by and a voter checks.

#include <map>

#include "node/replica/block_log.hpp"
#include "node/replica/named_batches.hpp"
#include "node/replica/vote_checker.hpp"

namespace cityledger::node {

/// The batches of one block together, encoded.
inline constexpr std::uint64_t k_max_block_payload_bytes = 8ull * 1024 * 1024;

/// States of this many executed heights are kept for comparison.
inline constexpr std::size_t k_kept_states = 256;

using ExecutedStates = std::map<std::uint64_t, ledger::ExecutedState>;

/// The chain below a block that is not final yet.
struct Ancestry {
    ledger::BlockHeader parent;
    /// Blocks above the last final one, newest first; the first is the parent, if it is not final.
    std::vector<std::pair<Digest, ledger::Block>> unfinal;

    [[nodiscard]] bool names(const Digest& batch) const;
};

/// All rules that need no batch content: parent, covering certificate, roots, batches named before.
[[nodiscard]] Status check_block_rests(const ledger::Block& block, const Ancestry& ancestry,
                                       const BlockLog& log, const NamedBatches& named,
                                       const ExecutedStates& states, VoteChecker& checker);

/// Once all batches are held: their size.
[[nodiscard]] Status check_block_payload(const ledger::Block& block, const BlockLog& log);

}  // namespace cityledger::node
