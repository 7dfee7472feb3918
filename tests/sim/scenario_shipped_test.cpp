// The shipped scenarios: each passes in the virtual world, and each of their expectations can fail.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sim/runner/runner.hpp"
#include "sim/simulator/virtual_world.hpp"
#include "tests/paths.hpp"
#include "tests/sim/scenario_direct_world.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

/// Larger networks are cut to this: where a scenario ends is a matter of its rules, and many nodes
/// in one thread take long.
constexpr std::size_t k_most_validators = 4;

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
        scenario->validators = std::min(scenario->validators, k_most_validators);
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

/// Where a scenario ends, whatever is moved or made faster: tests/sim/roots/NAME.txt. A change
/// there is one of rules or formats and stands in CHANGELOG.md.
std::string recorded_root(const std::string& name) {
    std::ifstream file(fs::path(source_dir()) / "tests/sim/roots" / (name + ".txt"));
    std::string root;
    std::getline(file, root);
    return root;
}

TEST_CASE("every shipped scenario passes in the virtual world and ends in its business root",
          "[shipped]") {
    for (const Scenario& scenario : shipped_scenarios()) {
        const auto world = make_world(scenario, false);
        const Report report = run(scenario, *world);
        INFO(report_text(report));
        CHECK(report.exit_code() == 0);
        CHECK_FALSE(report.trace.empty());
        if (scenario.name == "load-mix") continue;  // sends without waiting: it has no one root
        INFO("recorded in tests/sim/roots/" << scenario.name << ".txt");
        CHECK(report.business_root == recorded_root(scenario.name));
    }
}

TEST_CASE("every recorded business root is of a shipped scenario", "[shipped]") {
    const fs::path root = source_dir();
    for (const auto& entry : fs::directory_iterator(root / "tests/sim/roots")) {
        INFO(entry.path());
        CHECK(fs::exists(root / "scenarios" / (entry.path().stem().string() + ".yaml")));
    }
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
