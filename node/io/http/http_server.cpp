// Of Beast only the parser is used, and only here (the words of a status: http_response_text.cpp).

#include "node/io/http/http_server.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <new>
#include <set>

#include "crypto/check.hpp"
#include "node/io/http/http_framing.hpp"
#include "node/io/http/http_response_text.hpp"
#include "node/io/http/read_budget.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/listener.hpp"

namespace cityledger::io {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t k_read_bytes = 16 * 1024;
constexpr std::string_view k_continue = "HTTP/1.1 100 Continue\r\n\r\n";
/// After an error answer, how long the client may take to read it before the socket is closed.
constexpr std::uint64_t k_linger_ms = 1000;
/// Connections beyond the table that are told that it is full.
constexpr std::size_t k_turned_away = 16;

/// A header as the guard sees it; Beast keeps repeated headers apart.
HttpHead head_of(const http::request<http::string_body>& message) {
    HttpHead head;
    head.method = std::string(message.method_string());
    head.version = message.version();
    for (const auto& field : message) {
        std::string name(field.name_string());
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        head.headers.emplace_back(std::move(name), std::string(field.value()));
    }
    return head;
}

/// What the parser's error means to the client.
Error parser_error(error_code error) {
    if (error == http::error::header_limit || error == http::error::body_limit ||
        error == http::error::buffer_overflow) {
        return too_large_error(error.message());
    }
    return framing_error(error.message());
}

Error late_error() { return refuse(codes::http_too_late).value(); }

}  // namespace

class Connection;

/// What a connection needs of its server; outlives the event loop's run.
struct ServerState {
    HttpSettings settings;
    HttpHandler handler;
    HttpHeadJudge judge_head;
    Logger& logger;
    std::set<std::shared_ptr<Connection>> connections;
    std::uint64_t evicted = 0;  ///< since the start
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(tcp::socket socket, ServerState& server)
        : server_(server), socket_(std::move(socket)), deadline_(socket_.get_executor()) {
        error_code unknown;
        const auto remote = socket_.remote_endpoint(unknown);
        if (!unknown) caller_ = remote.address().to_string();
        budget_name_ = budget_name(caller_);
    }

    /// Whose connection it is, as budgets name addresses.
    const std::string& client() const { return budget_name_; }

    /// Since when it waits for the head of a request; nothing while a request is under way. A head
    /// that trickles in counts as waiting, so that slow heads hold no place either.
    std::optional<std::chrono::steady_clock::time_point> waiting_since() const {
        if (answering_ || head_checked_) return std::nullopt;
        return waiting_since_;
    }

    void start() {
        error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
        begin_request();
    }

    /// Answers without having read anything, then closes.
    void turn_away(const Error& error) { fail(error); }

    void close() {
        error_code ignored;
        socket_.close(ignored);
        deadline_.cancel();
        closed_ = true;
        server_.connections.erase(shared_from_this());
    }

private:
    using Parser = http::request_parser<http::string_body>;

