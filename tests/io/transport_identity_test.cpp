// Who is let in: the matrix of certificates, on both sides, and peers that break the greeting.

#include <openssl/ssl.h>

#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <filesystem>

#include "crypto/crypto_codes.hpp"
#include "node/io/transport/transport_frames.hpp"
#include "tests/io/transport_fixtures.hpp"

namespace cityledger::io::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct BadIdentity {
    std::string story;
    crypto::IssuedIdentity issued;
    Code by_dialler;   ///< why a node that dialled it refuses it
    Code by_acceptor;  ///< why a node that it dialled refuses it
};

/// `name` is the node whose place the bad identity takes.
std::vector<BadIdentity> bad_identities(const Network& network, const std::string& name) {
    namespace c = crypto::codes;
    const Network other;
    const std::int64_t now = now_unix_s();
    const crypto::Validity past{now - 10 * k_day_s, now - k_day_s};
    const crypto::Validity future{now + k_day_s, now + 10 * k_day_s};
    const std::string own_network = to_hex(Network::chain_id());
    return {
        {"another authority", other.issue(name), c::certificate_wrong_authority,
         c::certificate_wrong_authority},
        {"expired", network.issue(name, past), c::certificate_expired, c::certificate_expired},
        {"not yet valid", network.issue(name, future), c::certificate_not_yet_valid,
         c::certificate_not_yet_valid},
        {"another node", network.issue("node2"), c::certificate_wrong_node, codes::peer_unexpected},
        {"no validator", network.issue("node9"), c::certificate_wrong_node, codes::peer_unknown},
        {"another network", network.issue(name, around_now(), "abcd"), c::certificate_wrong_network,
         c::certificate_wrong_network},
        {"the authority itself", network.authority(), c::certificate_wrong_usage,
         c::certificate_wrong_usage},
    };
}

bool names_code(const std::optional<Error>& error, const Code& code) {
    return error && error->code == codes::peer_refused_this_node &&
           error->detail.find(code.name) != std::string::npos;
}

TEST_CASE("a bad certificate of the dialling side is refused with its reason on both sides",
          "[transport]") {
    const Network network;
    for (const BadIdentity& bad : bad_identities(network, "node0")) {
        INFO(bad.story);
        asio::io_context context{1};
        TestNode good(context, good_settings(network, 1));
        REQUIRE(good.start());
        auto settings = settings_for(network, 0, network.identity(bad.issued));
        settings.peers = {{"node1", "127.0.0.1", good.transport->port()}};
        TestNode refused(context, settings);
        REQUIRE(refused.start());
        CHECK(run_until(context, [&] {
            return good.closed_for(bad.by_acceptor) > 0 &&
                   names_code(refused.last_error(1), bad.by_acceptor);
        }));
        CHECK(good.events.empty());
        CHECK(refused.events.empty());
    }
}

TEST_CASE("a bad certificate of the accepting side is refused with its reason on both sides",
          "[transport]") {
    const Network network;
    for (const BadIdentity& bad : bad_identities(network, "node1")) {
        INFO(bad.story);
        asio::io_context context{1};
        TestNode refused(context, settings_for(network, 1, network.identity(bad.issued)));
        REQUIRE(refused.start());
        auto settings = good_settings(network, 0);
        settings.peers = {{"node1", "127.0.0.1", refused.transport->port()}};
        TestNode good(context, settings);
        REQUIRE(good.start());
        CHECK(run_until(context, [&] {
            const auto error = good.last_error(1);
            return error && error->code == bad.by_dialler &&
                   names_code(refused.last_error(0), bad.by_dialler);
        }));
        CHECK(good.events.empty());
        CHECK(refused.events.empty());
    }
}

/// A client that does as it is told, with or without a certificate.
class RawPeer {
public:
    RawPeer(asio::io_context& context, std::uint16_t port, asio::ssl::context tls)
        : context_(context), tls_(std::move(tls)), stream_(context, tls_) {
        error_code error;
        stream_.next_layer().connect({asio::ip::address_v4::loopback(), port}, error);
        REQUIRE_FALSE(error);
        stream_.async_handshake(asio::ssl::stream_base::client, [this](error_code result) {
            handshake_ = result;
            if (!result) read();
        });
    }

    void finish_handshake() {
        REQUIRE(run_until(context_, [this] { return handshake_.has_value(); }));
    }
    std::optional<error_code> handshake() const { return handshake_; }
    bool closed() const { return closed_; }

