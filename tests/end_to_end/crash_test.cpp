// Killed processes and power cuts: what a client was told stays true on every node.

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "sim/runner/runner.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/simulator/virtual_world.hpp"
#include "tests/end_to_end/network.hpp"
#include "tests/paths.hpp"

namespace cityledger::sim::test {
namespace {

std::size_t power_cuts() {
    const char* wished = std::getenv("CITYLEDGER_POWER_CUTS");
    if (wished) return std::strtoull(wished, nullptr, 10);
    return deep() ? 50 : 5;
}

void cut_power(LocalWorld& world, std::size_t nodes) {
    for (std::size_t node = 0; node < nodes; ++node) world.process(node).send_signal(SIGKILL);
    for (std::size_t node = 0; node < nodes; ++node) world.process(node).kill_now();
}

TEST_CASE("from an empty folder to the receipt of the first transaction", "[start]") {
    const TemporaryFolder folder;
    const auto start = Clock::now();
    const auto world = make_network(folder.network());
    const std::uint64_t up_ms = milliseconds_since(start);
    enrol_one(*world, "P-FIRST");
    const std::uint64_t receipt_ms = milliseconds_since(start);
    std::printf(
        "empty folder to four ready nodes: %llu ms, to the first receipt: %llu ms "
        "(target 3000)\n",
        static_cast<unsigned long long>(up_ms), static_cast<unsigned long long>(receipt_ms));
    CHECK(receipt_ms < 10'000);
    CHECK(settles_within(*world, 10'000));
}

TEST_CASE("one of four is killed under load; commits go on, and it catches up", "[kill]") {
    const std::uint64_t seed = printed_seed("one of four is killed");
    const std::size_t victim = seed % 4;
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    Load load(*world, "P-KILL");
    REQUIRE(load.await_more(20, 30'000));
    world->process(victim).kill_now();
    const auto killed = Clock::now();
    REQUIRE(load.await_more(1, 30'000));
    std::printf("node%zu killed; the next receipt came after %llu ms\n", victim,
                static_cast<unsigned long long>(milliseconds_since(killed)));
    REQUIRE(load.await_more(20, 60'000));

    const Status restarted = world->inject({FaultKind::restart, {victim}, {}, {}});
    INFO((restarted ? "" : restarted.error().message()));
    REQUIRE(restarted);
    REQUIRE(load.await_more(10, 60'000));
    const auto acknowledged = load.stop();
    REQUIRE(settles_within(*world, 30'000));
    // It votes once the others have told what it may have voted for, or a grace of a second after
    // enough of them did: that can be later than the equal roots.
    const auto settled = Clock::now();
    const bool votes = holds_within(10'000, [&] {
        const auto status = world->node_client(victim).status();
        return status && status->voting;
    });
    INFO(text_of_file(world->network_folder().home("node" + std::to_string(victim)) + "/node.log"));
    CHECK(votes);
    std::printf("it votes again %llu ms after the roots were equal\n",
                static_cast<unsigned long long>(milliseconds_since(settled)));
    CHECK(missing_receipts(*world, acknowledged) == 0);
    enrol_one(*world, "P-AFTERWARDS");
}

TEST_CASE("the power of all four fails under load; no acknowledged receipt is lost", "[power]") {
    std::mt19937_64 random(printed_seed("power cuts"));
    const std::size_t cuts = power_cuts();
    const TemporaryFolder folder;
    const auto world = make_network(folder.network(), true);
    std::vector<Acknowledged> acknowledged;
    for (std::size_t cut = 1; cut <= cuts; ++cut) {
        INFO("cut " << cut << " of " << cuts);
        Load load(*world, "P-CUT" + std::to_string(cut));
        REQUIRE(load.await_more(1, 60'000));
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 800));
        cut_power(*world, 4);
        const auto told = load.stop();
        acknowledged.insert(acknowledged.end(), told.begin(), told.end());

        const auto start = Clock::now();
        const Status restarted = world->inject({FaultKind::restart, {0, 1, 2, 3}, {}, {}});
        INFO((restarted ? "" : restarted.error().message()));
        REQUIRE(restarted);
        for (std::size_t node = 0; node < 4; ++node) {
            const Status ready = world->wait_ready(node, 30'000);
            INFO((ready ? "" : ready.error().message()));
            REQUIRE(ready);
        }
        std::printf("cut %zu: %zu acknowledged in all, ready again after %llu ms\n", cut,
                    acknowledged.size(),
                    static_cast<unsigned long long>(milliseconds_since(start)));
        enrol_one(*world, "P-AFTER" + std::to_string(cut));
        REQUIRE(settles_within(*world, 30'000));
        REQUIRE(missing_receipts(*world, acknowledged) == 0);
    }
}

/// The business root at the end of a scenario that passed.
std::string final_root(const Scenario& scenario, World& world) {
    const Report report = run(scenario, world);
    INFO(report_text(report));
    REQUIRE(report.outcome == RunOutcome::passed);
    REQUIRE_FALSE(report.business_root.empty());
    return report.business_root;
}

TEST_CASE("a scenario ends with one business root in the virtual and in the local world",
          "[lockstep]") {
    const std::string name = GENERATE("shenzhen-einvoice", "beijing-directory");
    const auto scenario = read_scenario_file(source_dir() + "/scenarios/" + name + ".yaml");
    REQUIRE(scenario);
    const WorldPlan plan = make_plan(*scenario);
    const auto virtual_world = make_virtual_world(plan);
    const std::string expected = final_root(*scenario, *virtual_world);

    const TemporaryFolder folder;
    const auto start = Clock::now();
    const auto world = LocalWorld::create(plan, local_options(folder.network()));
    REQUIRE(world);
    CHECK(final_root(*scenario, **world) == expected);
    std::printf("%s: root %s in both worlds, local run %llu ms\n", name.c_str(),
                expected.substr(0, 16).c_str(),
                static_cast<unsigned long long>(milliseconds_since(start)));
}

TEST_CASE("a node that is more than 10,000 blocks behind comes back within 30 s under load",
          "[.deep]") {
    constexpr std::uint64_t k_blocks_behind = 10'000;
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    world->process(3).kill_now();
    Load load(*world, "P-BEHIND");
    const auto loading = Clock::now();
    REQUIRE(holds_within(1'800'000, [&] {
        const auto status = world->node_client(0).status();
        return status && status->executed_height > k_blocks_behind;
    }));
    std::printf("%llu blocks in %llu ms\n", static_cast<unsigned long long>(k_blocks_behind),
                static_cast<unsigned long long>(milliseconds_since(loading)));
    const auto start = Clock::now();
    REQUIRE(world->inject({FaultKind::restart, {3}, {}, {}}));
    const std::uint64_t height = world->node_client(0).status().value().executed_height;
    const bool back = holds_within(30'000, [&] {
        const auto status = world->node_client(3).status();
        return status && status->executed_height >= height;
    });
    std::printf("caught up with height %llu after %llu ms\n",
                static_cast<unsigned long long>(height),
                static_cast<unsigned long long>(milliseconds_since(start)));
    CHECK(back);
    const auto acknowledged = load.stop();
    CHECK(settles_within(*world, 30'000));
}

}  // namespace
}  // namespace cityledger::sim::test
