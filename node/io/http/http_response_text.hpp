#pragma once
// A response as HTTP/1.1 writes it.

#include <string>

#include "node/io/http/http_message.hpp"

namespace cityledger::io {

/// The bytes of the response. The answer to HEAD goes without the body, whatever its length says
/// (RFC 9110, 9.3.2).
[[nodiscard]] std::string write_response(const HttpResponse& response, bool keep_alive,
                                         bool with_body);

}  // namespace cityledger::io
