// Random runs: loss, duplication, delay, partitions and crashes, from a seed. Safety holds always;
// after healing, everything that was submitted becomes final everywhere.

#include <catch2/catch.hpp>

#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

constexpr Milliseconds k_trouble_ms = 20'000;
constexpr Milliseconds k_heal_limit_ms = 120'000;

NetworkOptions troubled(std::size_t validators, std::uint64_t seed) {
    NetworkOptions options;
    options.validators = validators;
    options.seed = seed;
    options.loss_permille = seed % 4 * 80;
    options.duplicate_permille = seed % 3 * 100;
    options.max_delay_ms = seed % 5 == 0 ? 900 : 5 + seed % 7 * 10;
    options.max_sync_ms = seed % 2 == 0 ? 2 : 60;
    options.core.view_timeout_base_ms = 400;
    options.core.view_timeout_cap_ms = 4'000;
    options.core.resend_interval_ms = 200;
    return options;
}

/// Any number of nodes may be down at once.
void crash_somebody(Network& network) {
    const std::size_t id = network.random(network.size());
    network.crash(id);
    network.later(network.random(3'000), [&network, id] { network.restart(id); });
}

void split_somehow(Network& network) {
    std::vector<std::set<std::size_t>> groups(1 + network.random(3));
    for (std::size_t i = 0; i < network.size(); ++i) {
        groups[network.random(groups.size())].insert(i);
    }
    network.partition(groups);
}

void trouble(Network& network, Milliseconds at) {
    network.later(at, [&network] {
        const std::uint64_t kind = network.random(6);
        if (kind <= 1) crash_somebody(network);
        if (kind == 2) split_somehow(network);
        if (kind == 3) network.partition({});
        if (kind >= 4) network.submit_batch();
    });
}

void run_seed(std::size_t validators, std::uint64_t seed) {
    INFO("validators " << validators << ", seed " << seed);
    Network network(troubled(validators, seed));
    network.start_all();
    for (int i = 0; i < 5; ++i) network.submit_batch();
    for (Milliseconds at = 0; at < k_trouble_ms; at += 150) trouble(network, at);
    network.run_for(k_trouble_ms + 3'000);
    network.heal();
    const std::uint64_t goal = network.min_height() + 3;
    for (int i = 0; i < 4; ++i) network.submit_batch();
    INFO("goal " << goal << ", now " << network.now());
    const bool live = network.run_to_height(goal, k_heal_limit_ms);
    for (const std::string& violation : network.violations()) FAIL_CHECK(violation);
    for (std::size_t i = 0; i < network.size(); ++i) {
        const CoreStatus status = network.node(i).core->status();
        INFO("node " << i << " view " << status.view << " final " << status.finalized_view << "/"
                     << status.finalized_height << " chain " << network.node(i).chain.size()
                     << " notarized " << status.notarized_by.size() << " nullified "
                     << status.nullified_by.size() << " work " << network.node(i).had_work);
        CHECK(live);
        CHECK_FALSE(status.halted);
        CHECK(status.evidence_count == 0);
    }
    REQUIRE(network.violations().empty());
    REQUIRE(live);
}

TEST_CASE("200 random runs of 4 validators stay safe and come to an end", "[consensus][random]") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) run_seed(4, seed);
}

TEST_CASE("200 random runs of 7 validators stay safe and come to an end", "[consensus][random]") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) run_seed(7, seed);
}

}  // namespace
}  // namespace cityledger::consensus::testing
