#pragma once
// Receipts in derived state: by height and index, and found by the id of their transaction.

#include "ledger/executor.hpp"
#include "ledger/state_overlay.hpp"

namespace cityledger::ledger {

/// Stores a receipt of the block that is being executed. A second receipt of one transaction (its
/// copy was included too early or too late) is found by height only, unless the first was not
/// executed and this one is.
void store_receipt(StateOverlay& block, const StoredReceipt& stored);

/// The receipt at this place.
[[nodiscard]] std::optional<StoredReceipt> receipt_at(const StateReader& state,
                                                      std::uint64_t height, std::uint32_t index);

}  // namespace cityledger::ledger
