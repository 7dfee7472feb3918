#pragma once
// Codes of the ledger as an application of another engine: 1560 to 1579.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_ABCI_CODES(X) \
    X(abci_frame_too_large, 1560, invalid, "the engine announced a message above the limit", "check that block.max_bytes of the engine's genesis is the one that InitChain answered") \
    X(abci_frame_malformed, 1561, invalid, "the bytes of the connection are no message of ABCI 2.0", "check that the engine is CometBFT v0.38 and speaks to this address") \
    X(abci_request_unknown, 1562, invalid, "the engine asked for something that ABCI 2.0 does not have", "check the version of the engine") \
    X(abci_wrong_chain, 1563, broken, "the engine's genesis belongs to another chain", "set chain_id to what `cityledger-abci --print-chain-id` says, and initial_height to 1") \
    X(abci_wrong_height, 1564, broken, "the engine does not go on where the state of this application ends", "start both again: the engine replays what is missing; if it has fewer blocks, remove the state folder") \
    X(abci_repeated_transaction, 1565, refused, "a transaction with this id was executed already", "look up its receipt by its id") \
    X(abci_query_unknown, 1566, not_found, "there is nothing to ask under this path", "ask /receipt, /state, /contract/NAME/QUERY or /signed/NAME/QUERY, at the last height and without a proof") \
    X(abci_address_unusable, 1567, broken, "the application cannot listen on this address", "give tcp://127.0.0.1:PORT or unix://PATH that nobody else uses") \
    X(abci_state_in_use, 1568, busy, "another process runs on this state folder", "stop that process first") \
    X(abci_genesis_of_simulation, 1569, broken, "the genesis is of the simulation suite, whose signatures anybody can make", "create a genesis of suite standard") \
    X(abci_pass_expiry, 1570, refused, "the read pass has expired, or expires further ahead than a node takes", "let it expire within 20 heights of the one that /state tells")
// clang-format on

namespace cityledger::abci {
CITYLEDGER_DEFINE_CODES(abci_codes, CITYLEDGER_ABCI_CODES)
}  // namespace cityledger::abci
