// Every event ends in one advance, and none reaches a replica that is gone.

#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

TEST_CASE("a timer and an answer of a port each end in one advance") {
    PartFixture fixture;
    int fired = 0;
    fixture.reactor.after(5, [&] { ++fired; });
    auto answer = fixture.reactor.event([&](int value) { fired += value; });
    CHECK(fixture.advances == 0);
    fixture.scheduler.run_ms(5);
    CHECK(fired == 1);
    CHECK(fixture.advances == 1);
    answer(10);
    CHECK(fired == 11);
    CHECK(fixture.advances == 2);
}

TEST_CASE("what comes back after the replica is gone is dropped") {
    HandScheduler scheduler;
    int fired = 0;
    auto reactor =
        std::make_unique<Reactor>(scheduler, Reactor::Hooks{[&] { ++fired; }, [](const Error&) {}});
    const std::function<void()> answer = reactor->event([&] { ++fired; });
    reactor->after(5, [&] { ++fired; });
    reactor.reset();
    answer();
    scheduler.run_ms(10);
    CHECK(fired == 0);
}

TEST_CASE("a failure stops the node once, in a turn of its own") {
    PartFixture fixture;
    fixture.reactor.fail(Error{k_sync_failed, "first"});
    fixture.reactor.fail(Error{k_sync_failed, "second"});
    CHECK(fixture.reactor.failed());
    CHECK(fixture.stops.empty());
    fixture.scheduler.run_ms(0);
    REQUIRE(fixture.stops.size() == 1);
    CHECK(fixture.stops[0].detail == "first");
}
