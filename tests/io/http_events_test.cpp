// GET /events over real sockets: who may follow, what is told, and who is sent away.

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <catch2/catch.hpp>

#include "client/api_client.hpp"
#include "ledger/ledger_codes.hpp"
#include "node/api/event_answers.hpp"
#include "node/api/receipt_questions.hpp"
#include "node/io/daemon/asio_scheduler.hpp"
#include "node/io/http/event_followers.hpp"
#include "node/io/http/read_codes.hpp"
#include "tests/io/daemon_fixtures.hpp"
#include "tests/io/http_fixtures.hpp"

namespace cityledger::io::test {
namespace {

namespace websocket = boost::beast::websocket;
using boost::asio::ip::address_v4;
using boost::asio::ip::tcp;
using boost::system::error_code;

/// A follower of a server on loopback.
class Follower {
public:
    explicit Follower(std::uint16_t port, const std::string& target = "/events",
                      const std::string& pass = "") {
        stream_.next_layer().connect({address_v4::loopback(), port});
        stream_.read_message_max(0);
        if (!pass.empty()) {
            stream_.set_option(
                websocket::stream_base::decorator([pass](websocket::request_type& request) {
                    request.set(boost::beast::http::field::authorization, pass);
                }));
        }
        stream_.handshake("localhost:" + std::to_string(port), target);
    }
    std::string next() {
        boost::beast::flat_buffer buffer;
        stream_.read(buffer);
        return boost::beast::buffers_to_string(buffer.data());
    }
    api::BlockEvents next_block() {
        const auto json = ledger::parse_json(next());
        REQUIRE(json);
        const auto block = ledger::from_json<api::BlockEvents>(*json);
        REQUIRE(block);
        return *block;
    }
    /// How the server ended it, after whatever it still sent.
    websocket::close_reason ended() {
        boost::beast::flat_buffer buffer;
        error_code error;
        while (!error) {
            buffer.clear();
            stream_.read(buffer, error);
        }
        error_ = error;
        return stream_.reason();
    }
    error_code error() const { return error_; }

private:
    boost::asio::io_context context_;
    websocket::stream<tcp::socket> stream_{context_};
    error_code error_;
};

/// The head of a handshake with more headers; the answer ends with the connection.
std::string handshake(const std::string& target, const std::string& headers) {
    return "GET " + target +
           " HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
           headers + "\r\n";
}
const std::string k_localhost = "Host: localhost\r\n";

/// Followers of a chain whose blocks are texts of a test.
struct FollowedServer {
    explicit FollowedServer(const EventSettings& settings, std::size_t message_bytes = 10)
        : scheduler(loop.context()),
          followers(EventSource{[this, message_bytes](std::uint64_t block, const ledger::MemberId&,
                                                      const EventFeed::Done& done) {
                                    if (lacks_memory) return done(EventFeed::Message());
                                    const std::string text(message_bytes, 'x');
                                    done(std::make_shared<const EventMessage>(
                                        EventMessage{std::to_string(block) + " " + text, 0}));
                                },
                                [](const HttpRequest&, const ledger::ReadQuestion&) {
                                    return Result<ledger::MemberId>("");
                                },
                                [this] { return height; }, budget, scheduler},
                    settings),
          server(loop.context(), {}, logger) {
        const WebSocketPath path{
            "/events", [this](const HttpRequest& request) { return followers.judge(request); },
            [this](WebSocketRequest&& request) { followers.take(std::move(request)); }};
        REQUIRE(server.start([](const HttpRequest&, const HttpRespond&) {}, {}, path));
        loop.start();
    }
    ~FollowedServer() { loop.stop(); }

    void execute(std::uint64_t new_height) {
        loop.on_loop([this, new_height] {
            height = new_height;
            followers.on_executed();
            return 0;
        });
    }
    std::size_t size() {
        return loop.on_loop([this] { return followers.size(); });
    }

