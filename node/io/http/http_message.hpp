#pragma once
// HTTP as the rest of the node sees it: requests in, responses out, no Beast.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/result.hpp"

namespace cityledger::io {

/// A whole request whose framing was found good.
struct HttpRequest {
    std::string method;                                      ///< "GET", "POST" ...
    std::string path;                                        ///< without the query, percent-decoded
    std::vector<std::pair<std::string, std::string>> query;  ///< percent-decoded, in order
    std::string content_type;
    std::string authorization;  ///< the header of this name
    std::string body;
    std::string caller;  ///< the address that it came from, without the port

    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};

struct HttpResponse {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// Sends the response of one request; may be called later, on the HTTP thread, once.
using HttpRespond = std::function<void(HttpResponse)>;
using HttpHandler = std::function<void(const HttpRequest&, HttpRespond)>;

/// Says from the state of which height a response was made, and whether it says so.
void tell_height(HttpResponse& response, std::uint64_t height);
[[nodiscard]] bool has_height(const HttpResponse& response);

/// The JSON answer of an error, with the HTTP status that its code stands for.
[[nodiscard]] HttpResponse error_response(const Error& error);

/// 400, 403, 404, 405, 408, 413, 415, 503: what HTTP calls the cause; 422 for refusals of
/// contracts.
[[nodiscard]] unsigned http_status(const Code& code);

/// Splits "/path?a=1&b=2" and decodes it. Refused with http_framing if an escape is broken or a
/// decoded character is a control character.
[[nodiscard]] Status parse_target(std::string_view target, HttpRequest& request);

}  // namespace cityledger::io
