#pragma once
// Compares a state that was made again from the blocks with the one of a store, entry by entry:
// what no root covers (receipts, indexes) too.

#include "ledger/state_store.hpp"

namespace cityledger::io {

struct StateTally {
    std::uint64_t entries = 0;
    /// Receipts that tell their refusals in other words, as an earlier release did: no hash covers
    /// the words.
    std::uint64_t reworded = 0;
};

/// audit_state_differs with space, key and values of the first difference.
[[nodiscard]] Result<StateTally> compare_states(const ledger::StateReader& made,
                                                const ledger::StateReader& stored);

}  // namespace cityledger::io
