// Stories of whole networks in virtual time.

#include <catch2/catch.hpp>

#include "sim/simulator/load.hpp"
#include "sim/simulator/simulator_codes.hpp"

using namespace cityledger;
using namespace cityledger::sim;

namespace {

struct Network {
    WorldPlan plan;
    VirtualCluster cluster;
    VirtualLoad load;

    explicit Network(std::uint64_t seed, VirtualOptions options = {}, std::size_t validators = 4)
        : plan(board_plan(seed, validators)),
          cluster(plan, with_board(std::move(options))),
          load(cluster, plan) {}

    static VirtualOptions with_board(VirtualOptions options) {
        options.contracts = &board_contracts();
        return options;
    }
    /// All honest nodes execute so many more blocks, under load.
    bool progresses(std::uint64_t blocks, std::uint64_t timeout_ms = 60'000) {
        const std::uint64_t target = cluster.checker().highest_block() + blocks;
        return cluster.run_until([&] { return cluster.lowest_executed_height() >= target; },
                                 timeout_ms);
    }
    /// The load ends, everybody catches up, and every acknowledged receipt is everywhere.
    void check_whole() {
        load.stop();
        const bool settled = cluster.run_until(
            [&] { return cluster.lowest_executed_height() >= cluster.checker().highest_block(); },
            60'000);
        CHECK(settled);
        for (std::size_t node = 0; node < cluster.size(); ++node) {
            if (cluster.honest(node)) {
                cluster.checker().check_acknowledged(node, cluster.store(node));
            }
        }
        INFO(cluster.report().value_or("no invariant broke"));
        CHECK_FALSE(cluster.broken());
    }
    std::string what_broke() { return cluster.checker().broken().value_or(""); }
};

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Kills all nodes at a random moment under load, again and again; ends at the first broken
/// invariant.
void cut_power_of_all(Network& network, int times) {
    network.load.start(10);
    SimulatedRandom moments = SimulatedRandom(network.plan.seed).fork("moments");
    for (int cut = 0; cut < times && !network.cluster.broken(); ++cut) {
        network.cluster.run_for(moments.between(30, 500));
        for (std::size_t node = 0; node < network.cluster.size(); ++node) {
            (void)network.cluster.kill(node);
        }
        for (std::size_t node = 0; node < network.cluster.size(); ++node) {
            const auto started = network.cluster.restart(node);
            if (!started) network.cluster.checker().fail(started.error().message());
        }
    }
    if (network.cluster.broken()) return;
    if (!network.progresses(3)) network.cluster.checker().fail("no progress at the end");
}

}  // namespace

TEST_CASE("four nodes execute what clients send, each once", "[virtual]") {
    Network network(1);
    network.load.start(20);
    REQUIRE(network.progresses(20));
    network.load.stop();
    network.cluster.run_for(5'000);
    CHECK(network.load.sent() > 5);
    CHECK(network.load.executed() >= network.load.sent());
    CHECK(network.cluster.checker().votes_seen() > 100);
    network.check_whole();
}

TEST_CASE("a single validator is a network too", "[virtual]") {
    Network network(2, {}, 1);
    network.load.start(20);
    REQUIRE(network.progresses(10));
    network.check_whole();
}

TEST_CASE("an idle network comes to rest", "[virtual]") {
    Network network(3);
    network.load.start(20);
    REQUIRE(network.progresses(5));
    network.load.stop();
    network.cluster.run_for(10'000);
    const std::uint64_t height = network.cluster.checker().highest_block();
    network.cluster.run_for(20'000);
    CHECK(network.cluster.checker().highest_block() == height);
    network.check_whole();
}

TEST_CASE("lost and doubled messages cost time only", "[virtual]") {
    VirtualOptions options;
    options.network.loss = 200'000;
    options.network.duplicate = 200'000;
    options.network.reset = 5'000;
    Network network(4, options);
    network.load.start(50);
    REQUIRE(network.progresses(10, 300'000));
    network.check_whole();
}

TEST_CASE("the network goes on without one node, which catches up after its restart", "[virtual]") {
    Network network(5);
    network.load.start(20);
    REQUIRE(network.progresses(5));
    REQUIRE(network.cluster.kill(2).has_value());
    CHECK(network.cluster.kill(2).error().code == codes::virtual_wrong_state);
    const std::uint64_t height = network.cluster.checker().highest_block();
    REQUIRE(network.cluster.run_until(
        [&] { return network.cluster.checker().highest_block() > height + 20; }, 120'000));
    CHECK(network.cluster.executed_height(2) == 0);
    REQUIRE(network.cluster.restart(2).has_value());
    CHECK(network.cluster.restart(2).error().code == codes::virtual_wrong_state);
    REQUIRE(network.progresses(5));
    network.check_whole();
}

TEST_CASE("a paused node holds its breath and catches up", "[virtual]") {
    Network network(6);
    network.load.start(20);
    REQUIRE(network.progresses(5));
    REQUIRE(network.cluster.pause(1).has_value());
    CHECK(network.cluster.pause(1).error().code == codes::virtual_wrong_state);
    const std::uint64_t held_at = network.cluster.executed_height(1);
    network.cluster.run_for(20'000);
    CHECK(network.cluster.executed_height(1) == held_at);
    REQUIRE(network.cluster.resume(1).has_value());
    REQUIRE(network.progresses(5));
    network.check_whole();
}

TEST_CASE("two against two decide nothing, and go on once healed", "[virtual]") {
    Network network(7);
    network.load.start(20);
    REQUIRE(network.progresses(5));
    network.cluster.network().partition({{0, 1}, {2, 3}});
    network.cluster.run_for(2'000);
    const std::uint64_t height = network.cluster.checker().highest_block();
    network.cluster.run_for(30'000);
    CHECK(network.cluster.checker().highest_block() == height);
    network.cluster.network().heal();
    REQUIRE(network.progresses(10));
    network.check_whole();
}

TEST_CASE("a node that is not heard, but hears, does not stop the others", "[virtual]") {
    Network network(8);
    network.load.start(20);
    REQUIRE(network.progresses(5));
    for (ValidatorIndex peer = 1; peer < 4; ++peer) network.cluster.network().block(0, peer);
    const std::uint64_t height = network.cluster.checker().highest_block();
    REQUIRE(network.cluster.run_until(
        [&] { return network.cluster.checker().highest_block() > height + 10; }, 120'000));
    network.cluster.network().heal();
    REQUIRE(network.progresses(5));
    network.check_whole();
}

TEST_CASE("an equivocating node is found out and divides nobody", "[virtual]") {
    Network network(9);
    REQUIRE(network.cluster.make_byzantine(3, "equivocate").has_value());
    CHECK(network.cluster.make_byzantine(2, "yodel").error().code ==
          codes::virtual_behaviour_unknown);
    network.load.start(20);
    REQUIRE(network.progresses(30, 300'000));
    std::uint64_t evidence = 0;
    for (std::size_t node = 0; node < 3; ++node) {
        evidence += network.cluster.replica(node)->status().consensus.evidence_count;
    }
    CHECK(evidence > 0);
    network.check_whole();
}

TEST_CASE("silent leaders and withheld votes of one node cost time only", "[virtual]") {
    const std::string behaviour = GENERATE(
        std::string("silent_leader"), std::string("withhold_votes"), std::string("double_vote"));
    INFO(behaviour);
    Network network(10);
    REQUIRE(network.cluster.make_byzantine(1, behaviour).has_value());
    network.load.start(50);
    REQUIRE(network.progresses(15, 300'000));
    network.check_whole();
}

TEST_CASE("floods, false answers of block sync and withheld certificates cost the others little",
          "[virtual]") {
    const std::string behaviour =
        GENERATE(std::string("flood_votes"), std::string("flood_batches"),
                 std::string("lie_in_sync"), std::string("withhold_certificates"));
    INFO(behaviour);
    Network network(11);
    REQUIRE(network.cluster.make_byzantine(0, behaviour).has_value());
    network.load.start(20);
    for (int round = 0; round < 12 && (round == 0 || network.cluster.lies(0) == 0); ++round) {
        network.cluster.run_for(5'000);
        REQUIRE(network.cluster.kill(2));  // so that somebody has to fetch what it missed
        network.cluster.run_for(5'000);
        REQUIRE(network.cluster.restart(2));
    }
    REQUIRE(network.progresses(30, 120'000));
    CHECK(network.cluster.lies(0) > 0);
    CHECK(network.cluster.replica(1)->status().batches_held < 1000);
    network.check_whole();
}

TEST_CASE("false roots and forged headers are refused, and the others go on", "[virtual]") {
    const std::string behaviour = GENERATE(std::string("false_roots"), std::string("forge_header"));
    const std::uint64_t seed = GENERATE(range(20u, 30u));
    VirtualOptions options;
    // Execution that takes as long as a round trip: the lie comes before the truth is known.
    if (seed % 2 == 1) options.work.execute_max_us = 20'000;
    INFO(behaviour << ", seed " << seed);
    Network network(seed, options);
    REQUIRE(network.cluster.make_byzantine(1, behaviour).has_value());
    network.load.start(20);
    network.cluster.run_for(20'000);
    INFO(network.cluster.report().value_or("no invariant broke"));
    CHECK(network.cluster.lies(1) > 50);
    // Most forged fields are seen when the proposal arrives; roots only by who has executed.
    if (behaviour == "false_roots") CHECK(network.cluster.checker().refusals_seen() > 20);
    CHECK(network.cluster.checker().highest_block() > 50);
    CHECK(network.cluster.lies(0) == 0);
    REQUIRE(network.progresses(10, 60'000));
    network.check_whole();
}

TEST_CASE("a power cut of all nodes, fifty times, loses no acknowledged receipt", "[virtual]") {
    VirtualOptions options;
    options.disk.keep_unsynced_files = 500'000;
    options.disk.keep_unsynced_names = 500'000;
    options.disk.torn_write = 500'000;
    options.network.delay_max_us = 6'000;
    // How many there are swings: a view whose leader fell with its proposal needs the timer, and
    // most cuts come before it.
    std::uint64_t acknowledged = 0;
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        INFO("seed " << seed);
        Network network(seed, options);
        cut_power_of_all(network, 50);
        network.check_whole();
        acknowledged += network.cluster.checker().acknowledged();
    }
    CHECK(acknowledged > 3 * 100);
}

TEST_CASE("control: without syncs the checker sees votes that are not on the disk", "[virtual]") {
    VirtualOptions options;
    options.work.sync_lies_per_million = k_million;
    Network network(11, options);
    cut_power_of_all(network, 50);
    CHECK(mentions(network.what_broke(), "vote left before it was on the disk"));
}

TEST_CASE("control: without syncs power cuts lose what was acknowledged", "[virtual]") {
    VirtualOptions options;
    options.work.sync_lies_per_million = k_million;
    options.check_persisted_votes = false;
    Network network(12, options);
    cut_power_of_all(network, 50);
    INFO(network.what_broke());
    CHECK(network.cluster.broken());
}

TEST_CASE("a failed sync stops its node, and the others go on", "[virtual]") {
    Network network(13);
    network.load.start(20);
    REQUIRE(network.progresses(5));
    network.cluster.disk(0).fail_next_sync();
    REQUIRE(network.cluster.run_until(
        [&] { return network.cluster.state(0) == VirtualCluster::NodeState::down; }, 10'000));
    CHECK_FALSE(network.cluster.down_because(0).empty());
    const std::uint64_t height = network.cluster.checker().highest_block();
    REQUIRE(network.cluster.run_until(
        [&] { return network.cluster.checker().highest_block() > height + 5; }, 60'000));
    REQUIRE(network.cluster.restart(0).has_value());
    REQUIRE(network.progresses(5));
    network.check_whole();
}

TEST_CASE("a sync that fails in the start refuses it, and the next start works", "[virtual]") {
    Network network(16);
    network.load.start(20);
    REQUIRE(network.progresses(5));
    REQUIRE(network.cluster.kill(0).has_value());
    DiskFaults failing;
    failing.sync_failure = k_million;
    network.cluster.disk(0).set_faults(failing);
    const auto started = network.cluster.restart(0);
    if (!started) {
        CHECK(started.error().code == codes::disk_sync_failed);
        CHECK_FALSE(network.cluster.down_because(0).empty());
    }
    network.cluster.run_for(2'000);
    CHECK(network.cluster.state(0) == VirtualCluster::NodeState::down);
    network.cluster.disk(0).set_faults({});
    REQUIRE(network.cluster.restart(0).has_value());
    REQUIRE(network.progresses(5));
    network.check_whole();
}

TEST_CASE("a node whose disk is full serves again once there is room", "[virtual]") {
    Network network(14);
    network.load.start(10);
    REQUIRE(network.progresses(5));
    DiskFaults full;
    full.capacity_bytes = 1024 * 1024 + 64 * 1024;
    network.cluster.disk(1).set_faults(full);
    network.cluster.run_for(10'000);
    CHECK_FALSE(network.cluster.broken());
    CHECK_FALSE(network.cluster.replica(1)->status().accepts_transactions);
    network.cluster.disk(1).set_faults({});
    REQUIRE(network.progresses(5));
    network.check_whole();
}

TEST_CASE("a process that ends loses nothing; with a new log a node begins from nothing",
          "[virtual]") {
    Network network(16);
    network.load.start(20);
    REQUIRE(network.progresses(5));
    CHECK(network.cluster.wipe(2).error().code == codes::virtual_wrong_state);
    REQUIRE(network.cluster.end_process(2).has_value());
    CHECK(network.cluster.end_process(2).error().code == codes::virtual_wrong_state);
    const auto applied = network.cluster.state_store(2).applied_height();
    REQUIRE(applied);
    REQUIRE(network.cluster.restart(2).has_value());
    CHECK(network.cluster.executed_height(2) >= *applied);
    REQUIRE(network.progresses(5));
    REQUIRE(network.cluster.kill(2).has_value());
    REQUIRE(network.cluster.wipe(2).has_value());
    REQUIRE(network.cluster.restart(2).has_value());
    CHECK(network.cluster.executed_height(2) == 0);
    REQUIRE(network.progresses(5));
    network.check_whole();
}

TEST_CASE("a meddler takes votes out of the sessions; without it the network goes on",
          "[virtual]") {
    Network network(17);
    network.load.start(20);
    REQUIRE(network.progresses(5));
    std::size_t lost = 0;
    network.cluster.set_meddler([&](ValidatorIndex, ValidatorIndex, node::PeerMessage& message) {
        const bool is_vote = std::holds_alternative<node::VoteMessage>(message);
        lost += is_vote ? 1 : 0;
        return !is_vote;
    });
    network.cluster.run_for(1'000);
    const std::uint64_t height = network.cluster.checker().highest_block();
    network.cluster.run_for(20'000);
    CHECK(network.cluster.checker().highest_block() == height);
    CHECK(lost > 0);
    network.cluster.set_meddler(nullptr);
    REQUIRE(network.progresses(5));
    network.check_whole();
}

TEST_CASE("clocks that are hours and percents apart change nothing", "[virtual]") {
    VirtualOptions options;
    options.clocks = {{0, 50'000}, {3'600'000, -50'000}, {7'200'000, 0}, {86'400'000, 20'000}};
    Network network(15, options);
    network.load.start(20);
    REQUIRE(network.progresses(20));
    network.check_whole();
}
