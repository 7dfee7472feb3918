// The table of connections: who has a place.

#include "node/io/http/http_server.hpp"

#include "node/io/http/server_connection.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/listener.hpp"

namespace cityledger::io {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

}  // namespace

class HttpServer::Impl {
public:
    Impl(asio::io_context& context, HttpSettings settings, Logger& logger)
        : listener_(context), state_{std::move(settings), {}, {}, {}, logger, {}, {}, 0} {}

    Status start(HttpHandler handler, HttpHeadJudge judge_head,
                 std::optional<WebSocketPath> web_socket) {
        state_.handler = std::move(handler);
        state_.judge_head = std::move(judge_head);
        state_.web_socket = std::move(web_socket);
        return listener_.start(state_.settings.address, state_.settings.port,
                               [this](tcp::socket socket) { accept(std::move(socket)); });
    }

    void stop() {
        listener_.stop();
        const auto connections = state_.connections;
        for (const auto& connection : connections) connection->close();
    }

    std::uint16_t port() const { return listener_.port(); }
    std::size_t connections() const { return state_.connections.size(); }
    std::uint64_t evicted() const { return state_.evicted; }
    const BodyBudget& bodies() const { return state_.bodies; }

private:
    using Place = std::shared_ptr<Connection>;

    /// A new client comes before one that only waits: first of its own address, which keeps the
    /// places of others, then of any. Requests under way are never ended for it.
    void accept(tcp::socket socket) {
        const auto connection = std::make_shared<Connection>(std::move(socket), state_);
        const std::string& client = connection->client();
        const auto of_client = [&client](const Place& other) {
            return !other->is_reserved() && other->client() == client;
        };
        const auto of_any = [](const Place& other) { return !other->is_reserved(); };
        const bool placed = make_room(state_.settings.max_connections_per_address, of_client) &&
                            make_room(state_.settings.max_connections, of_any);
        const auto of_reserved = [](const Place& other) { return other->is_reserved(); };
        // Who is no probe is told in a reserved place that there is no other; beyond these,
        // dropped.
        if (!placed && !make_room(k_reserved_http_connections, of_reserved)) return;
        state_.connections.insert(connection);
        if (placed) return connection->start();
        connection->start_reserved();
    }

    /// Ends the one of these connections that waits longest if there are as many as may be. False
    /// if there are, and none waits.
    template <class Counts>
    bool make_room(std::size_t most, Counts counts) {
        std::size_t count = 0;
        Place longest;
        for (const Place& connection : state_.connections) {
            if (!counts(connection)) continue;
            ++count;
            const auto since = connection->waiting_since();
            if (since && (!longest || *since < *longest->waiting_since())) longest = connection;
        }
        if (count < most) return true;
        if (!longest) return false;
        ++state_.evicted;
        longest->close();
        return true;
    }

    TcpListener listener_;
    ServerState state_;
};

HttpServer::HttpServer(asio::io_context& context, HttpSettings settings, Logger& logger)
    : impl_(std::make_unique<Impl>(context, std::move(settings), logger)) {}
HttpServer::~HttpServer() { impl_->stop(); }
Status HttpServer::start(HttpHandler handler, HttpHeadJudge judge_head,
                         std::optional<WebSocketPath> web_socket) {
    return impl_->start(std::move(handler), std::move(judge_head), std::move(web_socket));
}
void HttpServer::stop() { impl_->stop(); }
std::uint16_t HttpServer::port() const { return impl_->port(); }
std::size_t HttpServer::connections() const { return impl_->connections(); }
std::uint64_t HttpServer::bodies_refused() const { return impl_->bodies().refused(); }
std::size_t HttpServer::body_bytes() const { return impl_->bodies().held(); }
std::uint64_t HttpServer::evicted() const { return impl_->evicted(); }

}  // namespace cityledger::io
