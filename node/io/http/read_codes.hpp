#pragma once
// Codes of read passes, as a node takes them: 1492 to 1499. Those of the signature and of who may
// read stand in ledger_codes.hpp.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_READ_CODES(X) \
    X(read_pass_malformed, 1492, invalid, "the Authorization header of a question holds no read pass", "send CityLedger and the pass in hexadecimal digits, as docs/api.md says") \
    X(read_other_node, 1493, invalid, "the read pass is for another node", "sign one for this node: /status tells its name") \
    X(read_expired, 1494, refused, "the read pass has expired", "sign a new one; if it was new, set the clock") \
    X(read_expires_late, 1495, refused, "the read pass expires further ahead than a node takes", "let it expire within 30 s; if it does, set the clock") \
    X(read_replayed, 1496, refused, "this read pass was taken before", "sign each question with a fresh nonce") \
    X(read_passes_full, 1497, busy, "the node remembers as many read passes as it can", "ask again in half a minute, or ask another node") \
    X(read_proof_not_permitted, 1498, refused, "the asker may not have this key of the state, or this receipt, proven", "sign the request as one who may: the detail names them")
// clang-format on

namespace cityledger::io {
CITYLEDGER_DEFINE_CODES(read_codes, CITYLEDGER_READ_CODES)
}  // namespace cityledger::io
