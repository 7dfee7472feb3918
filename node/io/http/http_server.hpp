#pragma once
// The HTTP server for clients: plain HTTP/1.1 (and 1.0), keep-alive, bounded in every direction.
// By default it listens on loopback only; docs/api.md says what to put before it elsewhere.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/io/http/http_limits.hpp"
#include "node/io/http/http_message.hpp"
#include "node/io/logging.hpp"

namespace boost::asio {
class io_context;
}

namespace cityledger::io {

struct HttpSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: the system chooses
    /// Names by which clients may call the server, beside "localhost" and addresses in figures.
    std::vector<std::string> names;
    std::uint64_t head_deadline_ms = 10'000;  ///< from the first byte of a request
    std::uint64_t body_deadline_ms = 30'000;
    std::uint64_t write_deadline_ms = 30'000;
    std::uint64_t keep_alive_ms = 60'000;  ///< an idle connection ends after it
    std::size_t max_connections = k_max_http_connections;
    /// Of one address (IPv6: one /64). Beyond it the one idle longest makes room.
    std::size_t max_connections_per_address = k_max_http_connections_per_address;
    /// Answered by GET also where requests under way hold all places.
    std::vector<std::string> reserved_paths = {"/health", "/ready"};
};

/// Judges a request that has a body by its head alone: what is refused here is answered, and the
/// connection closed, before any of the body is read.
using HttpHeadJudge = std::function<Status(const HttpRequest&)>;

struct WebSocketRequest;  // node/io/http/web_socket_request.hpp

/// The one path on which `Upgrade: websocket` is taken.
struct WebSocketPath {
    std::string path;
    /// What it refuses is answered as any request is; right after a good one, `take` is called.
    std::function<Status(const HttpRequest&)> judge;
    /// The connection is the taker's from here on.
    std::function<void(WebSocketRequest&&)> take;
};

class HttpServer {
public:
    HttpServer(boost::asio::io_context& context, HttpSettings settings, Logger& logger);
    ~HttpServer();

    /// Refused with listen_failed naming address and port.
    [[nodiscard]] Status start(HttpHandler handler, HttpHeadJudge judge_head = {},
                               std::optional<WebSocketPath> web_socket = {});
    void stop();
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connections() const;
    /// Bodies that were refused because others fill the budget, since the start.
    [[nodiscard]] std::uint64_t bodies_refused() const;
    /// Bytes of bodies that are being read.
    [[nodiscard]] std::size_t body_bytes() const;
    /// Connections that waited for a request and were ended for new ones, since the start.
    [[nodiscard]] std::uint64_t evicted() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cityledger::io
