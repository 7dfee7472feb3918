#pragma once
// Nothing is lost, made or counted twice: the books of the invoice contract against its records.

#include <optional>
#include <string>

#include "ledger/state_store.hpp"

namespace cityledger::sim {

/// What does not add up in a state: the city's totals among themselves and against a recount of all
/// invoices, red letters against what they reverse, live payments against the invoices that name
/// them, each seller's months by rate of tax, each seller's used quota. Nothing if all is well or
/// the chain has no invoices. Above 1,000 invoices the recount, which reads them all, is made at
/// every 50th height only.
[[nodiscard]] std::optional<std::string> broken_books(const ledger::StateReader& state,
                                                      std::uint64_t height);

}  // namespace cityledger::sim
