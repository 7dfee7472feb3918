#pragma once
// The contracts of this ledger. A new contract adds its own files and one line in registry.cpp.

#include "ledger/contract.hpp"

namespace cityledger::ledger {

[[nodiscard]] Contract make_membership_contract();
[[nodiscard]] Contract make_calendar_contract();
[[nodiscard]] Contract make_directory_contract();
[[nodiscard]] Contract make_invoice_contract();

/// All of them.
[[nodiscard]] const ContractRegistry& city_contracts();

}  // namespace cityledger::ledger
