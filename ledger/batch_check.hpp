#pragma once
// Whether a batch is what its author signed. The signatures of its transactions are checked apart,
// since that is the expensive part and is spread over threads.

#include "ledger/batch.hpp"
#include "ledger/validator_set.hpp"

namespace cityledger::ledger {

/// The author is a validator of the epoch and signed the header, and the header commits to exactly
/// these transactions. Each cause has its own code.
[[nodiscard]] Status check_batch(const Batch& batch, const ValidatorSet& validators);

}  // namespace cityledger::ledger
