// Hints, silence and standing of one node.

#include "node/replica/presence.hpp"
#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

constexpr std::uint64_t k_silence_ms = 3000;

struct PresenceFixture : PartFixture {
    PresenceFixture()
        : driver(std::make_unique<consensus::Core>(validators, &keys[0], core_options(),
                                                   recovered.consensus),
                 {}, *log, execution, links, reactor, trace),
          recovery(validators, false, {}, {}, *log, driver, links, checker, reactor),
          sync(validators, *log, links, checker, reactor, trace,
               [](const auto&, const auto&, const auto&, std::uint64_t) {}),
          presence(validators, k_silence_ms, *log, execution, driver, recovery, sync, links,
                   reactor, trace) {
        connect_all();
    }
    static consensus::CoreOptions core_options() {
        consensus::CoreOptions options;
        options.self = 0;
        return options;
    }
    void execute_next() {
        append_final({});
        log->request_sync();
        syncer.finish();
        execution.pump();
        ledger::ExecutedBlock block;
        block.state.height = log->final_height();
        port.wanted.back().done(block);
    }
    CoreDriver driver;
    VoteRecovery recovery;
    BlockSync sync;
    Presence presence;
};

}  // namespace

TEST_CASE("a node tells a hint once a second, and one at the first change of its standing") {
    PresenceFixture fixture;
    fixture.presence.tick();
    CHECK(fixture.transport.take<Hint>().size() == 3);
    fixture.presence.pump();
    const auto hints = fixture.transport.take<Hint>();
    REQUIRE(hints.size() == 3);
    CHECK(hints[0].second.standing == Standing::asking);
    CHECK(fixture.told<StandingChanged>() == 1);
    fixture.presence.pump();
    CHECK(fixture.transport.sent.empty());
    fixture.scheduler.run_ms(5 * k_gossip_interval_ms);
    CHECK(fixture.transport.take<Hint>().size() == 15);
}

TEST_CASE("a silent peer counts as unreachable until it is heard again") {
    PresenceFixture fixture;
    fixture.presence.tick();
    fixture.scheduler.run_ms(k_silence_ms - 1);
    REQUIRE(fixture.links.on_frame(2, 10, fixture.scheduler.now_ms()));
    fixture.scheduler.run_ms(k_gossip_interval_ms);
    CHECK_FALSE(fixture.links.peers()[1].reachable);
    CHECK(fixture.links.peers()[2].reachable);
    CHECK(fixture.told<PeerChanged>() == 2);  // peers 1 and 3
    fixture.presence.on_heard(1);
    CHECK(fixture.links.peers()[1].reachable);
    CHECK(fixture.told<PeerChanged>() == 3);
    fixture.presence.on_heard(1);
    CHECK(fixture.told<PeerChanged>() == 3);
}

TEST_CASE("an executed change is told soon, once, unless something has told it before") {
    PresenceFixture fixture;
    fixture.execute_next();
    fixture.transport.sent.clear();
    fixture.presence.on_state_changed();
    fixture.presence.on_state_changed();
    CHECK(fixture.transport.sent.empty());
    fixture.scheduler.run_ms(k_hint_delay_ms);
    const auto hints = fixture.transport.take<Hint>();
    REQUIRE(hints.size() == 3);
    CHECK(hints[0].second.progress.executed_height == 1);
    fixture.presence.on_state_changed();
    fixture.scheduler.run_ms(k_hint_delay_ms);
    CHECK(fixture.transport.take<Hint>().empty());
}

TEST_CASE("a hint is remembered, and a session that ends forgets the standing") {
    PresenceFixture fixture;
    fixture.presence.on_hint(2, Hint{{7, 6, 1}, Standing::votes_lost, 5});
    const Peer& peer = fixture.links.peers()[2];
    CHECK(peer.progress.final_height == 7);
    CHECK(peer.standing == Standing::votes_lost);
    CHECK(peer.votes_above_view == 5);
    fixture.links.on_session(2, false, fixture.scheduler.now_ms());
    CHECK_FALSE(peer.standing.has_value());
}

TEST_CASE("a node whose state diverged says why") {
    PresenceFixture fixture;
    fixture.execution.diverge("other roots");
    CHECK(fixture.presence.standing().standing == Standing::diverged);
    CHECK(fixture.presence.standing().reason == "other roots");
    fixture.reactor.fail(Error{k_sync_failed, {}});
    CHECK(fixture.presence.standing().standing == Standing::stopped);
}
