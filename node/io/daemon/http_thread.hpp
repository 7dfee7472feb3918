#pragma once
// HTTP on a thread of its own: what clients ask and how much of it waits beside the votes, never
// before them.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <thread>

#include "node/io/daemon/asio_scheduler.hpp"
#include "node/io/http/api_routes.hpp"
#include "node/io/http/event_followers.hpp"
#include "node/io/http/http_server.hpp"

namespace cityledger::io {

/// All methods but `post()` and `on_executed` are for the thread that made it.
class HttpThread {
public:
    HttpThread(HttpSettings settings, Logger& logger);
    ~HttpThread();

    /// To the HTTP thread; not after this is destroyed.
    [[nodiscard]] Post post() { return make_post(context_); }
    /// Listens, or is refused with listen_failed; then serves. Both must outlive stop().
    [[nodiscard]] Status start(ApiBackend& backend, const ledger::ContractRegistry& contracts);
    /// Closes all connections; afterwards nothing runs here, whatever is still posted.
    void stop();

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    /// A block was executed and its state is readable.
    void on_executed(std::uint64_t height);

private:
    /// The one path that is answered by WebSocket.
    WebSocketPath events();

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    AsioScheduler scheduler_;
    std::optional<ApiRoutes> routes_;
    std::optional<EventFeed> event_feed_;
    std::optional<EventFollowers> event_followers_;
    HttpServer server_;
    std::thread thread_;
};

}  // namespace cityledger::io
