// The client against servers that misbehave.

#include <catch2/catch.hpp>

#include "client/api_client.hpp"
#include "client/client_codes.hpp"
#include "tests/io/http_fixtures.hpp"

namespace cityledger::io::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Accepts connections one after another and answers each with the next text, then closes it.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<std::string> answers)
        : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
          thread_([this, answers = std::move(answers)] {
              for (const std::string& answer : answers) serve(answer);
          }) {}
    ~ScriptedServer() { thread_.join(); }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    void serve(const std::string& answer) {
        tcp::socket socket(context_);
        acceptor_.accept(socket);
        std::array<char, 4096> request;
        boost::system::error_code ignored;
        socket.read_some(asio::buffer(request), ignored);
        asio::write(socket, asio::buffer(answer), ignored);
    }

    asio::io_context context_;
    tcp::acceptor acceptor_;
    std::thread thread_;
};

std::string answer_of(int status, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) +
           " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_CASE("a node that is not there is unreachable", "[client]") {
    asio::io_context context;
    std::uint16_t port = 0;
    {
        const tcp::acceptor closed(context, {asio::ip::address_v4::loopback(), 0});
        port = closed.local_endpoint().port();
    }
    client::ApiClient client("127.0.0.1", port);
    const auto status = client.status();
    REQUIRE_FALSE(status);
    CHECK(status.error().code == client::codes::server_unreachable);
    CHECK(status.error().detail.find(std::to_string(port)) != std::string::npos);
}

TEST_CASE("a node that accepts and is silent answers late", "[client]") {
    TestServer server([](const HttpRequest&, const HttpRespond&) {});
    client::ApiClient client("127.0.0.1", server.port(), 30);
    CHECK(client.status().error().code == client::codes::answer_late);
}

TEST_CASE("an answer that breaks off is lost, and that is not taken for success", "[client]") {
    ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhal"});
    client::ApiClient client("127.0.0.1", server.port());
    CHECK(client.get("/health").error().code == client::codes::answer_lost);
}

TEST_CASE("a connection that the server closed meanwhile is replaced", "[client]") {
    ScriptedServer server({answer_of(200, "first"), answer_of(200, "second")});
    client::ApiClient client("127.0.0.1", server.port());
    CHECK(client.get("/a").value() == "first");
    CHECK(client.get("/b").value() == "second");
}

TEST_CASE("what is no answer of a node is refused", "[client]") {
    const std::vector<std::string> answers = {
        "220 mail.example ESMTP\r\n", answer_of(200, "<html>"), answer_of(200, "{\"node\":1}"),
        answer_of(500, "oops")};
    ScriptedServer server(answers);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        INFO(answers[i]);
        client::ApiClient client("127.0.0.1", server.port());
        CHECK(client.status().error().code == client::codes::answer_malformed);
    }
}

TEST_CASE("an error with a code of a later release keeps its words", "[client]") {
    ScriptedServer server({answer_of(400, R"({"code":9999,"name":"too_blue","message":"blue",)"
                                          R"("detail":"very","remedy":"use red"})")});
    client::ApiClient client("127.0.0.1", server.port());
    const auto answer = client.get("/status");
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == client::codes::answer_unknown_code);
    CHECK(answer.error().detail.find("too_blue") != std::string::npos);
    CHECK(answer.error().detail.find("use red") != std::string::npos);
}

}  // namespace
}  // namespace cityledger::io::test
