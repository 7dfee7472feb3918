// What a scenario can say beyond single steps: drawn actors, loads, waits, defaults, settings, and
// runs that end early. All over a world without a network.

#include <catch2/catch.hpp>

#include "node/replica/replica_codes.hpp"
#include "sim/runner/load_run.hpp"
#include "sim/runner/runner.hpp"
#include "sim/scenario/explain.hpp"
#include "sim/scenario/scenario_codes.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/simulator/virtual_world.hpp"
#include "tests/sim/scenario_direct_world.hpp"

namespace cityledger::sim {
namespace {

/// Departments AF and AL and an operator; steps begin in line 7.
const std::string k_head =
    "version: 1\n"
    "name: story\n"
    "actors:\n"
    "  - departments: [AF, AL]\n"
    "  - {name: city, id: CITY, kind: authority, roles: [operator, staffing_office]}\n"
    "steps:\n";

const std::string k_register =
    "  - {as: AF, do: directory.register_responsibility, with: {text: a, legal_basis: b}}\n";

Scenario read_good(const std::string& text, const std::vector<std::string>& settings = {}) {
    auto scenario = read_scenario(text, "story.yaml", city_vocabulary(), settings);
    if (!scenario) FAIL(scenario.error().message());
    return *std::move(scenario);
}

Report run_text(const std::string& text, const RunOptions& options = {}) {
    const Scenario scenario = read_good(text);
    DirectWorld world(make_plan(scenario));
    REQUIRE(world.problem == "");
    return run(scenario, world, options);
}

Error refused_setting(const std::string& setting) {
    const auto scenario =
        read_scenario(k_head + k_register, "story.yaml", city_vocabulary(), {setting});
    REQUIRE_FALSE(scenario);
    return scenario.error();
}

TEST_CASE("actors are drawn by weight, and one seed draws the same again", "[language]") {
    Scenario scenario =
        read_good(k_head +
                  "  - repeat: {times: 200, var: i}\n"
                  "    steps:\n"
                  "      - choose: {times: 1, var: who, from: {AF: 9, AL: 1}}\n"
                  "        steps:\n"
                  "          - as: ${who}\n"
                  "            do: directory.register_responsibility\n"
                  "            with: {text: \"no. ${i}\", legal_basis: b}\n"
                  "            save: last_${who}\n"
                  "  - {query: directory.responsibility, with: {id: \"${last_AF.id}\"}, save: af}\n"
                  "  - {query: directory.responsibility, with: {id: \"${last_AL.id}\"}, save: al}\n"
                  "  - as: city\n"
                  "    bundle:\n"
                  "      - choose: {times: 3, var: who, from: departments}\n"
                  "        operations:\n"
                  "          - {do: directory.approve_responsibility, with: {responsibility: "
                  "\"${who.id}/R99999\"}, expect: {refused: responsibility_unknown}}\n");
    const auto root_of = [](const Scenario& story) {
        DirectWorld world(make_plan(story));
        const Report report = run(story, world);
        INFO(report_text(report));
        CHECK(report.exit_code() == 0);
        // About one in ten is AL's.
        const auto known = [&](const char* id) {
            return world.query("directory", "responsibility", {{"id", id}}, std::nullopt, "AL")
                .has_value();
        };
        CHECK(known("AL/R00005"));
        CHECK_FALSE(known("AL/R00045"));
        return report.business_root;
    };
    const std::string root = root_of(scenario);
    CHECK(root_of(scenario) == root);
    scenario.seed = 99;
    CHECK(root_of(scenario) != root);
}

TEST_CASE("a load sends its transactions at its rate and judges each", "[language]") {
    const Report report =
        run_text(k_head +
                 "  - load:\n"
                 "      transactions: 50\n"
                 "      rate: {fixed: 10}\n"
                 "      mix:\n"
                 "        - {weight: 4, as: departments, do: directory.register_responsibility,\n"
                 "           with: {text: \"${n} of ${sender.id}\", legal_basis: b}}\n"
                 "        - {as: city, do: directory.register_responsibility,\n"
                 "           with: {text: a, legal_basis: b}, expect: {refused: not_permitted}}\n");
    INFO(report_text(report));
    CHECK(report.exit_code() == 0);
    REQUIRE(report.loads.size() == 1);
    CHECK(report.loads[0].line == 7);
    CHECK(report.loads[0].transactions == 50);
    CHECK(report.loads[0].sent_ms == 4900);  // the 50th is due after 49 tenths of a second
    CHECK(report.transactions_sent == 50);
    CHECK(report.expectations[0].evaluations + report.expectations[1].evaluations == 50);
    CHECK(report.expectations[1].evaluations > 0);
    CHECK(report_text(report).find("50 transactions sent in 4900 ms") != std::string::npos);
}

TEST_CASE("a load's expectation can fail, with its line; `any` cannot", "[language]") {
    const std::string load =
        "  - load:\n"
        "      transactions: 5\n"
        "      rate: {closed: 2}\n"
        "      mix:\n"
        "        - {as: city, do: directory.register_responsibility,\n"
        "           with: {text: a, legal_basis: b}, expect: ";
    const Report failed = run_text(k_head + load + "ok}\n");
    CHECK(failed.exit_code() == 1);
    CHECK(failed.expectations[0].line == 12);
    CHECK(failed.expectations[0].evaluations == 5);
    const Report any = run_text(k_head + load + "any}\n" + k_register);
    CHECK(any.exit_code() == 0);
    CHECK(any.operations_refused.front().count == 5);
}

TEST_CASE("a load at a full network is held back, and loses nothing", "[language]") {
    const Scenario scenario =
        read_good(k_head +
                  "  - load:\n"
                  "      transactions: 20\n"
                  "      rate: max\n"
                  "      mix: [{as: AF, do: directory.register_responsibility,"
                  " with: {text: a, legal_basis: b}}]\n");
    DirectWorld world(make_plan(scenario));
    world.full_for = 3;
    const Report report = run(scenario, world);
    INFO(report_text(report));
    CHECK(report.exit_code() == 0);
    CHECK(report.operations_ok == 20);
    CHECK(report.loads[0].held_back == 1);
    CHECK(node::codes::mempool_full.number == 1310);
}

TEST_CASE("a load without a quorum sends again, and ends with a time-out", "[language]") {
    const Report report = run_text("defaults: {timeout_ms: 10000}\n" + k_head +
                                   "  - fault: {kill: [0, 1]}\n"
                                   "  - load:\n"
                                   "      transactions: 2\n"
                                   "      rate: max\n"
                                   "      mix: [{as: AF, do: directory.register_responsibility,"
                                   " with: {text: a, legal_basis: b}}]\n");
    CHECK(report.exit_code() == 4);
    CHECK(report.message.find("2 transactions of the load without a receipt after 10000 ms") !=
          std::string::npos);
    CHECK(report.loads[0].sent_again >= 2);
    CHECK(report.ended_line == 9);
    CHECK(report_text(report).find("ended at      story.yaml:9\n") != std::string::npos);
}

TEST_CASE("transactions are due evenly, or ever faster, or ever slower", "[language]") {
    const Rate fixed{RateKind::fixed, 50, 50, 0};
    CHECK(due_ms(fixed, 0, 100) == 0);
    CHECK(due_ms(fixed, 1, 100) == 20);
    CHECK(due_ms(fixed, 99, 100) == 1980);
    // From 10 to 30 a second: 100 transactions at a mean of 20 a second are 5 seconds.
    const Rate rising{RateKind::linear, 10, 30, 0};
    CHECK(due_ms(rising, 100, 100) == 5000);
    CHECK(due_ms(rising, 1, 100) < 100);
    const Rate falling{RateKind::linear, 30, 10, 0};
    CHECK(due_ms(falling, 100, 100) == 5000);
    for (std::uint64_t i = 1; i <= 100; ++i) {
        CHECK(due_ms(rising, i, 100) > due_ms(rising, i - 1, 100));
        CHECK(due_ms(falling, i, 100) > due_ms(falling, i - 1, 100));
        CHECK(due_ms(rising, i, 100) >= due_ms(falling, i, 100));
    }
    CHECK(due_ms({RateKind::max, 0, 0, 512}, 7, 100) == 0);
    const Rate largest{RateKind::linear, 1, 100'000, 0};
    CHECK(due_ms(largest, 1'000'000, 1'000'000) == 19'999);
}

TEST_CASE("a wait ends as soon as the query answers so, or fails in time", "[language]") {
    const std::string send =
        "  - {as: AF, send: directory.register_responsibility, with: {text: a, legal_basis: b}}\n";
    const Report held =
        run_text(k_head + "  - fault: {partition: [[0, 1], [2, 3]]}\n" + send +
                 "  - fault: heal\n"
                 "  - wait_until: {query: directory.responsibility, with: {id: AF/R00001},\n"
                 "                 expect: {equals: {status: pending}}}\n"
                 "  - wait_until: {height_at_least: 1}\n");
    INFO(report_text(held));
    CHECK(held.exit_code() == 0);
    const Report failed =
        run_text(k_head + "  - fault: {partition: [[0, 1], [2, 3]]}\n" + send +
                 "  - wait_until: {query: directory.responsibility, with: {id: AF/R00001},\n"
                 "                 expect: ok, within_ms: 300}\n"
                 "  - wait_until: {height_at_least: 1, within_ms: 100}\n"
                 "  - fault: heal\n");
    CHECK(failed.exit_code() == 1);
    CHECK_FALSE(failed.expectations[0].passed);
    CHECK(failed.expectations[0].found.find("refused: responsibility_unknown") == 0);
    CHECK_FALSE(failed.expectations[1].passed);
}

TEST_CASE("a file without `expect` expects equal roots and one chain at its end", "[language]") {
    const Scenario scenario = read_good(k_head + k_register);
    REQUIRE(scenario.final_expectations.size() == 2);
    CHECK(scenario.expectations[1].text == "equal_roots (by default)");
    CHECK(scenario.expectations[2].text == "one_chain (by default)");
    RunOptions options;
    options.invert = 2;
    CHECK(run_text(k_head + k_register, options).exit_code() == 1);
    const Scenario stated = read_good(k_head + k_register + "expect: [{no_evidence: true}]\n");
    CHECK(stated.final_expectations.size() == 1);
}

TEST_CASE("waits that the file names by default are in force", "[language]") {
    const Scenario scenario =
        read_good("defaults: {within_ms: 70, timeout_ms: 80}\n" + k_head + k_register +
                  "  - expect: {one_chain: true}\n"
                  "  - expect: {one_chain: true, within_ms: 90}\n");
    CHECK(scenario.defaults.timeout_ms == 80);
    const auto within = [&](std::size_t step) {
        return std::get<ExpectStep>(scenario.steps[step].action).expectations[0].within_ms;
    };
    CHECK(within(1) == 70);
    CHECK(within(2) == 90);
    CHECK(scenario.final_expectations[0].within_ms == 70);
}

TEST_CASE("--set changes a value before the file is checked", "[language]") {
    const auto with = [](const std::vector<std::string>& settings) {
        return read_good(k_head + k_register, settings);
    };
    CHECK(with({"seed=9"}).seed == 9);
    CHECK(with({"network.validators=7"}).validators == 7);
    CHECK(with({"seed=9", "seed=10"}).seed == 10);
    CHECK(with({"title=\"a = b\""}).title == "a = b");
    CHECK(with({"actors.2.full_name=\"The City\""}).find_actor("city")->full_name == "The City");
    CHECK(with({"defaults={within_ms: 5}"}).defaults.within_ms == 5);
    const Scenario changed = with({"steps.1.with.text=other"});
    CHECK(std::get<SubmitStep>(changed.steps[0].action).operations[0].call.arguments.at("text") ==
          "other");
    CHECK(changed.settings == std::vector<std::string>{"steps.1.with.text=other"});
}

TEST_CASE("a setting that fits nothing is refused in words", "[language]") {
    for (const char* form : {"seed", "=5", "seed="}) {
        INFO(form);
        CHECK(refused_setting(form).code == codes::scenario_bad_setting);
    }
    CHECK(refused_setting("steps.2.as=AF").detail ==
          "--set steps.2.as=AF: nothing stands at `2` of the path");
    CHECK(refused_setting("seed.x=5").code == codes::scenario_wrong_type);
    CHECK(refused_setting("name.x=5").code == codes::scenario_bad_setting);
    CHECK(refused_setting("seed=[1").code == codes::scenario_bad_setting);
    CHECK(refused_setting("seed=010").code == codes::scenario_bad_setting);
    const Error typo = refused_setting("netwrok.validators=7");
    CHECK(typo.code == codes::scenario_unknown_key);
    CHECK(typo.detail ==
          "story.yaml:1:1: `netwrok`; did you mean `network`? (--set netwrok.validators=7)");
    CHECK(refused_setting("network.validators=99").code == codes::scenario_out_of_range);
    CHECK(refused_setting("network.validators=four").code == codes::scenario_wrong_type);
}

TEST_CASE("a run can end after a step, and later expectations do not count", "[language]") {
    const std::string text =
        k_head + k_register +
        "  - repeat: {times: 3, var: i}\n"
        "    steps:\n"
        "      - {as: AF, do: directory.register_responsibility, with: {text: a, legal_basis: b}}\n"
        "  - {as: AF, do: directory.approve_responsibility, with: {responsibility: AF/R00001}}\n";
    CHECK(run_text(text).exit_code() == 1);  // the third step fails
    RunOptions options;
    options.until = 2;
    const Report report = run_text(text, options);
    INFO(report_text(report));
    CHECK(report.exit_code() == 0);
    CHECK(report.transactions_executed == 4);
    CHECK(report.until == 2);
    CHECK(report_text(report).find("FAILED") == std::string::npos);
    CHECK(report_text(report).find("2 of 2 hold") != std::string::npos);
    // What comes later need not be possible in this world.
    const Scenario scenario = read_good(text + "  - fault: {kill: 0}\n");
    DirectWorld world(make_plan(scenario));
    world.forbid(FaultKind::kill);
    CHECK(run(scenario, world, options).exit_code() == 0);
    const Report impossible = run(scenario, world);
    CHECK(impossible.exit_code() == 2);
    CHECK(report_text(impossible).find("FAILED") == std::string::npos);
    for (const std::size_t step : {0u, 4u}) {
        options.until = step;
        const Report refused = run_text(text, options);
        CHECK(refused.exit_code() == 2);
        CHECK(refused.message.find(codes::scenario_no_such_step.name) == 0);
    }
}

TEST_CASE("a fork in the virtual world has the exit code 5, and ends the run", "[language]") {
    const Scenario scenario = read_good(k_head + k_register + k_register);
    VirtualWorld world(make_plan(scenario), {});
    // As if some honest node had made another block of height 1 final.
    node::FinalBlock forged;
    forged.block.header.height = 1;
    forged.digest = crypto::sha256(as_bytes("another chain"));
    ledger::ExecutedBlock executed;
    executed.state.height = 1;
    world.cluster().checker().on_block(3, forged, executed);
    const Report report = run(scenario, world);
    INFO(report_text(report));
    CHECK(report.exit_code() == 5);
    CHECK(report.message.find(codes::world_invariant_broken.name) == 0);
    CHECK(report.expectations[1].evaluations == 0);
}

TEST_CASE("progress counts each round of a loop and each transaction of a load", "[language]") {
    const std::string text = k_head + k_register +
                             "  - repeat: {times: 3, var: i}\n"
                             "    steps: [{wait_ms: 1}, {wait_ms: 1}]\n"
                             "  - load:\n"
                             "      transactions: 4\n"
                             "      rate: max\n"
                             "      mix: [{as: AF, do: directory.register_responsibility,"
                             " with: {text: a, legal_basis: b}}]\n";
    RunOptions options;
    std::uint64_t last = 0;
    std::uint64_t total = 0;
    options.on_progress = [&](const Step&, std::uint64_t done, std::uint64_t all) {
        CHECK(done >= last);
        last = done;
        total = all;
    };
    CHECK(run_text(text, options).exit_code() == 0);
    CHECK(total == 1 + 6 + 4);
    CHECK(last == total);
}

TEST_CASE("an explanation numbers the steps and marks each default", "[language]") {
    const std::string text =
        explanation(read_good(k_head + k_register +
                              "  - choose: {times: 2, var: who, from: {AF: 3, AL: 1}}\n"
                              "    steps:\n"
                              "      - {query: calendar.today, expect: {equals: {ordinal: 1}}}\n"
                              "  - fault: {kill: leader}\n"));
    INFO(text);
    for (const char* words :
         {"seed 1 (default)", "validators: 4, of which 1 may fail (default)",
          "runs in: virtual, local, remote (default)",
          "a transaction has its receipt within 60000 ms, else the run ends (default)",
          "  1  (line 7)  AF does directory.register_responsibility",
          "expects: directory.register_responsibility succeeds (default)",
          "  2  (line 8)  2 times, who is drawn from: 3 x AF, 1 x AL",
          "  2.1  (line 10)  query calendar.today",
          "expects: calendar.today gives {\"ordinal\":1}\n",
          "  3  (line 11)  fault: the leader of the moment dies at once",
          "expects: equal_roots (by default) (within 20000 ms)"}) {
        INFO(words);
        CHECK(text.find(words) != std::string::npos);
    }
}

TEST_CASE("every shipped step kind can be explained in both languages", "[language]") {
    const std::string story =
        k_head + k_register +
        "  - {as: AF, send: directory.register_responsibility, with: {text: a, legal_basis: b}}\n"
        "  - {as: AF, bundle: [{for_each: {actors: departments, var: d}, operations: [{do: "
        "directory.mark_overdue, with: {limit: 1}}]}]}\n"
        "  - {query: calendar.today, node: 2, save: today}\n"
        "  - close_day: {by: city, countersigned_by: city}\n"
        "  - fault: {partition: [[0, 1], [2, 3]]}\n  - fault: heal\n"
        "  - fault: {byzantine: {node: 3, behaviour: equivocate}}\n"
        "  - fault: {pause: [0, 1]}\n  - fault: {resume: paused}\n  - fault: {kill: all}\n"
        "  - fault: {restart: killed}\n  - wait_ms: 5\n  - expect_stalled: {for_ms: 5}\n"
        "  - wait_until: {query: calendar.today, expect: ok}\n  - expect: {one_chain: true}\n"
        "  - generate: {kind: shenzhen_day, invoices: 3, tax_bureau: city, sellers: departments, "
        "buyers: departments, consumers: departments}\n" +
        [] {
            std::string loads;
            for (const char* rate :
                 {"max", "{fixed: 5}", "{linear: {from: 1, to: 9}}", "{closed: 3}"}) {
                loads += std::string("  - load: {transactions: 2, rate: ") + rate +
                         ", mix: [{as: AF, do: directory.mark_overdue, with: {limit: 1}, "
                         "expect: any}]}\n";
            }
            return loads;
        }();
    CHECK(explanation(read_good(story)).find("each is drawn") != std::string::npos);
    set_language(Language::chinese);
    const std::string chinese = explanation(read_good(story));
    set_language(Language::english);
    CHECK(chinese.find("种子 1（默认）") != std::string::npos);
    CHECK(chinese.find("期望：directory.register_responsibility 成功（默认）") !=
          std::string::npos);
}

}  // namespace
}  // namespace cityledger::sim
