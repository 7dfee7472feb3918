// Certificates that change while sessions are open.

#include <catch2/catch.hpp>

#include "crypto/certificate_renewal.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/revocation_list.hpp"
#include "tests/io/transport_fixtures.hpp"

namespace cityledger::io::test {
namespace {

namespace asio = boost::asio;

/// What of this network is revoked.
Trust trust_without(const Network& network, const std::vector<std::string>& certificates) {
    const std::string list =
        crypto::revoke_certificates(network.authority(), "", certificates, now_unix_s()).value();
    const std::string& authority = network.authority().certificate_pem;
    return {authority, crypto::RevocationList::read(list, authority).value()};
}

bool names(const std::optional<Error>& error, const Code& code) {
    return error && error->detail.find(code.name) != std::string::npos;
}

/// node0, which dials node1.
struct Pair {
    Pair() {
        REQUIRE(accepting.start());
        dialling = std::make_unique<TestNode>(context, stolen_settings());
        REQUIRE(dialling->start());
        REQUIRE(run_until(context, [this] { return dialling->is_up(1) && accepting.is_up(0); }));
    }
    TransportSettings stolen_settings() const {
        auto settings = settings_for(network, 0, network.identity(stolen));
        settings.peers = {{"node1", "127.0.0.1", accepting.transport->port()}};
        return settings;
    }

