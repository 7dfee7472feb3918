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

TEST_CASE("each peer has its share a second of each kind, and no more at once than the burst") {
    PartFixture fixture;
    for (std::size_t kind = 0; kind < k_rations; ++kind) {
        const auto ration = static_cast<Ration>(kind);
        const RationBound& bound = bound_of(ration);
        INFO(bound.name);
        CHECK(fixture.links.may_cost(1, ration, bound.burst, 1'000'000));
        CHECK_FALSE(fixture.links.may_cost(1, ration, 1, 1'000'000));
        CHECK(fixture.links.may_cost(1, ration, 0, 1'000'000));
        CHECK(fixture.links.may_cost(2, ration, 1, 1'000'000));  // others have their own
        CHECK_FALSE(fixture.links.may_cost(1, ration, bound.per_second / 2 + 1, 1'000'500));
        CHECK(fixture.links.may_cost(1, ration, bound.per_second / 2, 1'000'500));
        Counters counters;
        fixture.links.add_counters(counters);
        CHECK(counters.at("p2p_rationed_" + std::string(bound.name)) == 2);
    }
}

TEST_CASE("a bucket that is asked each millisecond fills as fast as one that is asked seldom") {
    const RationBound slow{"test", 10, 100};
    TokenBucket bucket(slow);
    CHECK(bucket.take(100, 1000));
    int taken = 0;
    for (std::uint64_t ms = 1001; ms <= 2000; ++ms) taken += bucket.take(1, ms) ? 1 : 0;
    CHECK(taken == 10);
}

TEST_CASE("frames above the share are dropped unread") {
    PartFixture fixture;
    const std::uint64_t burst = bound_of(Ration::frames).burst;
    for (std::uint64_t i = 0; i < burst; ++i) REQUIRE(fixture.links.on_frame(1, 10, 5000));
    CHECK_FALSE(fixture.links.on_frame(1, 10, 5000));
    CHECK(fixture.links.on_frame(2, 10, 5000));
    CHECK(fixture.links.peers()[1].heard_ms == 5000);  // it is there all the same
}
