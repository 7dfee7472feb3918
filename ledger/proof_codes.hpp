#pragma once
// Codes of proof files: 1260 to 1289.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_PROOF_CODES(X) \
    X(proof_wrong_version, 1260, invalid, "the proof has a version that this software does not read", "use the release that made the proof") \
    X(proof_other_chain, 1261, invalid, "the proof is of another chain than the genesis", "use the genesis file of the network that made the proof") \
    X(proof_wrong_claim, 1262, invalid, "the proof does not claim exactly one thing about hashed state or a receipt", "ask a node for the proof again") \
    X(proof_no_header, 1263, invalid, "the proof holds no block header", "ask a node for the proof again") \
    X(proof_other_epoch, 1264, invalid, "a header is of another epoch than the genesis' validators, or closes theirs", "verify with the validators of that epoch") \
    X(proof_broken_link, 1265, invalid, "a header does not follow the header before it", "ask a node for the proof again") \
    X(proof_path_malformed, 1266, invalid, "the path is none of a tree: its bits do not ascend within the key, or it is too long", "ask a node for the proof again") \
    X(proof_absence_not_shown, 1267, invalid, "the path leaves room for the key that is said to be absent", "ask a node for the proof again") \
    X(proof_state_root_differs, 1268, invalid, "the path does not lead to the state root that the header names", "ask a node for the proof again") \
    X(proof_receipt_height, 1269, invalid, "the receipt's height does not fit the height that the header covers", "ask a node for the proof again") \
    X(proof_receipt_path, 1270, invalid, "the path of the receipt is none of a list with that many receipts", "ask a node for the proof again") \
    X(proof_receipts_root_differs, 1271, invalid, "the receipt does not lead to the receipts root that the header names", "ask a node for the proof again") \
    X(proof_not_final, 1272, invalid, "the certificate is no finalization", "ask a node for the proof again") \
    X(proof_other_transaction, 1275, invalid, "the transaction in the proof is not the one of the receipt", "ask a node for the proof again") \
    X(proof_root_not_kept, 1273, not_found, "the tree of that height is not kept any more", "ask for a later height, or for the newest") \
    X(proof_value_replaced, 1274, busy, "the value was replaced after the height that a final header covers", "ask again for the newest height")
// clang-format on

namespace cityledger::ledger {
CITYLEDGER_DEFINE_CODES(proof_codes, CITYLEDGER_PROOF_CODES)
}  // namespace cityledger::ledger