    /// Sends the bytes, one at a time if asked to.
    void send(Bytes bytes, bool bytewise = false) {
        const std::size_t step = bytewise ? 1 : bytes.size();
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            bool written = false;
            asio::async_write(stream_, asio::buffer(bytes.data() + at, step),
                              [&written](error_code, std::size_t) { written = true; });
            REQUIRE(run_until(context_, [&] { return written; }));
        }
    }

    void greet(Greeting greeting) {
        Bytes bytes;
        append_frame(bytes, ledger::encode(greeting));
        send(bytes);
    }

private:
    void read() {
        stream_.async_read_some(asio::buffer(received_), [this](error_code error, std::size_t) {
            if (!error) return read();
            closed_ = true;
        });
    }

    asio::io_context& context_;
    asio::ssl::context tls_;
    asio::ssl::stream<tcp::socket> stream_;
    std::array<std::uint8_t, 4096> received_;
    std::optional<error_code> handshake_;
    bool closed_ = false;
};

asio::ssl::context settings_of(const TlsIdentity& identity) {
    const auto settings = make_tls_settings(identity).value();
    SSL_CTX_up_ref(settings.get());
    return asio::ssl::context(settings.get());
}

/// node1 with its event loop, and good and bad clients that say they are node0.
struct Server {
    explicit Server(std::uint64_t handshake_deadline_ms = 5000,
                    std::uint64_t idle_deadline_ms = k_idle_deadline_ms) {
        auto settings = good_settings(network, 1);
        settings.handshake_deadline_ms = handshake_deadline_ms;
        settings.idle_deadline_ms = idle_deadline_ms;
        node = std::make_unique<TestNode>(context, settings);
        REQUIRE(node->start());
    }

    std::unique_ptr<RawPeer> connect(asio::ssl::context tls) {
        return std::make_unique<RawPeer>(context, node->transport->port(), std::move(tls));
    }
    std::unique_ptr<RawPeer> connect_as_node0() {
        auto peer = connect(settings_of(network.identity(network.issue("node0"))));
        peer->finish_handshake();
        REQUIRE_FALSE(*peer->handshake());
        return peer;
    }
    std::unique_ptr<RawPeer> greet_as_node0() {
        auto peer = connect_as_node0();
        peer->greet({k_protocol_version, Network::chain_id(), 0, 0});
        return peer;
    }
    bool refuses_for(const Code& code) {
        return run_until(context, [&] { return node->closed_for(code) > 0; });
    }

    Network network;
    asio::io_context context{1};
    std::unique_ptr<TestNode> node;
};

TEST_CASE("a client without a certificate is refused by both sides", "[transport]") {
    Server server;
    asio::ssl::context tls(asio::ssl::context::tls_client);
    const auto peer = server.connect(std::move(tls));
    CHECK(server.refuses_for(codes::tls_without_certificate));
    CHECK(run_until(server.context,
                    [&] { return peer->closed() || (peer->handshake() && *peer->handshake()); }));
}

TEST_CASE("a client of TLS 1.2 is refused by both sides", "[transport]") {
    Server server;
    auto tls = settings_of(server.network.identity(server.network.issue("node0")));
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(tls.native_handle(), TLS1_2_VERSION);
    const auto peer = server.connect(std::move(tls));
    CHECK(server.refuses_for(codes::tls_handshake_failed));
    REQUIRE(run_until(server.context, [&] { return peer->handshake().has_value(); }));
    CHECK(peer->handshake()->message().find("protocol version") != std::string::npos);
}

TEST_CASE("a greeting that does not fit is refused, each for its own reason", "[transport]") {
    const Digest chain = Network::chain_id();
    const std::vector<std::pair<Greeting, Code>> greetings = {
        {{k_protocol_version + 1, chain, 0, 0}, codes::peer_wrong_version},
        {{k_protocol_version, crypto::sha256({}), 0, 0}, codes::peer_wrong_chain},
        {{k_protocol_version, chain, 2, 0}, codes::peer_wrong_index},
        {{k_protocol_version, chain, 0, 1012}, codes::peer_refused_this_node},
    };
    for (const auto& [greeting, code] : greetings) {
        INFO(code.name);
        Server server;
        const auto peer = server.connect_as_node0();
        peer->greet(greeting);
        CHECK(server.refuses_for(code));
        CHECK(server.node->events.empty());
    }
}

TEST_CASE("garbage in place of a greeting is refused", "[transport]") {
    Server server;
    const auto peer = server.connect_as_node0();
    Bytes bytes;
    append_frame(bytes, as_bytes("GET / HTTP/1.1"));
    peer->send(bytes);
    CHECK(server.refuses_for(codes::peer_hello_malformed));
}

