#pragma once
// Submitting in JSON, for programs that do not know the canonical encoding: the node writes the
// bytes, the sender signs them.

#include "ledger/contract.hpp"
#include "node/api/answers.hpp"
#include "node/io/http/api_backend.hpp"

namespace cityledger::io {

/// POST /encode: the bytes to sign for the operations of this body (api::EncodeRequest). Arguments
/// are checked as the contract reads them.
[[nodiscard]] Result<api::EncodeView> encode_transaction(ApiBackend& backend,
                                                         const ledger::ContractRegistry& contracts,
                                                         const ledger::ChainId& chain,
                                                         std::string_view body);

/// POST /transactions/json: the canonical bytes of a transaction from its body and signature
/// (api::SignedBody).
[[nodiscard]] Result<std::string> transaction_bytes(std::string_view body);

}  // namespace cityledger::io
