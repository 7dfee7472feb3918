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

TEST_CASE("where requests under way hold all places a client is told so", "[http]") {
    HttpSettings settings;
    settings.max_connections = 2;
    std::vector<HttpRespond> under_way;
    std::promise<void> both;
    TestServer server(
        [&](const HttpRequest&, HttpRespond respond) {
            under_way.push_back(std::move(respond));
            if (under_way.size() == 2) both.set_value();
        },
        settings);
    Clients clients;
    for (int i = 0; i < 2; ++i) {
        boost::asio::write(clients.connect(server.port()), boost::asio::buffer(k_health));
    }
    both.get_future().wait();
    const RawAnswers answers = exchange(server.port(), "");
    CHECK(answers.statuses == std::vector<int>{503});
    CHECK(answers.text.find(codes::http_too_many_connections.name) != std::string::npos);
    CHECK(server.loop.on_loop([&] { return server.server.evicted(); }) == 0);
}

}  // namespace
}  // namespace cityledger::io::test