TEST_CASE("before the greeting only small frames are taken, after it only up to the limit",
          "[transport]") {
    const Bytes announces_5000 = {0x88, 0x13, 0, 0};
    const Bytes announces_4_mib_and_1 = {1, 0, 0x40, 0};
    SECTION("before") {
        Server server;
        const auto peer = server.connect_as_node0();
        peer->send(announces_5000);
        CHECK(server.refuses_for(codes::frame_too_large));
    }
    SECTION("after") {
        Server server;
        const auto peer = server.greet_as_node0();
        REQUIRE(run_until(server.context, [&] { return server.node->is_up(0); }));
        Bytes frame;
        append_frame(frame, Bytes(5000, 9));
        peer->send(frame);
        REQUIRE(run_until(server.context, [&] { return server.node->frames.size() == 1; }));
        peer->send(announces_4_mib_and_1);
        CHECK(server.refuses_for(codes::frame_too_large));
    }
}

TEST_CASE("a frame that arrives byte by byte is one frame", "[transport]") {
    Server server;
    const auto peer = server.greet_as_node0();
    Bytes frame;
    append_frame(frame, Bytes(50, 3));
    peer->send(frame, true);
    REQUIRE(run_until(server.context, [&] { return server.node->frames.size() == 1; }));
    CHECK(server.node->frames[0] == Bytes(50, 3));
}

TEST_CASE("who connects and says nothing is dropped at the deadline", "[transport]") {
    Server server(20);
    SECTION("without TLS") {
        tcp::socket silent(server.context);
        silent.connect({asio::ip::address_v4::loopback(), server.node->transport->port()});
        CHECK(server.refuses_for(codes::handshake_late));
    }
    SECTION("without a greeting") {
        const auto peer =
            server.connect(settings_of(server.network.identity(server.network.issue("node0"))));
        CHECK(server.refuses_for(codes::handshake_late));
    }
}

TEST_CASE("a session whose frame never ends is dropped at the idle deadline", "[transport]") {
    Server server(5000, 40);
    const auto peer = server.greet_as_node0();
    peer->send({100, 0, 0, 0, 1, 2, 3});
    CHECK(server.refuses_for(codes::session_idle));
}

TEST_CASE("a second session of one identity replaces the first", "[transport]") {
    Server server;
    const auto first = server.greet_as_node0();
    REQUIRE(run_until(server.context, [&] { return server.node->is_up(0); }));
    const auto second = server.greet_as_node0();
    CHECK(server.refuses_for(codes::session_replaced));
    CHECK(run_until(server.context, [&] { return first->closed(); }));
    CHECK_FALSE(second->closed());
    CHECK(server.node->events ==
          std::vector<std::pair<ValidatorIndex, bool>>{{0, true}, {0, false}, {0, true}});
}

TEST_CASE("a crowd of half-open connections does not keep a node out", "[transport]") {
    Server server;
    std::vector<tcp::socket> crowd;
    for (std::size_t i = 0; i < k_max_half_open + 5; ++i) {
        crowd.emplace_back(server.context);
        crowd.back().connect({asio::ip::address_v4::loopback(), server.node->transport->port()});
    }
    CHECK(server.refuses_for(codes::half_open_evicted));
    const auto peer = server.greet_as_node0();
    CHECK(run_until(server.context, [&] { return server.node->is_up(0); }));
}

/// Of this process.
std::size_t open_descriptors() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        count += entry.is_symlink() ? 1 : 0;
    }
    return count;
}

TEST_CASE("refused connections that never close count as half-open ones", "[transport]") {
    Server server;
    const auto unknown = server.network.identity(server.network.issue("node9"));
    const std::size_t before = open_descriptors();
    constexpr std::size_t k_crowd = k_max_half_open + 40;
    std::vector<std::unique_ptr<RawPeer>> crowd;
    for (std::size_t i = 0; i < k_crowd; ++i) {
        crowd.push_back(server.connect(settings_of(unknown)));
        crowd.back()->finish_handshake();
    }
    REQUIRE(run_until(server.context,
                      [&] { return server.node->closed_for(codes::peer_unknown) == k_crowd; }));
    // Each client holds its own socket; the rest are the server's.
    CHECK(open_descriptors() - before <= k_crowd + k_max_half_open);
    const auto peer = server.greet_as_node0();
    CHECK(run_until(server.context, [&] { return server.node->is_up(0); }));
}

}  // namespace
}  // namespace cityledger::io::test
