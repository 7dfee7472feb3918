// What a network without a voting quorum says of itself.

#include <catch2/catch.hpp>

#include "cluster_fixture.hpp"
#include "node/replica/replica.hpp"

namespace cityledger::node::test {
namespace {

PeerStatus validator(const std::string& name, std::optional<Standing> standing,
                     std::uint64_t votes_above_view = 0) {
    PeerStatus status;
    status.name = name;
    status.connected = true;
    status.standing = standing;
    status.votes_above_view = votes_above_view;
    return status;
}

PeerStatus silent(const std::string& name) {
    PeerStatus status = validator(name, Standing::voting);  // what it said before
    status.connected = false;
    return status;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("a network whose quorum votes waits for nobody", "[standing]") {
    using enum Standing;
    CHECK(network_waits_for({validator("a", voting)}, 1).empty());
    CHECK(network_waits_for(
              {validator("a", voting), validator("b", voting), validator("c", voting), silent("d")},
              3)
              .empty());
}

TEST_CASE("who may not vote is named with its reason and with what to do", "[standing]") {
    using enum Standing;
    const std::string text = network_waits_for(
        {validator("a", voting), silent("b"), validator("c", disk_full), validator("d", {}),
         validator("e", asking), validator("f", diverged), validator("g", stopped)},
        5);
    CHECK(contains(text, "1 of 7 validators may vote, 5 are needed. May not vote: b (does not"));
    CHECK(contains(text, "c (disk_full: "));
    CHECK(contains(text, "d (has not told its standing yet)"));
    CHECK(contains(text, "e (asking: "));
    CHECK(contains(text, "f (diverged: "));
    CHECK(contains(text, "start, or connect again: b."));
    CHECK(contains(text, "free disk space, they go on by themselves: c."));
    CHECK(contains(text, "keep the data folders and read the reason in /status of: f."));
    CHECK(contains(text, "mend the disk and start again: g."));
    CHECK(contains(text, "wait, these go on by themselves when the others answer: e."));
    CHECK_FALSE(contains(text, "a ("));
    CHECK_FALSE(contains(text, "--network-was-stopped"));
}

TEST_CASE("every standing but voting has its word in the text", "[standing]") {
    for (std::size_t i = 1; i < std::size(ledger::EnumNames<Standing>::names); ++i) {
        const std::string text =
            network_waits_for({validator("a", static_cast<Standing>(i), 3)}, 1);
        const std::string word(word_of(static_cast<Standing>(i)));
        INFO(text);
        CHECK(contains(text, "a (" + word + ": "));
        CHECK(contains(text, "Next: "));
    }
}

TEST_CASE("up to f validators that lost votes come back when a quorum passes their view",
          "[standing]") {
    using enum Standing;
    const std::string text = network_waits_for({validator("a", voting), validator("b", voting),
                                                validator("c", votes_lost, 12), silent("d")},
                                               3);
    CHECK(contains(text, "c (votes_lost: it votes again above view 12)"));
    CHECK(contains(text,
                   "once 3 others vote and have passed view 12, these vote again by "
                   "themselves: c."));
    CHECK(contains(text, "start, or connect again: d."));
    CHECK_FALSE(contains(text, "--network-was-stopped"));
}

TEST_CASE("more than f that lost votes need a person: the two ways back are named", "[standing]") {
    using enum Standing;
    const std::string text =
        network_waits_for({validator("a", voting), validator("b", voting),
                           validator("c", votes_lost, 12), validator("d", votes_lost, 14)},
                          3);
    CHECK(contains(text, "2 of 4 validators may vote, 3 are needed"));
    CHECK(contains(text, "d (votes_lost: it votes again above view 14)"));
    CHECK(contains(text, "cannot pass view 14 by itself"));
    CHECK(contains(text, "(1) put the newer data folders of c, d back"));
    CHECK(contains(text,
                   "(2) stop ALL validators, then start them again, these with the option "
                   "--network-was-stopped: c, d (docs/operations.md)"));
}

TEST_CASE("replicas know each other's standing, and forget that of one that is gone",
          "[standing]") {
    TestCluster world({});
    world.start_all();
    // Sooner than the next round of gossip: a new standing is told at once.
    REQUIRE(
        world.run_until([&] { return world.replica(0).status().network_waits_for.empty(); }, 500));
    world.run_ms(1000);
    for (const PeerStatus& peer : world.replica(0).status().peers) {
        CHECK(peer.standing == Standing::voting);
    }
    world.stop(2);
    world.stop(3);
    world.run_ms(100);
    const ReplicaStatus left = world.replica(0).status();
    CHECK(left.standing.may_vote());
    CHECK_FALSE(left.peers.at(2).standing);
    CHECK(contains(left.network_waits_for, "2 of 4 validators may vote, 3 are needed"));
    CHECK(contains(left.network_waits_for, left.peers.at(3).name + " (does not answer)"));
    world.start(2);
    CHECK(world.run_until([&] { return world.replica(0).status().network_waits_for.empty(); },
                          10'000));
}

}  // namespace
}  // namespace cityledger::node::test