    std::uint64_t height = 20;
    bool lacks_memory = false;
    Logger logger;
    LoopThread loop;
    AsioScheduler scheduler;
    ReadBudget budget;
    EventFollowers followers;
    HttpServer server;
};

/// The Authorization header by which this member follows from block 1 on.
std::string follow_pass(const TestHome& home, const ledger::MemberId& member,
                        const crypto::PrivateKey& key) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    ledger::ReadPass pass{"node0", member, static_cast<std::uint64_t>(now_ms) + 15'000, {}, {}};
    pass = ledger::sign_read_pass(ledger::chain_id_of(home.genesis), api::follow_question(1),
                                  std::move(pass), key);
    return "CityLedger " + to_hex(ledger::encode(pass));
}

TEST_CASE("a follower hears of every block in order with its events", "[http][events][daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    client::ApiClient client("127.0.0.1", daemon.http_port());
    Follower follower(daemon.http_port(), "/events?from=1", follow_pass(home, "AK", home.member));
    std::vector<Digest> sent;
    for (std::uint8_t nonce = 1; nonce <= 3; ++nonce) {
        const auto submitted = client.submit(call(home, nonce), 20'000);
        REQUIRE(submitted);
        sent.push_back(submitted->transaction);
    }
    std::vector<api::TransactionEvents> heard;
    for (std::uint64_t height = 1; heard.size() < sent.size(); ++height) {
        const api::BlockEvents block = follower.next_block();
        CHECK(block.block.height == height);
        CHECK(block.others == 0);
        REQUIRE(block.transactions.size() == block.block.receipts.size());
        heard.insert(heard.end(), block.transactions.begin(), block.transactions.end());
    }
    for (std::size_t i = 0; i < sent.size(); ++i) {
        CHECK(heard[i].transaction == sent[i]);
        CHECK(heard[i].sender == "AK");
        REQUIRE(heard[i].operations.size() == 1);
        CHECK(heard[i].operations[0].contract == "calendar");
        CHECK(heard[i].operations[0].operation == "no_such_method");
        CHECK(heard[i].operations[0].code_name == "operation_unknown_method");
        CHECK_FALSE(heard[i].operations[0].detail.empty());
    }
    const std::uint64_t last = client.status()->executed_height;
    Follower resumed(daemon.http_port(), "/events?from=" + std::to_string(last));
    CHECK(resumed.next_block().block.height == last);
    const auto metrics =
        exchange(daemon.http_port(),
                 "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    CHECK(metrics.text.find("cityledger_event_followers 2\n") != std::string::npos);
    CHECK(metrics.text.find("cityledger_event_followers_dropped_total 0\n") != std::string::npos);
}

TEST_CASE("who may not read a transaction hears how many operations there were and no more",
          "[http][events][read][daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    client::ApiClient client("127.0.0.1", daemon.http_port());
    const auto submitted = client.submit(call(home, 1), 20'000);
    REQUIRE(submitted);
    REQUIRE(submitted->receipt);
    Follower anybody(daemon.http_port(), "/events?from=1");
    Follower other(daemon.http_port(), "/events?from=1",
                   follow_pass(home, "BK", home.other_member));
    for (Follower* follower : {&anybody, &other}) {
        api::BlockEvents block;
        std::string text;
        do {
            text = follower->next();
            block = ledger::from_json<api::BlockEvents>(ledger::parse_json(text).value()).value();
        } while (block.block.height < submitted->receipt->height);
        CHECK(block.block.receipts.at(0).transaction == submitted->transaction);
        CHECK(block.transactions.empty());
        CHECK(block.others == 1);
        REQUIRE(block.operations.size() == 1);
        // What no contract has is named by its sender alone: counted, not repeated.
        CHECK(block.operations[0].contract.empty());
        CHECK(block.operations[0].operation.empty());
        CHECK(block.operations[0].code_name == "operation_unknown_method");
        CHECK(block.operations[0].count == 1);
        CHECK(text.find("AK") == std::string::npos);
        CHECK(text.find("no_such_method") == std::string::npos);
    }
}

TEST_CASE("a bad pass takes no place among the followers", "[http][events][read][daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    const auto answer = [&](const std::string& target, const std::string& pass) {
        return exchange(daemon.http_port(),
                        handshake(target, k_localhost + "Authorization: " + pass + "\r\n"));
    };
    const std::string good = follow_pass(home, "AK", home.member);
    CHECK(answer("/events?from=2", good).text.find(ledger::codes::read_signature_wrong.name) !=
          std::string::npos);
    CHECK(answer("/events?from=1", "CityLedger 00").text.find(codes::read_pass_malformed.name) !=
          std::string::npos);
    Follower follower(daemon.http_port(), "/events?from=1", good);
    CHECK(answer("/events?from=1", good).text.find(codes::read_replayed.name) != std::string::npos);
}

TEST_CASE("events without a WebSocket are refused with what to use", "[http][events][daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    const RawAnswers answers = exchange(
        daemon.http_port(), "GET /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    CHECK(answers.statuses == std::vector<int>{426});
    CHECK(answers.text.find(codes::events_need_web_socket.name) != std::string::npos);
    CHECK(answers.text.find("Upgrade: websocket") != std::string::npos);
}

TEST_CASE("a node that stops says goodbye to its followers", "[http][events][daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    auto daemon = std::make_unique<RunningDaemon>(options);
    Follower follower(daemon->http_port(), "/events?from=1000");
    client::ApiClient client("127.0.0.1", daemon->http_port());
    REQUIRE(client.status());  // the follower has its place by now
    daemon.reset();
    const auto reason = follower.ended();
    CHECK(reason.code == websocket::close_code::going_away);
    CHECK(std::string(reason.reason.c_str()) == "the node stops: go on with from=1000");
}

TEST_CASE("without from a follower begins at the next block", "[http][events]") {
    FollowedServer server({});
    Follower follower(server.server.port());
    server.execute(22);
    CHECK(follower.next().starts_with("21 "));
    CHECK(follower.next().starts_with("22 "));
}

TEST_CASE("handshakes of other sites and to other paths are refused", "[http][events]") {
    FollowedServer server({});
    const auto refused = [&](const std::string& bytes, int status, const Code& code) {
        INFO(bytes);
        const RawAnswers answers = exchange(server.server.port(), bytes);
        CHECK(answers.statuses == std::vector<int>{status});
        CHECK(answers.text.find("\"" + std::string(code.name) + "\"") != std::string::npos);
    };
    refused(handshake("/events", "Host: evil.example\r\n"), 421, codes::http_wrong_host);
    refused(handshake("/events", k_localhost + "Origin: http://evil.example\r\n"), 403,
            codes::http_wrong_origin);
    refused(handshake("/events", k_localhost + "Origin: http://10.0.0.1\r\n"), 403,
            codes::http_wrong_origin);
    refused(handshake("/events", k_localhost + "Origin: null\r\n"), 403, codes::http_wrong_origin);
    refused(handshake("/status", k_localhost), 400, codes::http_framing);
    refused(handshake("/events", k_localhost) + "more", 400, codes::http_framing);
    refused("GET /events HTTP/1.1\r\nUpgrade: websocket\r\n" + k_localhost + "\r\n", 400,
            codes::http_framing);
    refused(handshake("/events?from=0", k_localhost), 400, codes::http_wrong_parameter);
    refused(handshake("/events?from=x", k_localhost), 400, codes::http_wrong_parameter);
    CHECK(server.size() == 0);
}

TEST_CASE("a page of the node itself may follow", "[http][events]") {
    FollowedServer server({});
    boost::asio::io_context context;
    tcp::socket socket(context);
    socket.connect({address_v4::loopback(), server.server.port()});
    boost::asio::write(socket, boost::asio::buffer(handshake(
                                   "/events", k_localhost + "Origin: http://localhost\r\n")));
    std::string answer(12, ' ');
    boost::asio::read(socket, boost::asio::buffer(answer));
    CHECK(answer == "HTTP/1.1 101");
}

TEST_CASE("places among the followers are bounded", "[http][events]") {
    EventSettings settings;
    settings.max_followers_per_address = 1;
    FollowedServer server(settings);
    {
        Follower follower(server.server.port());
        const RawAnswers second = exchange(server.server.port(), handshake("/events", k_localhost));
        CHECK(second.statuses == std::vector<int>{503});
        CHECK(second.text.find(codes::events_too_many.name) != std::string::npos);
    }
    while (server.size() > 0) std::this_thread::yield();  // its end is heard of
    Follower next(server.server.port());
    server.execute(21);
    CHECK(next.next().starts_with("21 "));
}

TEST_CASE("a follower that would be too far behind is told so", "[http][events]") {
    EventSettings settings;
    settings.max_blocks_behind = 10;
    FollowedServer server(settings);
    const RawAnswers answers =
        exchange(server.server.port(), handshake("/events?from=10", k_localhost));
    CHECK(answers.statuses == std::vector<int>{503});
    CHECK(answers.text.find(codes::events_too_far_behind.name) != std::string::npos);
    Follower follower(server.server.port(), "/events?from=11");
    CHECK(follower.next().starts_with("11 "));
}

TEST_CASE("a follower that falls behind is closed and told where to go on", "[http][events]") {
    EventSettings settings;
    settings.max_blocks_behind = 10;
    FollowedServer server(settings, 16 * 1024 * 1024);  // more than sockets hold
    Follower follower(server.server.port());
    server.execute(21);
    server.execute(100);  // the first message is still under way
    const auto reason = follower.ended();
    CHECK(reason.code == websocket::close_code::try_again_later);
    CHECK(std::string(reason.reason.c_str()) == "events_too_far_behind: go on with from=22");
}

TEST_CASE("a follower of an address that has read its budget waits", "[http][events]") {
    FollowedServer server({});
    Follower follower(server.server.port());
    const auto refused = server.loop.on_loop([&] {
        server.budget.charge("127.0.0.1", 100 * k_read_budget_bytes, server.scheduler.now_ms());
        return server.budget.refused();
    });
    server.execute(21);
    server.execute(22);  // it stands still, and does not ask again
    CHECK(server.loop.on_loop([&] { return server.budget.refused(); }) == refused + 1);
    CHECK(server.size() == 1);
}

TEST_CASE("a message that finds no memory costs the follower its place", "[http][events]") {
    FollowedServer server({});
    server.lacks_memory = true;
    Follower follower(server.server.port());
    server.execute(21);
    follower.ended();
    CHECK(server.size() == 0);
    CHECK(server.loop.on_loop([&] { return server.followers.dropped(); }) == 1);
}

TEST_CASE("a follower that does not read is dropped", "[http][events]") {
    EventSettings settings;
    settings.write_deadline_ms = 50;
    FollowedServer server(settings, 64 * 1024 * 1024);
    Follower follower(server.server.port());
    server.execute(21);
    while (server.size() > 0) std::this_thread::yield();
    CHECK(server.loop.on_loop([&] { return server.followers.dropped(); }) == 1);
}

TEST_CASE("a follower without a sign of life is dropped", "[http][events]") {
    EventSettings settings;
    settings.idle_ms = 50;
    FollowedServer server(settings);
    const Follower follower(server.server.port());  // reads nothing and so answers no ping
    while (server.size() > 0) std::this_thread::yield();
    CHECK(server.loop.on_loop([&] { return server.followers.dropped(); }) == 1);
}

}  // namespace
}  // namespace cityledger::io::test