    void begin_request() {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(k_max_http_header_bytes));
        parser_->body_limit(k_max_http_body_bytes);
        parser_->eager(false);
        head_checked_ = false;
        waiting_since_ = std::chrono::steady_clock::now();
        ++request_number_;
        if (input_.empty()) {
            set_deadline(server_.settings.keep_alive_ms, [this] { close(); });
            read();
        } else {
            await_head();
            parse();
        }
    }

    void await_head() {
        head_started_ = true;
        set_deadline(server_.settings.head_deadline_ms, [this] { fail(late_error()); });
    }

    void set_deadline(std::uint64_t delay_ms, std::function<void()> action) {
        deadline_.expires_after(std::chrono::milliseconds(delay_ms));
        deadline_.async_wait(
            [self = shared_from_this(), action = std::move(action)](error_code error) {
                // A deadline that expired while its replacement was set up still comes here.
                if (error || self->closed_ ||
                    self->deadline_.expiry() > asio::steady_timer::clock_type::now()) {
                    return;
                }
                action();
            });
    }

    void read() {
        socket_.async_read_some(asio::buffer(chunk_),
                                [self = shared_from_this()](error_code error, std::size_t size) {
                                    if (self->closed_ || self->answering_) return;
                                    if (error) return self->close();
                                    self->input_.append(self->chunk_.data(), size);
                                    if (!self->head_started_) self->await_head();
                                    self->parse();
                                });
    }

    /// Memory that one request lacks ends its connection only.
    void parse() {
        try {
            parse_input();
        } catch (const std::bad_alloc&) {
            server_.logger.write(LogLevel::warning, "http_out_of_memory", {{"client", client()}});
            close();
        }
    }

    /// Waits for a whole head, then feeds the parser until it wants more, has a whole request, or
    /// the framing is refused.
    void parse_input() {
        if (!head_checked_) {
            // Only the head of this request counts: others may be buffered behind it.
            const auto head_end = find_head_end(input_);
            if (!head_end) return fail(head_end.error());
            if (!head_end->has_value()) return read();
        }
        while (!parser_->is_done()) {
            error_code error;
            const std::size_t used = parser_->put(asio::buffer(input_), error);
            input_.erase(0, used);
            if (error && error != http::error::need_more) return fail(parser_error(error));
            if (parser_->is_header_done() && !head_checked_ && !check_head()) return;
            if (parser_->is_done()) break;
            if (error == http::error::need_more || used == 0 || input_.empty()) return read();
        }
        answer();
    }

    /// False if the connection goes no further.
    bool check_head() {
        head_checked_ = true;
        const HttpHead head = head_of(parser_->get());
        const auto framing = check_framing(head);
        const Status host = check_host(head, server_.settings.names);
        if (!framing || !host) {
            fail(framing ? host.error() : framing.error());
            return false;
        }
        const Status understood = read_head(framing->has_body);
        if (!understood) {
            fail(understood.error());
            return false;
        }
        set_deadline(server_.settings.body_deadline_ms, [this] { fail(late_error()); });
        parser_->eager(true);
        if (framing->expects_continue && input_.empty()) {
            // Small enough for the socket's empty buffer; a client that does not get it sends the
            // body after its own time-out.
            error_code ignored;
            socket_.write_some(asio::buffer(k_continue), ignored);
        }
        return true;
    }

    /// Makes the request of its head, and has it judged if a body is to follow.
    Status read_head(bool has_body) {
        const auto& message = parser_->get();
        request_ = {};
        request_.method = std::string(message.method_string());
        request_.content_type = std::string(message[http::field::content_type]);
        request_.authorization = std::string(message[http::field::authorization]);
        request_.caller = caller_;
        const auto target = message.target();
        const Status parsed = parse_target({target.data(), target.size()}, request_);
        if (!parsed || !has_body || !server_.judge_head) return parsed;
        return server_.judge_head(request_);
    }

    void answer() {
        const bool keep_alive = parser_->get().keep_alive();
        request_.body = std::move(parser_->get().body());
        deadline_.cancel();
        answering_ = true;
        const auto respond = [weak = weak_from_this(), number = request_number_,
                              keep_alive](HttpResponse response) {
            const auto self = weak.lock();
            if (!self || self->closed_ || self->request_number_ != number) return;
            self->send(std::move(response), keep_alive);
        };
        server_.handler(std::exchange(request_, {}), respond);
    }

    /// Answers with the error and closes: after broken framing nobody knows where the next
    /// request would begin.
    void fail(const Error& error) {
        if (answering_) return close();
        answering_ = true;
        server_.logger.write(LogLevel::debug, "http_refused",
                             {{"code", std::string(error.code.name)}, {"detail", error.detail}});
        send(error_response(error), false);
    }

    void send(HttpResponse response, bool keep_alive) {
        ++request_number_;  // a handler that answers twice is not heard
        const bool with_body = !parser_ || parser_->get().method() != http::verb::head;
        output_ = write_response(response, keep_alive, with_body);
        set_deadline(server_.settings.write_deadline_ms, [this] { close(); });
        asio::async_write(socket_, asio::buffer(output_),
                          [self = shared_from_this(), keep_alive](error_code error, std::size_t) {
                              if (self->closed_) return;
                              if (error) return self->close();
                              if (!keep_alive) return self->linger();
                              self->answering_ = false;
                              self->head_started_ = false;
                              self->begin_request();
                          });
    }

    /// Lets the client read the answer before unread input could make the system reset the
    /// connection.
    void linger() {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        set_deadline(k_linger_ms, [this] { close(); });
        discard();
    }

    void discard() {
        socket_.async_read_some(asio::buffer(chunk_),
                                [self = shared_from_this()](error_code error, std::size_t) {
                                    if (self->closed_) return;
                                    if (error) return self->close();
                                    self->discard();
                                });
    }

    ServerState& server_;
    tcp::socket socket_;
    asio::steady_timer deadline_;
    std::string caller_;       ///< the address of the client, without the port
    std::string budget_name_;  ///< of this address
    std::chrono::steady_clock::time_point waiting_since_;
    std::optional<Parser> parser_;
    HttpRequest request_;  ///< once its head is checked
    std::string input_;    ///< read and not yet parsed
    std::string output_;
    std::array<char, k_read_bytes> chunk_;
    std::uint64_t request_number_ = 0;
    bool head_started_ = false;
    bool head_checked_ = false;
    bool answering_ = false;
    bool closed_ = false;
};

class HttpServer::Impl {
public:
    Impl(asio::io_context& context, HttpSettings settings, Logger& logger)
        : listener_(context), state_{std::move(settings), {}, {}, logger, {}, 0} {}

    Status start(HttpHandler handler, HttpHeadJudge judge_head) {
        state_.handler = std::move(handler);
        state_.judge_head = std::move(judge_head);
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

private:
    using Place = std::shared_ptr<Connection>;

    /// A new client comes before one that only waits: first of its own address, which keeps the
    /// places of others, then of any. Requests under way are never ended for it.
    void accept(tcp::socket socket) {
        const auto connection = std::make_shared<Connection>(std::move(socket), state_);
        const std::string& client = connection->client();
        const auto of_client = [&client](const Place& other) { return other->client() == client; };
        const auto of_any = [](const Place&) { return true; };
        const bool placed = make_room(state_.settings.max_connections_per_address, of_client) &&
                            make_room(state_.settings.max_connections, of_any);
        const std::size_t open = state_.connections.size();
        // A few more are held for as long as it takes to tell them; beyond that they are dropped.
        if (!placed && open >= state_.settings.max_connections + k_turned_away) return;
        state_.connections.insert(connection);
        if (placed) return connection->start();
        connection->turn_away(
            refuse(codes::http_too_many_connections,
                   std::to_string(open) + " are open, and none that could be ended is idle")
                .value());
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
Status HttpServer::start(HttpHandler handler, HttpHeadJudge judge_head) {
    return impl_->start(std::move(handler), std::move(judge_head));
}
void HttpServer::stop() { impl_->stop(); }
std::uint16_t HttpServer::port() const { return impl_->port(); }
std::size_t HttpServer::connections() const { return impl_->connections(); }
std::uint64_t HttpServer::evicted() const { return impl_->evicted(); }

}  // namespace cityledger::io
