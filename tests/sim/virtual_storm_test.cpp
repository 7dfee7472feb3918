// Random runs. CITYLEDGER_STORM_SEEDS sets how many, CITYLEDGER_STORM_SEED replays one.

#include "sim/core/virtual_storm.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>

using namespace cityledger;
using namespace cityledger::sim;

namespace {

constexpr std::uint64_t k_seeds_default = 100;

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

}  // namespace

TEST_CASE("storms of many seeds break no invariant and end in progress", "[virtual][storm]") {
    const std::uint64_t seeds = number_from("CITYLEDGER_STORM_SEEDS", k_seeds_default);
    const std::uint64_t first = number_from("CITYLEDGER_STORM_FIRST_SEED", 1);
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        const StormResult result = run_storm(seed);
        INFO(result.report);
        CHECK(result.passed);
        CHECK(result.heights >= 10);
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

TEST_CASE("replays one storm and prints it", "[.storm-replay]") {
    const std::uint64_t seed = number_from("CITYLEDGER_STORM_SEED", 1);
    const StormResult result = run_storm(seed);
    print(seed, result);
    INFO(result.report);
    CHECK(result.passed);
}
