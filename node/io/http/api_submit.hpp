#pragma once
// Submitting transactions over HTTP: one, or many in one body, with or without waiting.

#include "node/io/http/api_backend.hpp"
#include "node/io/http/http_message.hpp"

namespace cityledger::io {

/// JSON of a shape as a response.
template <class T>
[[nodiscard]] HttpResponse json_response(const T& shape) {
    HttpResponse response;
    response.body = ledger::compact_json(ledger::to_json(shape));
    return response;
}

/// POST /transactions: canonical bytes of one transaction.
void submit_one(ApiBackend& backend, node::Scheduler& scheduler, const std::string& body,
                std::uint64_t wait_ms, HttpRespond respond);

/// POST /batch-transactions: u32 length and canonical bytes, repeated.
void submit_many(ApiBackend& backend, node::Scheduler& scheduler, const std::string& body,
                 std::uint64_t wait_ms, HttpRespond respond);

}  // namespace cityledger::io
