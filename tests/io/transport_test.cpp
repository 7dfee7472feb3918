// Two nodes talk: sessions, frames, bounds, fault controls.

#include "node/io/transport/transport.hpp"

#include <catch2/catch.hpp>

#include "crypto/crypto_codes.hpp"
#include "node/io/transport/transport_frames.hpp"
#include "tests/io/transport_fixtures.hpp"

namespace cityledger::io::test {
namespace {

/// node0 dials node1; both are good.
struct Pair {
    explicit Pair(std::size_t max_send_queue_bytes = k_max_send_queue_bytes) {
        auto second_settings = good_settings(network, 1);
        second_settings.max_send_queue_bytes = max_send_queue_bytes;
        second = std::make_unique<TestNode>(context, second_settings);
        REQUIRE(second->start());
        auto first_settings = good_settings(network, 0);
        first_settings.peers = {{"node1", "127.0.0.1", second->transport->port()}};
        first = std::make_unique<TestNode>(context, first_settings);
        REQUIRE(first->start());
        REQUIRE(run_until(context, [&] { return first->is_up(1) && second->is_up(0); }));
    }

    Network network;
    boost::asio::io_context context{1};
    std::unique_ptr<TestNode> first;
    std::unique_ptr<TestNode> second;
};

std::shared_ptr<const Bytes> frame_of(std::size_t size, std::uint8_t value) {
    return std::make_shared<const Bytes>(size, value);
}

TEST_CASE("two nodes exchange frames of every size in order", "[transport]") {
    Pair pair;
    CHECK(pair.first->events == std::vector<std::pair<ValidatorIndex, bool>>{{1, true}});
    const std::vector<std::size_t> sizes = {1, 3, 1000, 70'000, k_max_frame_bytes, 5};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        pair.first->transport->send(1, frame_of(sizes[i], static_cast<std::uint8_t>(i)));
    }
    pair.second->transport->send(0, frame_of(9, 77));
    REQUIRE(run_until(pair.context, [&] {
        return pair.second->frames.size() == sizes.size() && pair.first->frames.size() == 1;
    }));
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        CHECK(pair.second->frames[i] == *frame_of(sizes[i], static_cast<std::uint8_t>(i)));
    }
    CHECK(pair.first->frames[0] == Bytes(9, 77));
}

TEST_CASE("a session that a side closes comes again, with its reason kept meanwhile",
          "[transport]") {
    Pair pair;
    const Error reason = refuse(crypto::codes::certificate_expired, "a test's reason").value();
    pair.second->transport->close(0, reason);
    REQUIRE(run_until(pair.context, [&] { return pair.second->events.size() == 2; }));
    CHECK(pair.second->events[1] == std::make_pair(ValidatorIndex{0}, false));
    CHECK(pair.second->last_error(0)->detail == "a test's reason");
    REQUIRE(run_until(pair.context, [&] {
        return pair.second->events.size() == 3 && pair.first->events.size() == 3;
    }));
    CHECK(pair.first->closed_for(codes::session_lost) == 1);
    CHECK_FALSE(pair.second->last_error(0));
}

TEST_CASE("a peer that does not take its messages loses the session", "[transport]") {
    Pair pair(1000);
    pair.second->transport->send(0, frame_of(600, 1));
    pair.second->transport->send(0, frame_of(600, 2));
    CHECK(pair.second->events.size() == 1);  // never told inside the call
    REQUIRE(run_until(pair.context,
                      [&] { return pair.second->closed_for(codes::send_queue_full) == 1; }));
}

TEST_CASE("a blocked link ends at once, stays away, and comes back when it is healed",
          "[transport]") {
    Pair pair;
    pair.second->transport->set_blocked({0});
    REQUIRE(run_until(pair.context, [&] {
        // The session, and then a new dial, which is told why.
        return pair.second->closed_for(codes::peer_blocked) >= 2 &&
               pair.first->closed_for(codes::peer_refused_this_node) >= 1;
    }));
    CHECK_FALSE(pair.second->is_up(0));
    pair.second->transport->set_blocked({});
    CHECK(run_until(pair.context, [&] { return pair.first->is_up(1) && pair.second->is_up(0); }));
}

TEST_CASE("a blocked dialler heals by dialling at once", "[transport]") {
    Pair pair;
    pair.first->transport->set_blocked({1});
    REQUIRE(
        run_until(pair.context, [&] { return !pair.first->is_up(1) && !pair.second->is_up(0); }));
    CHECK(pair.first->last_error(1)->code == codes::peer_blocked);
    pair.first->transport->set_blocked({});
    CHECK(run_until(pair.context, [&] { return pair.first->is_up(1) && pair.second->is_up(0); }));
}

TEST_CASE("a port that is taken is named", "[transport]") {
    Pair pair;
    auto settings = good_settings(pair.network, 2);
    settings.listen_port = pair.second->transport->port();
    TestNode third(pair.context, settings);
    const Status started = third.start();
    REQUIRE_FALSE(started);
    CHECK(started.error().code == codes::listen_failed);
    CHECK(started.error().detail.find(std::to_string(settings.listen_port)) != std::string::npos);
}

TEST_CASE("a peer that is not there is reported and dialled again", "[transport]") {
    Network network;
    boost::asio::io_context context{1};
    auto settings = good_settings(network, 0);
    {
        boost::asio::ip::tcp::acceptor closed(context, {boost::asio::ip::tcp::v4(), 0});
        settings.peers = {{"node1", "127.0.0.1", closed.local_endpoint().port()}};
    }
    TestNode node(context, settings);
    REQUIRE(node.start());
    REQUIRE(run_until(context, [&] { return node.closed_for(codes::peer_unreachable) >= 2; }));
    CHECK(node.last_error(1)->code == codes::peer_unreachable);
}

TEST_CASE("an identity that cannot be used and a peer that is no validator stop the start",
          "[transport]") {
    Network network;
    boost::asio::io_context context{1};
    Logger logger;
    const auto issued = network.issue("node0");
    auto mixed = settings_for(network, 0,
                              {issued.certificate_pem, network.issue("node0").private_key_pem,
                               network.authority().certificate_pem});
    const auto refused = TcpTransport::create(context, mixed, logger);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == codes::tls_settings_unusable);