    asio::io_context context{1};
    Network network;
    crypto::IssuedIdentity stolen = network.issue("node0");
    TestNode accepting{context, good_settings(network, 1)};
    std::unique_ptr<TestNode> dialling;
};

TEST_CASE("a session goes on when a node's certificate changes; the next one shows the new one",
          "[transport][renewal]") {
    Pair of;
    REQUIRE(of.dialling->transport->set_identity(of.network.identity(of.network.issue("node0"))));
    of.dialling->transport->send(1, std::make_shared<const Bytes>(Bytes{7}));
    REQUIRE(run_until(of.context, [&] { return of.accepting.frames.size() == 1; }));
    CHECK(of.accepting.events.size() == 1);

    // Without the old certificate the session ends, and comes back with the new one.
    of.accepting.transport->set_trust(trust_without(of.network, {of.stolen.certificate_pem}));
    CHECK(run_until(of.context, [&] {
        return of.accepting.events.size() == 3 && of.accepting.is_up(0) && of.dialling->is_up(1);
    }));
    CHECK(of.accepting.closed_for(crypto::codes::certificate_revoked) == 1);
}

TEST_CASE("an identity that does not fit together changes nothing", "[transport][renewal]") {
    Pair of;
    auto mixed = of.network.identity(of.network.issue("node0"));
    mixed.private_key_pem = of.stolen.private_key_pem;
    const Status set = of.dialling->transport->set_identity(mixed);
    REQUIRE_FALSE(set);
    CHECK(set.error().code == codes::tls_settings_unusable);
    of.accepting.transport->close(0, lost_session("the test"));
    CHECK(run_until(of.context,
                    [&] { return of.accepting.events.size() == 3 && of.accepting.is_up(0); }));
}

TEST_CASE("a revoked certificate loses its session and gets no other; both sides know why",
          "[transport][renewal]") {
    SECTION("of who dials") {
        Pair of;
        of.accepting.transport->set_trust(trust_without(of.network, {of.stolen.certificate_pem}));
        CHECK(run_until(of.context, [&] {
            return of.accepting.closed_for(crypto::codes::certificate_revoked) >= 2 &&
                   names(of.dialling->last_error(1), crypto::codes::certificate_revoked);
        }));
        CHECK_FALSE(of.accepting.is_up(0));
        CHECK(of.accepting.last_error(0)->code == crypto::codes::certificate_revoked);
    }
    SECTION("of who is dialled") {
        asio::io_context context{1};
        const Network network;
        const crypto::IssuedIdentity stolen = network.issue("node1");
        TestNode accepting(context, settings_for(network, 1, network.identity(stolen)));
        REQUIRE(accepting.start());
        auto settings = good_settings(network, 0);
        settings.peers = {{"node1", "127.0.0.1", accepting.transport->port()}};
        TestNode dialling(context, settings);
        REQUIRE(dialling.start());
        REQUIRE(run_until(context, [&] { return dialling.is_up(1) && accepting.is_up(0); }));
        dialling.transport->set_trust(trust_without(network, {stolen.certificate_pem}));
        CHECK(run_until(context, [&] {
            return dialling.closed_for(crypto::codes::certificate_revoked) >= 2 &&
                   names(accepting.last_error(0), crypto::codes::certificate_revoked);
        }));
        CHECK_FALSE(dialling.is_up(1));
    }
    SECTION("from the start") {
        asio::io_context context{1};
        const Network network;
        const crypto::IssuedIdentity stolen = network.issue("node0");
        auto careful = good_settings(network, 1);
        careful.revocations = trust_without(network, {stolen.certificate_pem}).revocations;
        TestNode accepting(context, careful);
        REQUIRE(accepting.start());
        auto settings = settings_for(network, 0, network.identity(stolen));
        settings.peers = {{"node1", "127.0.0.1", accepting.transport->port()}};
        TestNode dialling(context, settings);
        REQUIRE(dialling.start());
        CHECK(run_until(context, [&] {
            return names(dialling.last_error(1), crypto::codes::certificate_revoked);
        }));
        CHECK(accepting.events.empty());
    }
}

TEST_CASE("the thief of a revoked key does not displace the node, which has a new one",
          "[transport][renewal]") {
    Pair of;
    REQUIRE(of.dialling->transport->set_identity(of.network.identity(of.network.issue("node0"))));
    of.accepting.transport->set_trust(trust_without(of.network, {of.stolen.certificate_pem}));
    REQUIRE(run_until(of.context, [&] {
        return of.accepting.events.size() == 3 && of.accepting.is_up(0) && of.dialling->is_up(1);
    }));
    TestNode thief(of.context, of.stolen_settings());
    REQUIRE(thief.start());
    REQUIRE(run_until(of.context, [&] {
        return names(thief.last_error(1), crypto::codes::certificate_revoked);
    }));
    CHECK(of.accepting.closed_for(codes::session_replaced) == 0);
    CHECK(of.accepting.events.size() == 3);
    of.dialling->transport->send(1, std::make_shared<const Bytes>(Bytes{8}));
    CHECK(run_until(of.context, [&] { return of.accepting.frames.size() == 1; }));
}

TEST_CASE("sessions open again when an ended authority has a new certificate",
          "[transport][renewal]") {
    asio::io_context context{1};
    const std::int64_t now = now_unix_s();
    const crypto::IssuedIdentity ended =
        crypto::create_authority("test network", {now - 20 * k_day_s, now - 10 * k_day_s});
    const Network network;
    const auto identity_of = [&](const std::string& node) {
        const auto issued =
            crypto::issue_node_certificate(ended, {to_hex(Network::chain_id()), node}, around_now())
                .value();
        return TlsIdentity{issued.certificate_pem, issued.private_key_pem, ended.certificate_pem};
    };
    TestNode accepting(context, settings_for(network, 1, identity_of("node1")));
    REQUIRE(accepting.start());
    auto settings = settings_for(network, 0, identity_of("node0"));
    settings.peers = {{"node1", "127.0.0.1", accepting.transport->port()}};
    TestNode dialling(context, settings);
    REQUIRE(dialling.start());
    REQUIRE(run_until(
        context, [&] { return accepting.closed_for(crypto::codes::certificate_expired) > 0; }));
    const std::string both =
        ended.certificate_pem + crypto::renew_authority(ended, around_now()).value();
    accepting.transport->set_trust({both, {}});
    dialling.transport->set_trust({both, {}});
    CHECK(run_until(context, [&] { return dialling.is_up(1) && accepting.is_up(0); }));
}

}  // namespace
}  // namespace cityledger::io::test
