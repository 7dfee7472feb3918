// Each signal to the tax bureau has a place in a shipped scenario where it fires, and one where the
// day has none of its kind. That the scenarios pass is for scenario_shipped_test.cpp.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "ledger/contracts/events.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/paths.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

/// The signals that scenarios wait for, and those whose absence they ask for.
struct Signals {
    std::set<std::string> fire;
    std::set<std::string> are_silent;

    void look(const Call& call) {
        for (const std::string& event : call.expect.events) fire.insert(event);
        const boost::json::value* kind = call.arguments.if_contains("kind");
        if (call.contract != "invoice" || call.method != "risks" || kind == nullptr) return;
        const boost::json::object none = {{"signals", boost::json::array()}};
        if (call.expect.fields == none) are_silent.emplace(kind->as_string());
    }
    void look(const std::vector<BundleItem>& items) {
        for (const BundleItem& item : items) {
            item.loop ? look(item.items) : look(item.call);
        }
    }
    void look(const std::vector<Step>& steps) {
        for (const Step& step : steps) {
            if (const auto* submit = std::get_if<SubmitStep>(&step.action)) {
                look(submit->operations);
            } else if (const auto* query = std::get_if<QueryStep>(&step.action)) {
                look(query->call);
            } else if (const auto* loop = std::get_if<LoopStep>(&step.action)) {
                look(loop->steps);
            }
        }
    }
};

Signals signals_of_shipped_scenarios(const std::string& without) {
    Signals signals;
    for (const auto& entry : fs::directory_iterator(fs::path(source_dir()) / "scenarios")) {
        if (entry.path().extension() != ".yaml" || entry.path().stem() == without) continue;
        const auto scenario = read_scenario_file(entry.path());
        if (!scenario) FAIL(scenario.error().message());
        signals.look(scenario->steps);
    }
    return signals;
}

std::vector<std::string> all_signals() {
    std::vector<std::string> names;
    for (const std::string_view event : ledger::city_events()) {
        if (event.starts_with("risk.")) names.emplace_back(event);
    }
    return names;
}

TEST_CASE("each risk signal fires in a shipped scenario and is silent in one", "[shipped]") {
    const Signals signals = signals_of_shipped_scenarios("");
    const std::vector<std::string> names = all_signals();
    REQUIRE(names.size() >= 8);
    for (const std::string& name : names) {
        INFO(name);
        CHECK(signals.fire.contains(name));
        CHECK(signals.are_silent.contains(name));
    }
}

TEST_CASE("control: without its scenario a signal is missed", "[shipped]") {
    const Signals signals = signals_of_shipped_scenarios("risk-signals");
    const std::vector<std::string> names = all_signals();
    const auto missed = [&](const std::set<std::string>& found) {
        return std::any_of(names.begin(), names.end(),
                           [&](const std::string& name) { return !found.contains(name); });
    };
    CHECK(missed(signals.fire));
    CHECK(missed(signals.are_silent));
}

}  // namespace
}  // namespace cityledger::sim
