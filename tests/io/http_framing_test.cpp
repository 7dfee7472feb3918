// The framing of requests: what is taken, what is refused, and whether the connection goes on.

#include <catch2/catch.hpp>

#include "node/io/http/http_framing.hpp"
#include "tests/io/http_fixtures.hpp"

namespace cityledger::io::test {
namespace {

/// Answers with what it understood, so that a shifted request shows.
void echo(const HttpRequest& request, const HttpRespond& respond) {
    HttpResponse response;
    response.body = "[" + request.method + " " + request.path + " " + request.body + "]";
    respond(response);
}

/// Follows every request of the table on the same connection, and asks for its end.
const std::string k_second = "GET /second HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

struct Row {
    std::string story;
    std::string request;
    int status;
    std::string understood;  ///< of a good request; empty if the connection must end
};

std::string many_headers(int count) {
    std::string headers;
    for (int i = 0; i < count; ++i) headers += "X-" + std::to_string(i) + ": 1\r\n";
    return headers;
}

std::vector<Row> good_rows() {
    const std::string post = "POST /p HTTP/1.1\r\nHost: localhost\r\n";
    return {
        {"GET", "GET /g HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "[GET /g ]"},
        {"a length", post + "Content-Length: 5\r\n\r\nhello", 200, "[POST /p hello]"},
        {"a length of zero", post + "Content-Length: 0\r\n\r\n", 200, "[POST /p ]"},
        {"no length, so no body", post + "\r\n", 200, "[POST /p ]"},
        {"chunks", post + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 200,
         "[POST /p hello]"},
        {"CHUNKED", post + "Transfer-Encoding: CHUNKED\r\n\r\n1\r\nx\r\n0\r\n\r\n", 200,
         "[POST /p x]"},
        {"64 headers", "GET /h HTTP/1.1\r\nHost: localhost\r\n" + many_headers(63) + "\r\n", 200,
         "[GET /h ]"},
        {"expected body sent at once", post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
         200, "[POST /p ok]"},
        {"a query and escapes", "GET /a%20b?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 200,
         "[GET /a b ]"},
        {"another method is the handler's affair", "PUT /u HTTP/1.1\r\nHost: localhost\r\n\r\n",
         200, "[PUT /u ]"},
        {"HTTP/1.0 with keep-alive", "GET /o HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200,
         "[GET /o ]"},
    };
}

std::vector<Row> bad_rows() {
    const std::string post = "POST /p HTTP/1.1\r\nHost: localhost\r\n";
    const std::string get = "GET /g HTTP/1.1\r\n";
    return {
        {"gzip and a length", post + "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
         400, ""},
        {"gzip alone", post + "Transfer-Encoding: gzip\r\n\r\n", 400, ""},
        {"xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 400, ""},
        {"chunked twice in one header",
         post + "Transfer-Encoding: chunked, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 400, ""},
        {"chunked in two headers",
         post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
         ""},
        {"chunked and a length",
         post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400, ""},
        {"chunked on HTTP/1.0",
         "POST /p HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 400, ""},
        {"one length twice", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400, ""},
        {"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400, ""},
        {"a list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello", 400, ""},
        {"a signed length", post + "Content-Length: +5\r\n\r\nhello", 400, ""},
        {"a negative length", post + "Content-Length: -5\r\n\r\nhello", 400, ""},
        {"a hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello", 400, ""},
        {"an empty length", post + "Content-Length:\r\n\r\n", 400, ""},
        {"a length with leading zeros", post + "Content-Length: 002\r\n\r\nok", 400, ""},
        {"a folded length", post + "Content-Length:\r\n 5\r\n\r\nhello", 400, ""},
        {"a folded encoding", post + "Transfer-Encoding:\r\n\tchunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
         400, ""},
        {"a folded header of no meaning", get + "Host: localhost\r\nX: a\r\n b\r\n\r\n", 400, ""},
        {"a length above 2^64", post + "Content-Length: 99999999999999999999\r\n\r\n", 400, ""},
        {"a length above the limit", post + "Content-Length: 2097153\r\n\r\n", 413, ""},
        {"bare line feeds", "GET /g HTTP/1.1\nHost: localhost\n\n", 400, ""},
        {"a blank before the colon", get + "Host : a\r\n\r\n", 400, ""},
        {"a chunk size of 17 digits",
         post + "Transfer-Encoding: chunked\r\n\r\n10000000000000001\r\nx\r\n0\r\n\r\n", 400, ""},
        {"a chunk without its line end",
         post + "Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n", 400, ""},
        {"a body on GET", get + "Host: localhost\r\nContent-Length: 5\r\n\r\nhello", 400, ""},
        {"a head above 8 KiB", get + "Host: localhost\r\nX: " + std::string(9000, 'x') + "\r\n\r\n",
         413, ""},
        {"a first line without end", "GET /" + std::string(40'000, 'x'), 413, ""},
        {"65 headers", get + "Host: localhost\r\n" + many_headers(64) + "\r\n", 413, ""},
        {"no Host", get + "\r\n", 400, ""},
        {"two Hosts", get + "Host: localhost\r\nHost: b\r\n\r\n", 400, ""},
        {"HTTP/2.0", "GET /g HTTP/2.0\r\nHost: localhost\r\n\r\n", 400, ""},
        {"an upgrade", get + "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 400,
         ""},
        {"an unknown expectation", post + "Expect: 200-ok\r\nContent-Length: 2\r\n\r\nok", 400, ""},
        {"a broken escape", "GET /%4 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, ""},
        {"an escaped line end", "GET /a%0d%0ab HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, ""},
        {"a zero byte in a header",
         get + "Host: localhost\r\nX: a" + std::string(1, '\0') + "\r\n\r\n", 400, ""},
        {"no request at all", "hello\r\n\r\n", 400, ""},
        {"an absolute target", "GET http://a/g HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, ""},
    };
}

TEST_CASE("well-framed requests are answered and the connection goes on", "[http]") {
    TestServer server(echo);
    REQUIRE(server.started);
    for (const Row& row : good_rows()) {
        INFO(row.story);
        const RawAnswers answers = exchange(server.port(), row.request + k_second);
        INFO(answers.text);
        CHECK(answers.statuses == std::vector<int>{row.status, 200});
        CHECK(answers.text.find(row.understood) != std::string::npos);
        CHECK(answers.text.find("[GET /second ]") != std::string::npos);
    }
}

TEST_CASE("broken or ambiguous framing is refused and ends the connection", "[http]") {
    TestServer server(echo);
    for (const Row& row : bad_rows()) {
        INFO(row.story);
        const RawAnswers answers = exchange(server.port(), row.request + k_second);
        INFO(answers.text);
        CHECK(answers.statuses == std::vector<int>{row.status});
        CHECK(answers.text.find("Connection: close") != std::string::npos);
        const Code& code = row.status == 413 ? codes::http_too_large : codes::http_framing;
        CHECK(answers.text.find("\"name\":\"" + std::string(code.name) + "\"") !=
              std::string::npos);
    }
}

TEST_CASE("bodies may hold what would be a fold in a head", "[http]") {
    TestServer server(echo);
    const std::string post = "POST /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\r\n";
    const RawAnswers answers = exchange(server.port(), post + "a\r\n b\nc" + k_second);
    CHECK(answers.statuses == std::vector<int>{200, 200});
    CHECK(answers.text.find("[POST /p a\r\n b\nc]") != std::string::npos);
}

TEST_CASE("ten thousand requests sent ahead are all answered in order", "[http]") {
    constexpr int k_requests = 10'000;
    TestServer server(echo);
    std::string requests;
    for (int i = 0; i < k_requests; ++i) {
        requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    // Beside the reading: neither side holds all of what the other sends.
    auto sent = std::async(std::launch::async, [&] {
        boost::system::error_code ignored;
        boost::asio::write(socket, boost::asio::buffer(requests + k_second), ignored);
    });
    const RawAnswers answers = read_answers(socket);
    sent.get();
    CHECK(answers.statuses == std::vector<int>(k_requests + 1, 200));
    std::size_t at = 0;
    int in_order = 0;
    while (in_order < k_requests) {
        at = answers.text.find("[GET /" + std::to_string(in_order) + " ]", at);
        if (at == std::string::npos) break;
        ++in_order;
    }
    CHECK(in_order == k_requests);
}

TEST_CASE("chunks that add up to more than a body may hold are refused", "[http]") {
    TestServer server(echo);
    std::string request =
        "POST /p HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 3; ++i) request += "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
    CHECK(exchange(server.port(), request).statuses == std::vector<int>{413});
}

TEST_CASE("a client that waits for the go-ahead gets it", "[http]") {
    TestServer server(echo);
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    boost::asio::write(socket, boost::asio::buffer(std::string(
                                   "POST /p HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                   "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")));
    std::array<char, 25> go_ahead;
    boost::asio::read(socket, boost::asio::buffer(go_ahead));
    CHECK(std::string(go_ahead.data(), go_ahead.size()) == "HTTP/1.1 100 Continue\r\n\r\n");
    boost::asio::write(socket, boost::asio::buffer(std::string("ok")));
    CHECK(read_answers(socket).text.find("[POST /p ok]") != std::string::npos);
}

TEST_CASE("a head or a body that does not come in time is refused", "[http]") {
    HttpSettings settings;
    settings.head_deadline_ms = 30;
    settings.body_deadline_ms = 30;
    TestServer server(echo, settings);
    for (const std::string request :
         {"GET / HTTP/1.1\r\nHo",
          "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx"}) {
        const RawAnswers answers = exchange(server.port(), request);
        CHECK(answers.statuses == std::vector<int>{408});
        CHECK(answers.text.find(codes::http_too_late.name) != std::string::npos);
    }
}

TEST_CASE("an idle connection ends without a word", "[http]") {
    HttpSettings settings;
    settings.keep_alive_ms = 30;
    TestServer server(echo, settings);
    CHECK(exchange(server.port(), "").text.empty());
    CHECK(exchange(server.port(), "GET /g HTTP/1.1\r\nHost: localhost\r\n\r\n").statuses ==
          std::vector<int>{200});
}

TEST_CASE("an answer may come later, and only the first one counts", "[http]") {
    HttpRespond waiting;
    std::promise<void> arrived;
    TestServer server([&](const HttpRequest&, HttpRespond respond) {
        waiting = std::move(respond);
        arrived.set_value();
    });
    auto answers = std::async(std::launch::async, [&] {
        return exchange(server.port(),
                        "GET /g HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    });
    arrived.get_future().wait();
    server.loop.on_loop([&] {
        waiting({200, "text/plain", "first", {}});
        waiting({500, "text/plain", "second", {}});
    });
    CHECK(answers.get().statuses == std::vector<int>{200});
}

TEST_CASE("an HTTP port that is taken is named", "[http]") {
    TestServer server(echo);
    HttpSettings settings;
    settings.port = server.port();
    const TestServer second(echo, settings);
    REQUIRE_FALSE(second.started);
    CHECK(second.started.error().code == codes::listen_failed);
}

TEST_CASE("the guard judges heads that Beast itself would not let through", "[http]") {
    HttpHead head{"GET", 20, {{"host", "a"}}};
    CHECK(check_framing(head).error().code == codes::http_framing);
    head.version = 10;
    head.headers.clear();
    CHECK(check_framing(head).has_value());
}

}  // namespace
}  // namespace cityledger::io::test
