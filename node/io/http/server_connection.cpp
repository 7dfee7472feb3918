// Of Beast's HTTP only the parser is used, and only here (the words of a status:
// http_response_text.cpp).

#include "node/io/http/server_connection.hpp"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <new>

#include "node/io/http/http_response_text.hpp"
#include "node/io/http/read_budget.hpp"
#include "node/io/http/web_socket_request.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view k_continue = "HTTP/1.1 100 Continue\r\n\r\n";
/// After an error answer, how long the client may take to read it before the socket is closed.
constexpr std::uint64_t k_linger_ms = 1000;

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

/// Retry-After goes with what will be over soon.
HttpResponse failure_response(const Error& error) {
    HttpResponse response = error_response(error);
    if (error.code == codes::http_bodies_full) {
        response.headers.emplace_back("Retry-After", std::to_string(k_http_bodies_retry_s));
    }
    return response;
}

Error no_place_error() {
    return refuse(codes::http_too_many_connections, "none that could be ended is idle").value();
}
Error late_error() { return refuse(codes::http_too_late).value(); }

}  // namespace

Connection::Connection(tcp::socket socket, ServerState& server)
    : server_(server), socket_(std::move(socket)), deadline_(socket_.get_executor()) {
    error_code unknown;
    const auto remote = socket_.remote_endpoint(unknown);
    if (!unknown) caller_ = remote.address().to_string();
    budget_name_ = budget_name(caller_);
}

std::optional<std::chrono::steady_clock::time_point> Connection::waiting_since() const {
    if (answering_ || head_checked_) return std::nullopt;
    return waiting_since_;
}

void Connection::start() {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    begin_request();
}

void Connection::start_reserved() {
    reserved_ = true;
    start();
    set_deadline(k_reserved_head_deadline_ms, [this] { fail(no_place_error()); });
}

void Connection::close() {
    release_body();
    error_code ignored;
    socket_.close(ignored);
    deadline_.cancel();
    closed_ = true;
    server_.connections.erase(shared_from_this());
}

void Connection::begin_request() {
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
        parse(0);
    }
}

void Connection::await_head() {
    head_started_ = true;
    if (reserved_) return;  // its deadline runs since the start
    set_deadline(server_.settings.head_deadline_ms, [this] { fail(late_error()); });
}

void Connection::set_deadline(std::uint64_t delay_ms, std::function<void()> action) {
    deadline_.expires_after(std::chrono::milliseconds(delay_ms));
    deadline_.async_wait([self = shared_from_this(), action = std::move(action)](error_code error) {
        // A deadline that expired while its replacement was set up still comes here.
        if (error || self->closed_ ||
            self->deadline_.expiry() > asio::steady_timer::clock_type::now()) {
            return;
        }
        action();
    });
}

void Connection::read() {
    socket_.async_read_some(asio::buffer(chunk_),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                                if (self->closed_ || self->answering_) return;
                                if (error) return self->close();
                                if (!self->head_started_) self->await_head();
                                self->parse(size);
                            });
}

void Connection::parse(std::size_t size) {
    try {
        input_.append(chunk_.data(), size);
        parse_input();
    } catch (const std::bad_alloc&) {
        out_of_memory();
    }
}

void Connection::out_of_memory() {
    server_.logger.write(LogLevel::warning, "http_out_of_memory", {{"client", client()}});
    close();
}

void Connection::parse_input() {
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
        if (!charge_body()) return;
        if (parser_->is_done()) break;
        if (error == http::error::need_more || used == 0 || input_.empty()) return read();
    }
    answer();
}

bool Connection::charge_body() {
    const std::size_t size = parser_->get().body().size();
    const Status taken = server_.bodies.take(budget_name_, size - body_bytes_);
    if (taken) {
        body_bytes_ = size;
        return true;
    }
    fail(taken.error());
    return false;
}

void Connection::release_body() {
    server_.bodies.give_back(budget_name_, std::exchange(body_bytes_, 0));
}

bool Connection::check_head() {
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
    const auto& open = server_.settings.reserved_paths;
    if (reserved_ && std::find(open.begin(), open.end(), request_.path) == open.end()) {
        fail(no_place_error());
        return false;
    }
    if (framing->asks_web_socket) {
        upgrade(head);
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

Status Connection::read_head(bool has_body) {
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

void Connection::upgrade(const HttpHead& head) {
    const auto& web_socket = server_.web_socket;
    if (!web_socket || request_.path != web_socket->path) {
        return fail(framing_error("an Upgrade header on another path than /events"));
    }
    if (!input_.empty() || !boost::beast::websocket::is_upgrade(parser_->get())) {
        return fail(framing_error("no whole WebSocket handshake"));
    }
    Status judged = check_origin(head, server_.settings.names);
    if (judged) judged = web_socket->judge(request_);
    if (!judged) return fail(judged.error());
    const auto self = shared_from_this();
    deadline_.cancel();
    closed_ = true;
    server_.connections.erase(self);
    web_socket->take({std::move(request_), std::move(socket_), parser_->release()});
}

void Connection::answer() {
    const bool keep_alive = parser_->get().keep_alive() && !reserved_;
    request_.body = std::move(parser_->get().body());
    release_body();
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

void Connection::fail(const Error& error) {
    if (answering_) return close();
    answering_ = true;
    if (parser_) parser_->get().body() = {};
    release_body();
    server_.logger.write(LogLevel::debug, "http_refused",
                         {{"code", std::string(error.code.name)}, {"detail", error.detail}});
    send(failure_response(error), false);
}

void Connection::send(HttpResponse response, bool keep_alive) {
    ++request_number_;  // a handler that answers twice is not heard
    const bool with_body = !parser_ || parser_->get().method() != http::verb::head;
    try {
        output_ = write_response(response, keep_alive, with_body);
    } catch (const std::bad_alloc&) {
        return out_of_memory();
    }
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

void Connection::linger() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    set_deadline(k_linger_ms, [this] { close(); });
    discard();
}

void Connection::discard() {
    socket_.async_read_some(asio::buffer(chunk_),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (self->closed_) return;
                                if (error) return self->close();
                                self->discard();
                            });
}

}  // namespace cityledger::io
