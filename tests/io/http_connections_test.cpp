// Who has a place at the server: idle connections make room, requests under way do not.

#include <catch2/catch.hpp>
#include <list>

#include "tests/io/http_fixtures.hpp"

namespace cityledger::io::test {
namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::tcp;

const std::string k_health = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Connections that stay open; of another loopback address than 127.0.0.1 if asked.
class Clients {
public:
    tcp::socket& connect(std::uint16_t port, const char* from = "127.0.0.1") {
        tcp::socket& socket = sockets_.emplace_back(context_, tcp::v4());
        socket.bind({boost::asio::ip::make_address_v4(from), 0});
        socket.connect({address_v4::loopback(), port});
        return socket;
    }

private:
    boost::asio::io_context context_;
    std::list<tcp::socket> sockets_;
};

void answer(const HttpRequest&, const HttpRespond& respond) { respond({200, "", "here", {}}); }

bool ended(tcp::socket& socket) {
    std::array<char, 1> byte;
    boost::system::error_code error;
    socket.read_some(boost::asio::buffer(byte), error);
    return error == boost::asio::error::eof || error == boost::asio::error::connection_reset;
}

TEST_CASE("five hundred idle connections keep nobody out", "[http]") {
    TestServer server(answer);
    Clients clients;
    for (int i = 0; i < 250; ++i) clients.connect(server.port());
    for (int i = 0; i < 250; ++i) clients.connect(server.port(), "127.0.0.2");
    CHECK(exchange(server.port(), k_health).statuses == std::vector<int>{200});
    const auto [open, evicted] = server.loop.on_loop(
        [&] { return std::pair(server.server.connections(), server.server.evicted()); });
    CHECK(open <= k_max_http_connections);
    CHECK(evicted >= 501 - k_max_http_connections);
}

TEST_CASE("the connection idle longest makes room, and trickled heads count as idle", "[http]") {
    HttpSettings settings;
    settings.max_connections = 2;
    TestServer server(answer, settings);
    Clients clients;
    tcp::socket& slow = clients.connect(server.port());
    boost::asio::write(slow, boost::asio::buffer(std::string("GET / HT")));
    tcp::socket& second = clients.connect(server.port());
    CHECK(exchange(server.port(), k_health).statuses == std::vector<int>{200});
    CHECK(ended(slow));
    boost::asio::write(second, boost::asio::buffer(k_health));
    CHECK(read_answers(second).statuses == std::vector<int>{200});
}

TEST_CASE("one address makes room among its own and leaves others their places", "[http]") {
    HttpSettings settings;
    settings.max_connections_per_address = 2;
    TestServer server(answer, settings);
    Clients clients;
    tcp::socket& other = clients.connect(server.port(), "127.0.0.2");
    tcp::socket& first = clients.connect(server.port());
    clients.connect(server.port());
    clients.connect(server.port());
    CHECK(ended(first));
    boost::asio::write(other, boost::asio::buffer(k_health));
    CHECK(read_answers(other).statuses == std::vector<int>{200});
}

TEST_CASE("a request that finds no memory ends its own connection only", "[http]") {
    TestServer server([](const HttpRequest& request, const HttpRespond& respond) {
        if (request.path == "/large") throw std::bad_alloc();
        answer(request, respond);
    });
    Clients clients;
    tcp::socket& other = clients.connect(server.port());
    CHECK(exchange(server.port(), "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").text.empty());
    boost::asio::write(other, boost::asio::buffer(k_health));
    CHECK(read_answers(other).statuses == std::vector<int>{200});
}

/// A server with few places, all held by requests that nobody answers yet.
struct FullServer {
    static HttpSettings few_places() {
        HttpSettings settings;
        settings.max_connections = 2;
        return settings;
    }
    FullServer()
        : server(
              [this](const HttpRequest& request, HttpRespond respond) {
                  if (request.path != "/slow") return answer(request, respond);
                  under_way.push_back(std::move(respond));
                  if (under_way.size() == 2) both.set_value();
              },
              few_places()) {
        const std::string slow = "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";
        for (int i = 0; i < 2; ++i) {
            boost::asio::write(clients.connect(server.port()), boost::asio::buffer(slow));
        }
        both.get_future().wait();
    }

