#pragma once
// Codes of the evidence contract: 2650 to 2699.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_EVIDENCE_CODES(X) \
    X(notary_admitted_already, 2650, refused, "the member deposits evidence already", "nothing is to be done") \
    X(notary_not_admitted, 2651, refused, "the member is not admitted as a notary", "let an operator send admit_notary first") \
    X(evidence_category_malformed, 2652, refused, "the category is not 1 to 16 of a-z and '_'", "give a short code such as contract or web_page, never a name or content") \
    X(evidence_deposited_already, 2653, refused, "a record with this digest is deposited already", "ask the query `evidence`: the first deposit keeps its day") \
    X(evidence_unknown, 2654, refused, "nobody has deposited a record with this digest", "compute the digest of the whole record again, or deposit it") \
    X(evidence_not_own, 2655, refused, "another notary has deposited the record", "let the notary that deposited it send it") \
    X(evidence_withdrawn_already, 2656, refused, "the deposit is withdrawn already", "nothing is to be done")
// clang-format on

namespace cityledger::ledger {
CITYLEDGER_DEFINE_CODES(evidence_codes, CITYLEDGER_EVIDENCE_CODES)
}  // namespace cityledger::ledger
