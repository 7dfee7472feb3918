#pragma once
// Every event that the receivables contract tells.

#include <string_view>

namespace cityledger::ledger {

inline constexpr std::string_view k_receivables_events[] = {
    "receivables.bank_admitted", "receivables.confirmed", "receivables.financed",
    "receivables.requested",     "receivables.reversed",  "receivables.settled",
};

}  // namespace cityledger::ledger
