#pragma once
// Sums of money in fen, checked: what does not fit in 63 bits is refused (money_overflow).

#include <cstdint>

#include "crypto/result.hpp"
#include "ledger/contracts/invoice/invoice_codes.hpp"

namespace cityledger::ledger {

[[nodiscard]] Result<std::int64_t> add_fen(std::int64_t left, std::int64_t right);

/// True from 80 % of a cap on (a cap of at least 1).
[[nodiscard]] bool near_cap(std::int64_t used, std::int64_t cap);

}  // namespace cityledger::ledger
