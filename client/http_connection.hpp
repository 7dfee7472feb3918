#pragma once
// One HTTP/1.1 connection of a client: requests out, whole responses in, each with a deadline.

#include <memory>
#include <string>

#include "crypto/result.hpp"

namespace cityledger::client {

struct HttpCall {
    std::string method;
    std::string target;        ///< path and query, percent-encoded
    std::string content_type;  ///< of the body, if there is one
    std::string body;
    std::uint64_t timeout_ms = 0;
    std::string authorization = {};  ///< the header of this name; empty: none
};

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
    std::uint64_t executed_height = 0;  ///< X-Executed-Height, 0 if absent
};

class HttpConnection {
public:
    HttpConnection(std::string address, std::uint16_t port);
    ~HttpConnection();

    /// Sends the request and reads the answer, over the kept connection if there is one. A kept
    /// connection that turns out to be closed is replaced once: all requests of this API may be
    /// sent twice. Refused with server_unreachable, answer_late, answer_lost, answer_malformed.
    [[nodiscard]] Result<HttpAnswer> perform(const HttpCall& call);

    [[nodiscard]] std::string target() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// answer_malformed with what is wrong.
[[nodiscard]] Error malformed_answer(std::string detail);

/// Percent-encodes all but letters, digits, '-', '.', '_' and '~'.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace cityledger::client
