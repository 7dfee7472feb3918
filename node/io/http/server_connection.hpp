#pragma once
// One connection of a client to the HTTP server: a request, its answer, the next request.

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "node/io/http/body_budget.hpp"
#include "node/io/http/http_framing.hpp"
#include "node/io/http/http_server.hpp"

namespace cityledger::io {

class Connection;

/// What a connection needs of its server; outlives the event loop's run.
struct ServerState {
    HttpSettings settings;
    HttpHandler handler;
    HttpHeadJudge judge_head;
    std::optional<WebSocketPath> web_socket;
    Logger& logger;
    BodyBudget bodies;
    std::set<std::shared_ptr<Connection>> connections;
    std::uint64_t evicted = 0;  ///< since the start
};

/// On the thread of its socket's executor.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(boost::asio::ip::tcp::socket socket, ServerState& server);

    /// Whose connection it is, as budgets name addresses.
    const std::string& client() const { return budget_name_; }

    /// Since when it waits for the head of a request; nothing while a request is under way. A head
    /// that trickles in counts as waiting, so that slow heads hold no place either.
    std::optional<std::chrono::steady_clock::time_point> waiting_since() const;

    void start();
    /// In a place for one request to a reserved path: any other is told that there are no places.
    void start_reserved();
    bool is_reserved() const { return reserved_; }
    void close();

private:
    static constexpr std::size_t k_read_bytes = 16 * 1024;
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    void begin_request();
    /// Its head has begun to come.
    void await_head();
    void set_deadline(std::uint64_t delay_ms, std::function<void()> action);
    void read();
    /// With so many bytes more, of chunk_. Memory that one request lacks ends its connection only.
    void parse(std::size_t size);
    void out_of_memory();
    /// Waits for a whole head, then feeds the parser until it wants more, has a whole request, or
    /// the framing is refused.
    void parse_input();
    /// False if the connection goes no further.
    bool check_head();
    /// Takes what has come of the body from the budget. False if the connection goes no further.
    bool charge_body();
    void release_body();
    /// Makes the request of its head, and has it judged if a body is to follow.
    Status read_head(bool has_body);
    /// Hands the socket over to who answers WebSockets, or refuses.
    void upgrade(const HttpHead& head);
    void answer();
    /// Answers with the error and closes: after broken framing nobody knows where the next
    /// request would begin.
    void fail(const Error& error);
    void send(HttpResponse response, bool keep_alive);
    /// Lets the client read the answer before unread input could make the system reset the
    /// connection.
    void linger();
    void discard();

    ServerState& server_;
    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer deadline_;
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
    std::size_t body_bytes_ = 0;  ///< taken from the budget
    bool reserved_ = false;
    bool answering_ = false;
    bool closed_ = false;
};

}  // namespace cityledger::io
