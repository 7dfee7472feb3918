// Random runs. CITYLEDGER_STORM_SEEDS sets how many, CITYLEDGER_STORM_SEED replays one.

#include "sim/simulator/storm.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>

using namespace cityledger;
using namespace cityledger::sim;

namespace {

constexpr std::uint64_t k_seeds_default = 100;
constexpr std::uint64_t k_seeds_for_statistics = 100;
constexpr std::uint64_t k_seeds_for_rare_dials = 500;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

void print(std::uint64_t seed, const StormResult& result) {
    std::cout << "seed " << seed << ": " << (result.passed ? "passed" : "FAILED") << ", "
              << result.heights << " blocks, " << result.acknowledged << " receipts, "
              << result.crashes << " crashes, " << result.events << " events, trace "
              << to_hex(result.trace).substr(0, 16) << "\n  " << result.dials << "\n";
}

void print_dials(const std::map<std::string, std::uint64_t>& fired, std::uint64_t seeds) {
    for (const auto& [dial, times] : fired) {
        std::cout << dial << ": fired in " << times * 100 / seeds << " % of the seeds\n";
    }
}

}  // namespace

TEST_CASE("storms of many seeds break no invariant and end in progress", "[virtual][storm]") {
    const std::uint64_t seeds = number_from("CITYLEDGER_STORM_SEEDS", k_seeds_default);
    const std::uint64_t first = number_from("CITYLEDGER_STORM_FIRST_SEED", 1);
    std::map<std::string, std::uint64_t> fired;
    std::uint64_t slowest_ms = 0;
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        const StormResult result = run_storm(seed);
        INFO(result.report);
        CHECK(result.passed);
        CHECK(result.heights >= 10);
        for (const auto& [dial, did] : result.fired) fired[dial] += did ? 1 : 0;
        slowest_ms = std::max(slowest_ms, result.healed_after_ms);
    }
    print_dials(fired, seeds);
    std::cout << "the slowest healing took " << slowest_ms << " ms\n";
    for (const auto& [dial, times] : fired) {
        INFO(dial);
        // Ten behaviours share half of the seeds: 5 % each, which 100 seeds need not show.
        const bool rare = dial.starts_with("byzantine: ") && seeds < k_seeds_for_rare_dials;
        const bool shared = dial.starts_with("byzantine: ");
        const std::uint64_t least = rare ? 0 : shared ? (seeds + 49) / 50 : (seeds + 19) / 20;
        if (seeds >= k_seeds_for_statistics) CHECK(times >= least);
    }
}

TEST_CASE("control: storms find a disk that lies about one sync in five", "[virtual][storm]") {
    StormOptions options;
    options.sync_lies_per_million = 200'000;
    const StormResult result = run_storm(3, options);
    INFO(result.dials);
    CHECK_FALSE(result.passed);
    CHECK(result.report.find("seed 3") != std::string::npos);
    CHECK(result.report.find("CITYLEDGER_STORM_SEED=3") != std::string::npos);
}

TEST_CASE("control: storms see honest leaders whose blocks others refuse", "[virtual][storm]") {
    // f + 1 leaders build blocks on a state that nobody else reached, as a replica would that
    // executes differently; the checker is told that all are honest.
    StormOptions options;
    options.validators = 4;
    options.check_persisted_votes = false;
    options.byzantine_nodes = 2;
    options.byzantine_behaviour = "false_roots";
    options.hide_byzantine = true;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const StormResult result = run_storm(seed, options);
        INFO(result.dials);
        INFO(result.report);
        CHECK_FALSE(result.passed);
        CHECK(result.report.find("of an honest leader") != std::string::npos);
    }
}

TEST_CASE("control: storms see that f + 1 withhold their votes", "[virtual][storm]") {
    StormOptions options;
    options.validators = 4;
    options.byzantine_nodes = 2;
    options.byzantine_behaviour = "withhold_votes";
    const StormResult result = run_storm(2, options);
    INFO(result.report);
    CHECK_FALSE(result.passed);
    CHECK(result.report.find("no progress after healing") != std::string::npos);
}

TEST_CASE("replays one storm and prints it", "[.storm-replay]") {
    const std::uint64_t seed = number_from("CITYLEDGER_STORM_SEED", 1);
    const StormResult result = run_storm(seed);
    print(seed, result);
    INFO(result.report);
    CHECK(result.passed);
}
