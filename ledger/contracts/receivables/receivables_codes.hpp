#pragma once
// Codes of the receivables contract: 2600 to 2649.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_RECEIVABLES_CODES(X) \
    X(bank_admitted_already, 2600, refused, "the bank finances receivables already", "nothing is to be done") \
    X(bank_not_admitted, 2601, refused, "the member is not admitted as a bank", "let an operator send admit_bank first") \
    X(receivable_unknown, 2602, refused, "nobody has asked for a financing of this invoice", "let the supplier send request first") \
    X(receivable_financed, 2603, refused, "a bank has financed this invoice already", "an invoice backs one financing, whatever the bank") \
    X(receivable_without_debtor, 2604, refused, "the invoice names no enterprise as buyer", "only a debt of an enterprise can be financed") \
    X(receivable_reversed, 2605, refused, "the invoice is reversed in part or whole, or is itself a red-letter invoice", "finance an invoice that stands") \
    X(receivable_not_confirmed, 2606, refused, "the buyer has not confirmed that it will pay", "let the buyer send confirm first") \
    X(receivable_other_bank, 2607, refused, "the supplier has asked another bank", "let the supplier ask this bank") \
    X(advance_out_of_range, 2608, refused, "the advance is not above 0 or is above the invoice's total", "give an advance of 1 fen up to the total") \
    X(due_day_past, 2609, refused, "the due day is not after the open business day", "give a later day") \
    X(receivable_not_financed, 2610, refused, "no financing of the invoice is open", "look at the receivable first") \
    X(payment_financed, 2611, refused, "a bank has financed another invoice for the same payment, and is not paid yet", "let that bank settle first")
// clang-format on

namespace cityledger::ledger {
CITYLEDGER_DEFINE_CODES(receivables_codes, CITYLEDGER_RECEIVABLES_CODES)
}  // namespace cityledger::ledger
