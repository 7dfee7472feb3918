#pragma once
// The HTTP API as an OpenAPI 3.1 document, made from the contracts and the shapes of the answers.

#include "ledger/contract.hpp"

namespace cityledger::api {

/// GET /openapi.json. Queries of contracts are paths of their own; arguments of operations are
/// schemas named CONTRACT.OPERATION, for `arguments` of POST /encode.
[[nodiscard]] boost::json::value openapi_document(const ledger::ContractRegistry& contracts);

/// The JSON Schema of a type as `GET /contracts` names it: "list(10) of {name: text(64)}".
[[nodiscard]] boost::json::value schema_of_type(std::string_view type);

}  // namespace cityledger::api
