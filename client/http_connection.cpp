// The one file that includes Beast on the client's side: of it only the parser is used.

#include "client/http_connection.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <chrono>

#include "client/client_codes.hpp"

namespace cityledger::client {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Parser = http::response_parser<http::string_body>;

constexpr std::uint64_t k_max_answer_bytes = 64ull * 1024 * 1024;
constexpr std::size_t k_read_bytes = 64 * 1024;

std::uint64_t executed_height_of(const http::response<http::string_body>& message) {
    const auto text = message["X-Executed-Height"];
    std::uint64_t height = 0;
    std::from_chars(text.data(), text.data() + text.size(), height);
    return height;
}

}  // namespace

Error malformed_answer(std::string detail) {
    return refuse(codes::answer_malformed, std::move(detail)).value();
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (plain.find(c) != plain.npos) {
            encoded += c;
        } else {
            encoded += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return encoded;
}

class HttpConnection::Impl {
public:
    Impl(std::string address, std::uint16_t port) : address_(std::move(address)), port_(port) {}

    Result<HttpAnswer> perform(const HttpCall& call) {
        deadline_ = Clock::now() + std::chrono::milliseconds(call.timeout_ms);
        const bool kept = socket_.is_open();
        auto answer = attempt(call);
        // The server may close a kept connection just when the next request is under way.
        if (!answer && kept && answer.error().code == codes::answer_lost) answer = attempt(call);
        return answer;
    }

    std::string target() const {
        const bool version_6 = address_.find(':') != std::string::npos;
        return (version_6 ? "[" + address_ + "]" : address_) + ":" + std::to_string(port_);
    }

private:
    Result<HttpAnswer> attempt(const HttpCall& call) {
        if (!socket_.is_open()) {
            const Status connected = connect();
            if (!connected) return propagate(connected);
        }
        const std::string request = write_request(call);
        error_code error;
        const bool in_time = wait(
            [&](auto done) { asio::async_write(socket_, asio::buffer(request), done); }, error);
        // A server that refuses the head answers before it has read the body, so a failed write
        // does not end the call.
        if (!in_time) return failed(error, false);
        auto answer = read_answer();
        if (!answer) close();
        return answer;
    }

    std::string write_request(const HttpCall& call) const {
        std::string text = call.method + " " + call.target + " HTTP/1.1\r\nHost: " + target();
        text += "\r\nUser-Agent: cityledger";
        if (!call.authorization.empty()) text += "\r\nAuthorization: " + call.authorization;
        if (call.method == "POST") {
            text += "\r\nContent-Type: " + call.content_type;
            text += "\r\nContent-Length: " + std::to_string(call.body.size());
        }
        return text + "\r\n\r\n" + call.body;
    }

    Status connect() {
        input_.clear();
        tcp::resolver resolver(context_);
        error_code error;
        const auto found = resolver.resolve(address_, std::to_string(port_), error);
        bool in_time = true;
        if (!error) {
            in_time = wait(
                [&](auto done) {
                    asio::async_connect(socket_, found,
                                        [done](error_code result, const tcp::endpoint&) mutable {
                                            done(result, 0);
                                        });
                },
                error);
        }
        if (error || !in_time) {
            close();
            return refuse(codes::server_unreachable,
                          target() + ": " + (in_time ? error.message() : "no answer"));
        }
        socket_.set_option(tcp::no_delay(true), error);
        return {};
    }

    Result<HttpAnswer> read_answer() {
        Parser parser;
        parser.body_limit(k_max_answer_bytes);
        parser.eager(true);
        while (!parser.is_done()) {
            error_code error;
            if (!input_.empty()) {
                const std::size_t used = parser.put(asio::buffer(input_), error);
                input_.erase(0, used);
                if (error && error != http::error::need_more) {
                    return tl::unexpected<Error>(malformed_answer(error.message()));
                }
                if (used > 0 || parser.is_done()) continue;
            }
            std::size_t size = 0;
            const bool in_time =
                wait([&](auto done) { socket_.async_read_some(asio::buffer(chunk_), done); }, error,
                     &size);
            if (!in_time || error) return failed(error, in_time);
            input_.append(chunk_.data(), size);
        }
        const auto& message = parser.get();
        HttpAnswer answer{message.result_int(), message.body(), executed_height_of(message)};
        if (!message.keep_alive()) close();
        return answer;
    }

    tl::unexpected<Error> failed(error_code error, bool in_time) {
        close();
        if (!in_time) return refuse(codes::answer_late, target());
        return refuse(codes::answer_lost, target() + ": " + error.message());
    }

    /// Runs one asynchronous operation to its end; false if the deadline came first.
    template <class Start>
    bool wait(Start start, error_code& error, std::size_t* size = nullptr) {
        bool finished = false;
        start([&finished, &error, size](error_code result, std::size_t count) {
            finished = true;
            error = result;
            if (size != nullptr) *size = count;
        });
        context_.restart();
        context_.run_until(deadline_);
        if (finished) return true;
        close();
        context_.restart();
        context_.run();  // the cancelled operation must end before its buffers do
        return false;
    }

    void close() {
        error_code ignored;
        socket_.close(ignored);
        input_.clear();
    }

    std::string address_;
    std::uint16_t port_;
    asio::io_context context_{1};
    tcp::socket socket_{context_};
    Clock::time_point deadline_;
    std::string input_;
    std::array<char, k_read_bytes> chunk_;
};

HttpConnection::HttpConnection(std::string address, std::uint16_t port)
    : impl_(std::make_unique<Impl>(std::move(address), port)) {}
HttpConnection::~HttpConnection() = default;
Result<HttpAnswer> HttpConnection::perform(const HttpCall& call) { return impl_->perform(call); }
std::string HttpConnection::target() const { return impl_->target(); }

}  // namespace cityledger::client