    auto stranger = good_settings(network, 0);
    stranger.peers = {{"node9", "127.0.0.1", 1}};
    CHECK(TcpTransport::create(context, stranger, logger).error().code == codes::config_invalid);
}

TEST_CASE("frames survive every split and take memory only as bytes arrive", "[transport]") {
    Bytes stream;
    append_frame(stream, Bytes(5, 1));
    append_frame(stream, Bytes());
    append_frame(stream, Bytes(300, 2));
    for (const std::size_t step : {1u, 2u, 3u, 7u, 400u}) {
        FrameBuffer buffer(1000);
        std::vector<std::size_t> sizes;
        for (std::size_t at = 0; at < stream.size(); at += step) {
            const std::size_t size = std::min(step, stream.size() - at);
            const auto space = buffer.space();
            REQUIRE(space.size() >= size);
            std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), size,
                        static_cast<std::uint8_t*>(space.data()));
            buffer.commit(size);
            for (auto frame = buffer.next(); *frame; frame = buffer.next()) {
                sizes.push_back((*frame)->size());
            }
        }
        CHECK(sizes == std::vector<std::size_t>{5, 0, 300});
    }
}

TEST_CASE("a frame above the limit is refused before its bytes come", "[transport]") {
    FrameBuffer buffer(1000);
    const auto space = buffer.space();
    const Bytes header = {0xe9, 0x03, 0, 0};  // 1001
    std::copy(header.begin(), header.end(), static_cast<std::uint8_t*>(space.data()));
    buffer.commit(header.size());
    const auto frame = buffer.next();
    REQUIRE_FALSE(frame);
    CHECK(frame.error().code == codes::frame_too_large);
}

}  // namespace
}  // namespace cityledger::io::test
