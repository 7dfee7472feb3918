#pragma once
// Every event that the evidence contract tells.

#include <string_view>

namespace cityledger::ledger {

inline constexpr std::string_view k_evidence_events[] = {
    "evidence.deposited",
    "evidence.notary_admitted",
    "evidence.withdrawn",
};

}  // namespace cityledger::ledger
