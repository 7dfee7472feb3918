#pragma once
// The books of invoices cut by seller, month and rate: for conservation.cpp.

#include <map>
#include <optional>
#include <string>

#include "ledger/contracts/invoice/invoice.hpp"
#include "ledger/state_store.hpp"

namespace cityledger::sim {

/// All invoices of a state, blue and red, by "code/number".
using InvoiceRecords = std::map<std::string, ledger::invoice::Invoice>;

/// The seller, month of issue and rate of tax of which what the lines charged is not what
/// red-letter invoices took back, what is booked and what is outstanding, in amounts and taxes.
[[nodiscard]] std::optional<std::string> broken_turnover(const InvoiceRecords& records);

/// The seller and month whose used quota is not that of its invoices, less what reversals give back
/// by the rule of the chain.
[[nodiscard]] std::optional<std::string> broken_quota(const InvoiceRecords& records,
                                                      const ledger::StateReader& state);

}  // namespace cityledger::sim
