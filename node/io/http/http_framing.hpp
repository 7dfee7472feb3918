#pragma once
// The guard between Debian's Beast 1.81 and the requests. Beast takes `Transfer-Encoding: xchunked`
// and `gzip`, repeated lengths, and chunked bodies on HTTP/1.0 (fixed upstream in 2026); each lets
// two readers of one connection disagree on where a request ends.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.hpp"
#include "node/io/http/http_limits.hpp"

namespace cityledger::io {

/// The head of a request as the parser read it.
struct HttpHead {
    std::string method;
    unsigned version = 11;                                     ///< 10 or 11
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
};

/// What the head says of its body.
struct HttpFraming {
    bool has_body = false;
    bool expects_continue = false;  ///< the client waits for "100 Continue"
    bool asks_web_socket = false;   ///< GET with `Upgrade: websocket`
};

/// Where the head ends with which these bytes begin; nothing while it is not whole. What Beast
/// hides is refused here, as soon as it is seen: a folded header (RFC 9112, 5.2), which Beast joins
/// to one line, and a line feed alone. Bytes behind the head do not count. Refused with
/// http_framing, or http_too_large above k_max_http_header_bytes.
[[nodiscard]] Result<std::optional<std::size_t>> find_head_end(std::string_view input);

/// Refuses every head whose framing is ambiguous, and bodies on GET. See docs/api.md.
[[nodiscard]] Result<HttpFraming> check_framing(const HttpHead& head);

/// http_wrong_host unless the request's Host is "localhost", an address in figures or one of these
/// names, with or without a port. A page of another site that has its own name lead to this address
/// (DNS rebinding) gets nothing.
[[nodiscard]] Status check_host(const HttpHead& head, const std::vector<std::string>& names);

/// http_wrong_origin if a browser says that the page that asks is of another site: its Origin is
/// neither the request's own Host nor one of these names.
[[nodiscard]] Status check_origin(const HttpHead& head, const std::vector<std::string>& names);

/// http_framing, http_too_large and http_too_late for the server.
[[nodiscard]] Error framing_error(std::string detail);
[[nodiscard]] Error too_large_error(std::string detail);

}  // namespace cityledger::io
