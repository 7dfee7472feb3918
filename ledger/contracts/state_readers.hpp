#pragma once
// Who may have a key of the state proven: who may ask the query that shows its record.

#include <optional>
#include <string>

#include "ledger/contract.hpp"
#include "ledger/state_store.hpp"

namespace cityledger::ledger {

/// Nothing if the asker (empty: nobody known) may read the value of this key of business or system
/// state; else who may, in words. Keys that no query shows are for the tax bureau and auditors in
/// invoices and receivables. Keys of no contract hold nothing, and anybody may have that proven.
[[nodiscard]] std::optional<std::string> kept_from(const ContractRegistry& contracts,
                                                   const StateReader& state, std::string_view key,
                                                   const MemberId& asker);

}  // namespace cityledger::ledger
