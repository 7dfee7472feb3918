// The server over real sockets: four connections in order, and what ends one of them.

#include "node/abci/server/abci_server.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <thread>

#include "node/abci/frame_codec.hpp"
#include "tests/abci/application_fixture.hpp"

namespace cityledger::abci {
namespace {

using namespace testing;
namespace asio = boost::asio;

/// A server on a thread of its own.
struct Serving : ApplicationFixture {
    asio::io_context context{1};
    std::vector<std::string> log;
    std::unique_ptr<AbciServer> server;
    std::thread thread;

    explicit Serving(const std::string& address = "tcp://127.0.0.1:0") {
        server = AbciServer::listen(context, *application, address, [this](std::string_view line) {
                     log.emplace_back(line);
                 }).value();
        thread = std::thread([this] { context.run(); });
    }
    ~Serving() { stop(); }
    void stop() {
        context.stop();
        if (thread.joinable()) thread.join();
    }
    [[nodiscard]] std::uint16_t port() const {
        const std::string& address = server->address();
        return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    }
};

template <class Protocol>
struct Client {
    asio::io_context context;
    typename Protocol::socket socket{context};

    explicit Client(const typename Protocol::endpoint& endpoint) { socket.connect(endpoint); }
    void send(ByteView bytes) { asio::write(socket, asio::buffer(bytes.data(), bytes.size())); }
    void ask(const std::vector<wire::Request>& requests) {
        Bytes out;
        for (const auto& request : requests) {
            append_frame(out, as_bytes(request.SerializeAsString()));
        }
        send(out);
    }
    /// The next answer; nothing when the server has closed the connection.
    std::optional<wire::Response> next() {
        for (;;) {
            const auto frame = frames.next();
            REQUIRE(frame.has_value());
            if (*frame) {
                wire::Response response;
                REQUIRE(
                    response.ParseFromArray((*frame)->data(), static_cast<int>((*frame)->size())));
                return response;
            }
            std::array<std::uint8_t, 1000> bytes;
            boost::system::error_code failed;
            const std::size_t count = socket.read_some(asio::buffer(bytes), failed);
            if (failed) return std::nullopt;
            frames.append(ByteView(bytes).first(count));
        }
    }
    FrameReader frames;
};

using TcpClient = Client<asio::ip::tcp>;

TcpClient dial(const Serving& serving) {
    return TcpClient({asio::ip::make_address("127.0.0.1"), serving.port()});
}

wire::Request echo(const std::string& message) {
    wire::Request request;
    request.mutable_echo()->set_message(message);
    return request;
}
wire::Request flush() {
    wire::Request request;
    request.mutable_flush();
    return request;
}

TEST_CASE("four connections are answered, each in its own order", "[abci]") {
    Serving serving;
    std::vector<std::unique_ptr<TcpClient>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<TcpClient>(
            asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), serving.port())));
    }
    const std::string large(100'000, 'x');
    for (auto& client : clients) client->ask({echo("one"), echo(large), flush()});
    for (auto& client : clients) {
        CHECK(client->next()->echo().message() == "one");
        CHECK(client->next()->echo().message() == large);
        CHECK(client->next()->has_flush());
    }
}

TEST_CASE("a block over a socket", "[abci]") {
    Serving serving;
    auto client = dial(serving);
    wire::Request check;
    check.mutable_check_tx()->set_tx(serving.add_bytes("a", 1));
    wire::Request finalize;
    *finalize.mutable_finalize_block() = Serving::block(1, {check.check_tx().tx()});
    wire::Request commit;
    commit.mutable_commit();
    wire::Request info;
    info.mutable_info();
    client.ask({check, finalize, commit, info, flush()});
    CHECK(client.next()->check_tx().code() == 0);
    const auto finalized = client.next()->finalize_block();
    CHECK(finalized.tx_results(0).code() == 0);
    CHECK(client.next()->has_commit());
    const auto after = client.next()->info();
    CHECK(after.last_block_height() == 1);
    CHECK(after.last_block_app_hash() == finalized.app_hash());
    CHECK(client.next()->has_flush());
}

TEST_CASE("a malformed frame ends its connection with the reason, and no other", "[abci]") {
    Serving serving;
    auto other = dial(serving);
    const Bytes endless(5, std::uint8_t{0xff});
    const Bytes no_message = {2, 0xff, 0xff};
    for (const Bytes& bytes : {endless, no_message}) {
        auto client = dial(serving);
        client.ask({echo("before")});
        client.send(bytes);
        CHECK(client.next()->echo().message() == "before");
        const auto last = client.next();
        REQUIRE(last.has_value());
        CHECK(last->exception().error().find(codes::abci_frame_malformed.name) !=
              std::string::npos);
        CHECK_FALSE(client.next().has_value());
    }
    other.ask({echo("still here")});
    CHECK(other.next()->echo().message() == "still here");
    serving.stop();
    CHECK(serving.log.size() == 2);
}

TEST_CASE("a UNIX socket, gone with the server", "[abci]") {
    const auto path =
        std::filesystem::temp_directory_path() / ("cityledger-abci-" + std::to_string(::getpid()));
    {
        Serving serving("unix://" + path.string());
        Client<asio::local::stream_protocol> client(path.string());
        client.ask({echo("hello")});
        CHECK(client.next()->echo().message() == "hello");
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("addresses that are not taken", "[abci]") {
    ApplicationFixture fixture;
    asio::io_context context;
    for (const char* address :
         {"", "http://127.0.0.1:1", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:99999",
          "tcp://localhost:1", "tcp://0.0.0.0:1", "unix:///no/such/folder/socket"}) {
        INFO(address);
        check_refused(AbciServer::listen(context, *fixture.application, address, [](auto) {}),
                      codes::abci_address_unusable);
    }
    const std::string too_long = "unix:///" + std::string(300, 'x');
    check_refused(AbciServer::listen(context, *fixture.application, too_long, [](auto) {}),
                  codes::abci_address_unusable);
}

}  // namespace
}  // namespace cityledger::abci
