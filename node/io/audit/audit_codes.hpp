#pragma once
// Codes of the audit of a node's home, and of recovering it: 1990 to 1999. What a node itself meets
// at its start has the codes of the log, the state store and the home.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_AUDIT_CODES(X) \
    X(audit_log_tail, 1990, broken, "the log ends in bytes that are no whole record", "if the node was killed or its machine lost power, start it: it drops them and asks the others what it may have signed; if it was stopped in order, run `cityledger recover` on its home") \
    X(audit_record_invalid, 1991, broken, "a record of the log is whole but does not hold", "keep the file, and run `cityledger recover` on the node's home: it comes back from the others") \
    X(audit_block_invalid, 1992, broken, "a final block of the log breaks a rule of the chain", "keep the log, and run `cityledger recover` on the node's home: it comes back from the others") \
    X(audit_batch_missing, 1993, broken, "a block that the state has executed names a batch that the log does not hold", "run `cityledger recover` on the node's home: it comes back from the others") \
    X(audit_root_differs, 1994, broken, "the blocks, executed again, reach another state than later blocks name", "audit another node too: if it tells the same, use the release that wrote the chain; else report it with a copy of this home") \
    X(audit_state_ahead, 1995, broken, "the state store has executed more than the log holds as final: the log has lost its end", "start the node: it makes its state again, and votes when the others have said from when on") \
    X(audit_state_differs, 1996, broken, "the state store does not hold what the blocks, executed again, give", "run `cityledger recover` on the node's home: it makes the state again from the log") \
    X(audit_height_unreached, 1997, not_found, "the log does not reach the height that was asked for", "ask for a lower one, or start the node so that it fetches the rest") \
    X(audit_key_mismatch, 1998, broken, "a key file does not sign for the public key that belongs to it", "put back the key file that was made with the node") \
    X(recover_too_many, 1999, refused, "more nodes have damaged logs than the network tolerates: what was acknowledged may stand nowhere else", "put newer copies of log/ and state/ back (docs/operations.md), or run `cityledger recover` on the home of each node that the others can make up for")
// clang-format on

namespace cityledger::io {
CITYLEDGER_DEFINE_CODES(audit_codes, CITYLEDGER_AUDIT_CODES)
}  // namespace cityledger::io
