#pragma once
// Codes of the limits on verification: 1490 and 1491.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_VERIFY_CODES(X) \
    X(verify_caller_limited, 1490, busy, "this caller has verified too many invoices lately", "wait a minute, or run a node of your own") \
    X(verify_invoice_limited, 1491, busy, "this invoice was verified too often lately, by whomever", "wait an hour, or ask for a proof file of the invoice")
// clang-format on

namespace cityledger::io {
CITYLEDGER_DEFINE_CODES(verify_codes, CITYLEDGER_VERIFY_CODES)
}  // namespace cityledger::io
