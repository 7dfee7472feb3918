// Golden stories: what four replicas do, line by line. CITYLEDGER_REWRITE_GOLDEN=1 writes them
// anew; what changed is then read in the diff.

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cluster_fixture.hpp"
#include "node/replica/trace_text.hpp"
#include "tests/paths.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

std::string stored_story(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void check_story(const std::string& name, const std::string& story) {
    const std::string path = source_dir() + "/tests/node/stories/" + name;
    if (std::getenv("CITYLEDGER_REWRITE_GOLDEN") != nullptr) std::ofstream(path) << story;
    INFO("if this is meant: CITYLEDGER_REWRITE_GOLDEN=1, then read the diff of " << path);
    CHECK(story == stored_story(path));
}

}  // namespace

TEST_CASE("story: one transaction on a network of four") {
    TestCluster world({});
    world.start_all();
    world.run_ms(1500);
    const auto transaction = world.transaction("greeting");
    const Digest id = world.submit(0, transaction);
    REQUIRE(world.run_until([&] { return world.has_receipt(0, id); }, 5000));
    world.run_ms(200);
    CHECK(world.cluster.story().left_out() == 0);
    check_story("one-transaction.txt", world.cluster.story().text(1000));
    check_story("one-transaction.mmd", world.cluster.story().mermaid(4));
}

TEST_CASE("story: the leader is down, and comes back") {
    TestCluster world({});
    world.start_all();
    world.run_ms(1500);
    const auto view = world.replica(0).status().consensus.view;
    const std::size_t leader = view % 4;
    world.stop(leader);
    const std::size_t other = (leader + 1) % 4;
    const Digest id = world.submit(other, world.transaction("greeting"));
    REQUIRE(world.run_until([&] { return world.has_receipt(other, id); }, 20'000));
    world.start(leader);
    world.run_ms(3000);
    CHECK(world.cluster.story().left_out() == 0);
    check_story("leader-down.txt", world.cluster.story().text(1000));
}

TEST_CASE("a story keeps its newest events and says how many it left out") {
    sim::Story story(2);
    story.tell(1'000, 0, ViewEntered{1});
    story.tell(2'500, 1, ViewTimedOut{2});
    story.tell(3'000, 2, PeerChanged{3, false});
    CHECK(story.left_out() == 1);
    CHECK(story.text(10) ==
          "      2.500 ms  node1 gives up waiting in view 2\n"
          "      3.000 ms  node2 misses node3\n");
    CHECK(story.text(1) == "      3.000 ms  node2 misses node3\n");
}

TEST_CASE("each event has its words") {
    const Digest block = crypto::sha256(as_bytes("block"));
    const std::string name = to_hex(block).substr(0, 8);
    const ledger::VoteContent notarize{ledger::VoteKind::notarize, 0, 7, block};
    const ledger::VoteContent nullify{ledger::VoteKind::nullify, 0, 7, {}};
    CHECK(words_of(VoteRecorded{notarize}) == "votes notarize in view 7 for block " + name);
    CHECK(words_of(LieSeen{2, notarize, nullify}) ==
          "sees node2 contradict itself: notarize in view 7 for block " + name +
              ", and nullify in view 7");
    CHECK(words_of(BlockFinal{3, block, 7, 2}) ==
          "makes block " + name + " final at height 3, 2 batches");
    CHECK(words_of(BlocksSynced{1, 5, 9}) == "takes heights 5 to 9 from node1");
    CHECK(words_of(BlocksAsked{1, 5}) == "asks node1 for blocks from height 5");
    CHECK(words_of(StandingChanged{Standing::voting, {Standing::disk_full, 0, "no room"}}) ==
          "is disk_full, was voting: no room");
}
