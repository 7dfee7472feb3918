// Twins: two nodes with one key each behave correctly, and together are one Byzantine validator
// (Bano et al., "Twins: BFT Systems Made Robust"). With one of four nothing breaks; with two of
// four the checks of the test network must find the break, or they would be worth nothing.

#include <catch2/catch.hpp>

#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

NetworkOptions with_twins(std::vector<std::size_t> nodes, std::size_t validators,
                          std::uint64_t seed) {
    NetworkOptions options;
    options.validators = validators;
    options.seed = seed;
    options.nodes = std::move(nodes);
    options.max_delay_ms = 20;
    options.core.view_timeout_base_ms = 200;
    options.core.view_timeout_cap_ms = 1'000;
    options.core.resend_interval_ms = 100;
    return options;
}

void repartition(Network& network) {
    std::vector<std::set<std::size_t>> groups(1 + network.random(2));
    for (std::size_t i = 0; i < network.size(); ++i) {
        groups[network.random(groups.size())].insert(i);
    }
    network.partition(groups);
}

std::size_t run_twins(Network& network) {
    network.start_all();
    for (int i = 0; i < 40; ++i) network.submit_batch();
    for (int i = 0; i < 60; ++i) {
        repartition(network);
        network.run_for(100 + network.random(200));
    }
    network.heal();
    network.run_for(20'000);
    std::size_t evidence = 0;
    for (std::size_t i = 0; i < network.size(); ++i) evidence += network.node(i).evidence.size();
    return evidence;
}

TEST_CASE("one validator of four with a twin breaks nothing", "[consensus][twins]") {
    std::size_t evidence = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        INFO("seed " << seed);
        Network network(with_twins({0, 1, 2, 3, 0}, 4, seed));
        evidence += run_twins(network);
        for (const std::string& violation : network.violations()) FAIL_CHECK(violation);
        REQUIRE(network.violations().empty());
        CHECK(network.node(1).chain.size() > 10);
    }
    CHECK(evidence > 0);
}

TEST_CASE("two validators of seven with twins break nothing", "[consensus][twins]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        Network network(with_twins({0, 1, 2, 3, 4, 5, 6, 0, 1}, 7, seed));
        run_twins(network);
        for (const std::string& violation : network.violations()) FAIL_CHECK(violation);
        REQUIRE(network.violations().empty());
        CHECK(network.node(2).chain.size() > 10);
    }
}

TEST_CASE("control: two validators of four with twins fork the chain, and it is found",
          "[consensus][twins]") {
    Network network(with_twins({0, 1, 2, 3, 0, 1}, 4, 7));
    network.partition({{0, 1, 2}, {3, 4, 5}});
    network.start_all();
    for (int i = 0; i < 20; ++i) network.submit_batch();
    network.run_for(20'000);
    REQUIRE_FALSE(network.violations().empty());
    CHECK(network.violations().front().find("two blocks are final") != std::string::npos);
    network.heal();
    network.run_for(5'000);
    // The correct nodes see certificates that contradict each other and vote no more.
    CHECK((network.node(2).core->status().halted || network.node(3).core->status().halted));
}

}  // namespace
}  // namespace cityledger::consensus::testing
