#pragma once
// Codes of the HTTP client: 1440 to 1449.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_CLIENT_CODES(X) \
    X(server_unreachable, 1440, unreachable, "no connection to the node's HTTP address", "check that the node runs and the address and port") \
    X(answer_late, 1441, unreachable, "the node did not answer in time, so what became of the request is unknown", "ask for the transaction by its id, or send the same bytes again") \
    X(answer_lost, 1442, unreachable, "the connection ended before the answer, so what became of the request is unknown", "ask for the transaction by its id, or send the same bytes again") \
    X(answer_malformed, 1443, unreachable, "the answer is not what a node of this software sends", "check the address and port") \
    X(answer_unknown_code, 1444, unreachable, "the node answered with an error that this software does not know", "upgrade the client") \
    X(rpc_refused, 1445, unreachable, "CometBFT refused the call", "see its words above and the engine's log")
// clang-format on

namespace cityledger::client {
CITYLEDGER_DEFINE_CODES(client_codes, CITYLEDGER_CLIENT_CODES)
}  // namespace cityledger::client
