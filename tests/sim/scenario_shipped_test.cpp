// The shipped scenarios: each passes in the virtual world, and each of their expectations can fail.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "sim/runner/runner.hpp"
#include "sim/simulator/virtual_world.hpp"
#include "tests/paths.hpp"
#include "tests/sim/scenario_direct_world.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

std::vector<Scenario> shipped_scenarios() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(fs::path(source_dir()) / "scenarios")) {
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<Scenario> scenarios;
    for (const fs::path& path : paths) {
        auto scenario = read_scenario_file(path);
        if (!scenario) FAIL(scenario.error().message());
        scenarios.push_back(*std::move(scenario));
    }
    return scenarios;
}

std::unique_ptr<World> make_world(const Scenario& scenario, bool direct) {
    if (direct) return std::make_unique<DirectWorld>(make_plan(scenario));
    return make_virtual_world(make_plan(scenario));
}

void invert_each(const Scenario& scenario, bool direct) {
    for (std::size_t k = 1; k <= scenario.expectations.size(); ++k) {
        const auto world = make_world(scenario, direct);
        RunOptions options;
        options.invert = k;
        const Report report = run(scenario, *world, options);
        INFO(scenario.name << ", inverted " << k << "\n" << report_text(report));
        CHECK(report.exit_code() == 1);
        for (const ExpectationResult& result : report.expectations) {
            CHECK(result.passed == (result.index != k));
        }
        const std::string line =
            scenario.file + ":" + std::to_string(scenario.expectations[k - 1].place.line) + ":";
        CHECK(report_text(report).find("FAILED " + line) == 0);
    }
}

/// Where each scenario ends, whatever is moved or made faster. A change here is one of rules or
/// formats and stands in CHANGELOG.md. load-mix sends without waiting and has no one root.
const std::map<std::string, std::string> k_business_roots = {
    {"beijing-directory", "bdde921b66843f14a1e3fa6ccab48e109562e715203d16e6db577a8cb36d8817"},
    {"byzantine-equivocation", "e594a236cbf93cfaddeb76a4e6267bac640ce8ce28a4a4f560038a5b51811045"},
    {"double-booking", "026417eb05ed4a8e20deaae454f1127c22b7261ffcf1fb5911f51ab6e6a95fdc"},
    {"first", "9c07add1034e01218d9152e183d96fe2555d5c59b2870ef546c857381f7b38e8"},
    {"fraud-day", "87da02667e33c13ef5fd31b50a0e332abed18665c2562dfc476b080cd6c1b13d"},
    {"grant-revoked", "515e1f1ff7e9a16ad500ba0088a836e6dd524473178c350036154176b55ebdf0"},
    {"leader-killed", "7d1b79c00558d08dd3e495d125aae5b2ebc181f83ad3675adeb89919a6db62ec"},
    {"minimal", "c8429d5a8bdb918e14db3512b27831fcccb8193b284cd058663ba4fb11a24ad4"},
    {"over-quota", "30095dd330906326bcf17b54cc5d50ded885f595bb786f0adc41b34faeb690e6"},
    {"partition-2-2-heals", "b389caff0e47c24865ccfb839117a7538cd8c368fe9dded8448bda411f3b79ef"},
    {"receivables", "9df0b6c684190f5eab75d697eb5d6fd40667f602b10b522bba65a6dbf5af756c"},
    {"shenzhen-einvoice", "042f5297d04eedacd8f1d5a449d29f41178052b3a8be99f3cb27cc600250fa75"},
    {"shenzhen-history", "6af66f82e25d160c894e0eb7e2e4a3c18ee870f8b3b36eb3bb883a46dfdf7657"},
};

TEST_CASE("every shipped scenario passes in the virtual world and ends in its business root",
          "[shipped]") {
    std::size_t with_root = 0;
    for (const Scenario& scenario : shipped_scenarios()) {
        const auto world = make_world(scenario, false);
        const Report report = run(scenario, *world);
        INFO(report_text(report));
        CHECK(report.exit_code() == 0);
        CHECK_FALSE(report.trace.empty());
        const auto root = k_business_roots.find(scenario.name);
        if (root == k_business_roots.end()) {
            CHECK(scenario.name == "load-mix");
            continue;
        }
        CHECK(report.business_root == root->second);
        with_root += 1;
    }
    CHECK(with_root == k_business_roots.size());
}

TEST_CASE("a scenario without races ends in one business root, with a network and without",
          "[shipped]") {
    for (const Scenario& scenario : shipped_scenarios()) {
        const bool sends_without_waiting =
            scenario.name == "partition-2-2-heals" || scenario.name == "load-mix";
        if (sends_without_waiting) continue;
        const auto virtual_world = make_world(scenario, false);
        const auto direct_world = make_world(scenario, true);
        const Report with_network = run(scenario, *virtual_world);
        const Report without = run(scenario, *direct_world);
        INFO(report_text(with_network) << report_text(without));
        CHECK(with_network.business_root == without.business_root);
        CHECK(with_network.operations_ok == without.operations_ok);
    }
}

TEST_CASE("one seed gives one trace", "[shipped]") {
    for (Scenario scenario : shipped_scenarios()) {
        if (scenario.name != "double-booking") continue;
        const std::string first = run(scenario, *make_world(scenario, false)).trace;
        CHECK(run(scenario, *make_world(scenario, false)).trace == first);
        scenario.seed += 1;
        CHECK(run(scenario, *make_world(scenario, false)).trace != first);
    }
}

TEST_CASE("every expectation of every shipped scenario can fail, without a network", "[shipped]") {
    for (const Scenario& scenario : shipped_scenarios()) invert_each(scenario, true);
}

TEST_CASE("every expectation of every shipped scenario can fail in the virtual world",
          "[shipped]") {
    for (const Scenario& scenario : shipped_scenarios()) invert_each(scenario, false);
}

}  // namespace
}  // namespace cityledger::sim
