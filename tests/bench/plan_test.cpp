#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "sim/bench/bench.hpp"
#include "sim/bench/bench_codes.hpp"
#include "sim/bench/send_queue.hpp"
#include "sim/scenario/scenario_codes.hpp"
#include "sim/scenario/yaml.hpp"
#include "tests/paths.hpp"

namespace cityledger::bench {
namespace {

constexpr std::string_view k_good = R"(version: 1
name: month-end
rounds:
  - label: peak
    operations: sealed_invoice
    bundle: 100
    rate: max
  - label: mixed
    operations:
      - {weight: 9, operation: plain_invoice}
      - do: membership.grant_role
        with: {id: "E-${n}", role: enterprise}
        as: TAXBUREAU
    senders: 10
    validators: 7
    warm_up: 1
    duration: 20
    count: 5000
    state: 100
    rate: {linear: {from: 10, to: 500}}
    faults:
      - {at: 5, pause: 6}
      - {at: 10, resume: 6}
  - label: half
    operations: directory_request
    rate: {share: {of: peak, per_cent: 50}}
)";

TEST_CASE("a plan is read from YAML with its defaults", "[bench]") {
    const auto plan = read_plan(k_good, "month-end.yaml");
    INFO((plan ? "" : plan.error().message()));
    REQUIRE(plan);
    REQUIRE(plan->rounds.size() == 3);
    const Round& peak = plan->rounds[0];
    CHECK(peak.rate.kind == RateKind::closed);
    CHECK(peak.senders == 7'600);
    CHECK(peak.validators == 4);
    const Round& mixed = plan->rounds[1];
    REQUIRE(mixed.mix.size() == 2);
    CHECK(mixed.mix[0].weight == 9);
    CHECK(mixed.mix[1].workload == Workload::call);
    CHECK(mixed.mix[1].call.sender == "TAXBUREAU");
    CHECK(mixed.rate.to_per_second == 500);
    CHECK(mixed.duration_ms == 20'000);
    CHECK(mixed.operations == 5'000);
    REQUIRE(mixed.faults.size() == 2);
    CHECK(mixed.faults[1].at_ms == 10'000);
    CHECK(mixed.faults[1].kind == sim::FaultKind::resume);
    CHECK(plan->rounds[2].rate.of_round == "peak");
    CHECK(sending_ms(*plan) == 12'000 + 21'000 + 12'000);
}

std::string text_of(const std::string& path) {
    std::ifstream file(std::string(source_dir()) + "/" + path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Whether scenarios/bench.schema.json accepts this YAML.
bool schema_accepts(std::string_view text) {
    static const boost::json::value json =
        boost::json::parse(text_of("scenarios/bench.schema.json"));
    static const valijson::adapters::BoostJsonAdapter adapter(json);
    static valijson::Schema schema;
    static const bool parsed = [] {
        valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(adapter, schema);
        return true;
    }();
    CHECK(parsed);
    const auto yaml = sim::parse_yaml(text, "plan.yaml");
    REQUIRE(yaml);
    const boost::json::value plain = sim::plain_json(*yaml);
    valijson::Validator validator;
    return validator.validate(schema, valijson::adapters::BoostJsonAdapter(plain), nullptr);
}

TEST_CASE("the shipped plan is read, and fits its schema", "[bench]") {
    const std::string text = text_of("scenarios/bench/month-end.yaml");
    const auto plan = read_plan(text, "month-end.yaml");
    INFO((plan ? "" : plan.error().message()));
    REQUIRE(plan);
    CHECK(plan->rounds.size() == 4);
    CHECK(schema_accepts(text));
    CHECK(schema_accepts(k_good));
}

struct Broken {
    std::string from;
    std::string to;
    Code code;
};

TEST_CASE("what is wrong with a plan is refused with its place", "[bench]") {
    namespace codes = sim::codes;
    const Broken samples[] = {
        {"version: 1", "version: 2", codes::scenario_wrong_version},
        {"name: month-end\n", "", codes::scenario_missing_key},
        {"bundle: 100", "bundel: 100", codes::scenario_unknown_key},
        {"bundle: 100", "bundle: 1001", codes::scenario_out_of_range},
        {"bundle: 100", "bundle: many", codes::scenario_wrong_type},
        {"rate: max", "rate: fast", codes::scenario_not_a_choice},
        {"rate: max", "rate: {fixed: 5, closed: 2}", codes::scenario_step_kind},
        {"operations: sealed_invoice", "operations: invoice", codes::scenario_not_a_choice},
        {"role: enterprise", "roll: enterprise", codes::scenario_bad_arguments},
        {"membership.grant_role", "membership.grant", codes::scenario_bad_arguments},
        {"pause: 6", "pause: 7", codes::scenario_out_of_range},
        {"pause: 6", "pause: 6, kill: 6", codes::scenario_step_kind},
    };
    for (const Broken& sample : samples) {
        std::string text(k_good);
        const std::size_t at = text.find(sample.from);
        REQUIRE(at != std::string::npos);
        text.replace(at, sample.from.size(), sample.to);
        const auto plan = read_plan(text, "plan.yaml");
        INFO(sample.to);
        REQUIRE_FALSE(plan);
        CHECK(plan.error().code == sample.code);
        // What only the contracts or other lines can tell is beyond a schema.
        const bool beyond = sample.code == codes::scenario_bad_arguments || sample.to == "pause: 7";
        CHECK(schema_accepts(text) == beyond);
        CHECK(plan.error().detail.find("plan.yaml:") != std::string::npos);
    }
    CHECK(read_plan_file("/nowhere/plan.yaml").error().code == codes::scenario_unreadable);
}

TEST_CASE("every profile can be checked, and says what it takes", "[bench]") {
    BenchOptions options;
    options.folder = "/";
    for (const std::string_view name : k_profiles) {
        for (const Workload workload : {Workload::sealed_invoice, Workload::directory_request}) {
            const auto plan = profile_plan(name, workload);
            REQUIRE(plan);
            std::set<std::string> labels;
            for (const Round& round : plan->rounds) labels.insert(round.label);
            CHECK(labels.size() == plan->rounds.size());  // a result is found by its label
            CHECK(expected_disk_bytes(*plan) > 0);
        }
    }
    CHECK_FALSE(profile_plan("fast", Workload::sealed_invoice));
    CHECK(check_plan(*profile_plan("quick", Workload::sealed_invoice), options));
}

TEST_CASE("a plan that cannot work is refused before anything runs", "[bench]") {
    BenchOptions options;
    options.folder = "/";
    Plan plan{"test", {Round{}}};
    plan.rounds[0].rate.kind = RateKind::share;
    plan.rounds[0].rate.of_round = "later";
    CHECK(check_plan(plan, options).error().code == codes::bench_round_unknown);
    plan.rounds[0].rate = {};
    plan.rounds[0].state = 100'000'000'000;
    CHECK(check_plan(plan, options).error().code == codes::bench_disk_too_small);
}

TEST_CASE("an open loop has a time for each operation, a closed one has none", "[bench]") {
    Rate rate;
    rate.kind = RateKind::fixed;
    rate.from_per_second = 4;
    CHECK(due_us(rate, 0, 10'000'000) == 0);
    CHECK(due_us(rate, 6, 10'000'000) == 1'500'000);
    CHECK(planned_operations(rate, 10'000'000) == 40);
    rate.kind = RateKind::linear;
    rate.from_per_second = 0;
    rate.to_per_second = 100;
    CHECK(planned_operations(rate, 10'000'000) == 500);
    // After half of the time a quarter is sent.
    CHECK(due_us(rate, 125, 10'000'000) == 5'000'000);
    CHECK(due_us(rate, 500, 10'000'000) == 10'000'000);
    rate.kind = RateKind::closed;
    CHECK(due_us(rate, 9, 10'000'000) == 0);
    CHECK(planned_operations(rate, 10'000'000) == 0);
}

}  // namespace
}  // namespace cityledger::bench