    std::vector<HttpRespond> under_way;
    std::promise<void> both;
    Clients clients;
    TestServer server;
};

TEST_CASE("where requests under way hold all places a client is told so", "[http]") {
    FullServer full;
    const std::string other = "GET /blocks/1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (const std::string& request : {other, std::string()}) {  // none: told after a while
        const RawAnswers answers = exchange(full.server.port(), request);
        CHECK(answers.statuses == std::vector<int>{503});
        CHECK(answers.text.find(codes::http_too_many_connections.name) != std::string::npos);
    }
    CHECK(full.server.loop.on_loop([&] { return full.server.server.evicted(); }) == 0);
}

TEST_CASE("where requests under way hold all places, /health and /ready are answered", "[http]") {
    FullServer full;
    const std::string ready = "GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (const std::string& probe : {k_health, ready}) {
        CHECK(exchange(full.server.port(), probe).statuses == std::vector<int>{200});
    }
    // Nor do those who connect to the reserved places and say nothing keep a probe out.
    for (std::size_t i = 0; i < 2 * k_reserved_http_connections; ++i) {
        full.clients.connect(full.server.port());
    }
    CHECK(exchange(full.server.port(), k_health).statuses == std::vector<int>{200});
}

std::string unfinished_body(std::size_t bytes) {
    return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n" +
           std::string(bytes, 'x');
}

/// Waits until the server holds so many bytes of bodies.
void await_bodies(TestServer& server, std::size_t bytes) {
    const auto held = [&] {
        return server.loop.on_loop([&] { return server.server.body_bytes(); });
    };
    for (int i = 0; held() != bytes && i < 2500; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    REQUIRE(held() == bytes);
}

TEST_CASE("bodies that are being read fill a budget, and who finds it full may come again",
          "[http]") {
    constexpr std::size_t k_bytes = 1'900'000;
    constexpr std::size_t k_of_one = k_max_http_bodies_bytes_per_address / k_bytes;
    constexpr std::size_t k_of_other = (k_max_http_bodies_bytes - k_of_one * k_bytes) / k_bytes;
    TestServer server(answer);
    Clients clients;
    for (std::size_t i = 0; i < k_of_one; ++i) {
        boost::asio::write(clients.connect(server.port()),
                           boost::asio::buffer(unfinished_body(k_bytes)));
    }
    await_bodies(server, k_of_one * k_bytes);
    const RawAnswers own = exchange(server.port(), unfinished_body(k_bytes));
    CHECK(own.statuses == std::vector<int>{503});
    CHECK(own.text.find(codes::http_bodies_full.name) != std::string::npos);
    CHECK(own.text.find("\r\nRetry-After: 1\r\n") != std::string::npos);

    // Another address may still send, up to the total.
    std::list<Clients> others(2);
    const char* const addresses[] = {"127.0.0.2", "127.0.0.3"};
    std::size_t sent = 0;
    tcp::socket* last = nullptr;
    for (; sent < k_of_other; ++sent) {
        const bool first = sent % 2 == 0;
        last = &(first ? others.front() : others.back())
                    .connect(server.port(), addresses[first ? 0 : 1]);
        boost::asio::write(*last, boost::asio::buffer(unfinished_body(k_bytes)));
    }
    await_bodies(server, (k_of_one + sent) * k_bytes);
    tcp::socket& beyond = others.front().connect(server.port(), "127.0.0.4");
    boost::system::error_code ignored;
    boost::asio::write(beyond, boost::asio::buffer(unfinished_body(k_bytes)), ignored);
    CHECK(read_answers(beyond).statuses == std::vector<int>{503});
    CHECK(server.loop.on_loop([&] { return server.server.bodies_refused(); }) == 2);

    // A body that is whole gives its bytes back; so does a connection that ends.
    boost::asio::write(*last, boost::asio::buffer(std::string(2'000'000 - k_bytes, 'x')));
    await_bodies(server, (k_of_one + sent - 1) * k_bytes);
    last->shutdown(tcp::socket::shutdown_both, ignored);
    CHECK(exchange(server.port(), k_health).statuses == std::vector<int>{200});
    others.clear();
    await_bodies(server, k_of_one * k_bytes);
}

TEST_CASE("a body without a length counts in the budget as it comes", "[http]") {
    TestServer server(answer);
    Clients clients;
    tcp::socket& client = clients.connect(server.port());
    const std::string head =
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    boost::asio::write(client, boost::asio::buffer(head + "3e8\r\n" + std::string(1000, 'x')));
    await_bodies(server, 1000);
    boost::asio::write(client, boost::asio::buffer(std::string("\r\n0\r\n\r\n")));
    await_bodies(server, 0);
}

}  // namespace
}  // namespace cityledger::io::test
