// Frames to peers, and what is counted of them.

#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

TEST_CASE("a pushed batch is the frame of a BatchPush") {
    PartFixture fixture;
    const auto [digest, batch] = fixture.batch(0, 1);
    CHECK(encode_batch_push(*batch) == encode_message(BatchPush{*batch}));
}

TEST_CASE("a broadcast reaches those that are connected") {
    PartFixture fixture;
    fixture.links.on_session(1, true, 0);
    fixture.links.on_session(3, true, 0);
    fixture.links.on_session(2, true, 0);
    fixture.links.on_session(2, false, 0);
    fixture.links.broadcast(BlockRequest{});
    REQUIRE(fixture.transport.sent.size() == 2);
    CHECK(fixture.transport.sent[0].first == 1);
    CHECK(fixture.transport.sent[1].first == 3);
    Counters counters;
    fixture.links.add_counters(counters);
    CHECK(counters.at("p2p_sessions_opened") == 3);
    CHECK(counters.at("p2p_sessions_closed") == 1);
    CHECK(counters.at("p2p_peers") == 2);
    CHECK(counters.at("p2p_send_bytes") == 2 * encode_message(BlockRequest{}).size());
}

TEST_CASE("a peer that breaks the protocol loses its session, and the reason is kept") {
    PartFixture fixture;
    fixture.links.close(2, Error{k_sync_failed, "why"});
    REQUIRE(fixture.transport.closed.size() == 1);
    CHECK(fixture.transport.closed[0].first == 2);
    CHECK(fixture.links.peers()[2].last_error.find("why") != std::string::npos);
}

TEST_CASE("each peer is served its share a second, and no more at once than the burst") {
    PartFixture fixture;
    CHECK(fixture.links.may_serve(1, k_serve_burst_bytes, 1000));
    CHECK_FALSE(fixture.links.may_serve(1, 1, 1000));
    CHECK(fixture.links.may_serve(2, 1, 1000));
    CHECK_FALSE(fixture.links.may_serve(1, k_serve_bytes_per_s / 2 + 1, 1500));
    CHECK(fixture.links.may_serve(1, k_serve_bytes_per_s / 2, 1500));
    Counters counters;
    fixture.links.add_counters(counters);
    CHECK(counters.at("p2p_requests_rationed") == 2);
}
