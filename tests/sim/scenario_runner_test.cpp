// The runner, over a world without a network: what holds, what fails with its line, how runs end.

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "sim/runner/outcome.hpp"
#include "sim/runner/runner.hpp"
#include "sim/scenario/scenario_codes.hpp"
#include "tests/sim/scenario_direct_world.hpp"

namespace cityledger::sim {
namespace {

/// Departments, an operator and a countersigner; steps begin in line 9.
const std::string k_head =
    "version: 1\n"
    "name: story\n"
    "genesis: {calendar: {first_day: 2019-11-01}}\n"
    "actors:\n"
    "  - departments: [AF, AL]\n"
    "  - {name: city, id: CITY, kind: authority, roles: [operator, staffing_office]}\n"
    "  - {name: second, id: SECOND, kind: authority, roles: [calendar_countersigner]}\n"
    "steps:\n";

const std::string k_register =
    "  - {as: AF, do: directory.register_responsibility, with: {text: a, legal_basis: b}}\n";

Scenario read_good(const std::string& text) {
    auto scenario = read_scenario(text, "story.yaml");
    if (!scenario) FAIL(scenario.error().message());
    return *std::move(scenario);
}

Report run_text(const std::string& text, const RunOptions& options = {}) {
    const Scenario scenario = read_good(text);
    DirectWorld world(make_plan(scenario));
    REQUIRE(world.problem == "");
    return run(scenario, world, options);
}

std::vector<std::uint64_t> failed_lines(const Report& report) {
    std::vector<std::uint64_t> lines;
    for (const ExpectationResult& result : report.expectations) {
        if (!result.passed) lines.push_back(result.line);
    }
    return lines;
}

TEST_CASE("a story that goes as expected passes and counts", "[runner]") {
    const Report report = run_text(
        k_head + k_register +
        "  - {as: AL, do: directory.approve_responsibility, with: {responsibility: AF/R00001},\n"
        "     expect: {refused: not_permitted}}\n"
        "  - query: directory.responsibility\n"
        "    with: {id: AF/R00001}\n"
        "    expect: {equals: {department: AF, status: pending}}\n"
        "  - {query: directory.responsibility, with: {id: AF/R00009}, expect: {refused: "
        "responsibility_unknown}}\n"
        "expect:\n  - {equal_roots: true, one_chain: true, no_evidence: true}\n"
        "  - {all_nodes_have_receipts: true, height_at_least: 2}\n"
        "  - receipts: {ok: 1, refused: {not_permitted: 1}}\n");
    INFO(report_text(report));
    CHECK(report.exit_code() == 0);
    CHECK(report.transactions_executed == 2);
    CHECK(report.operations_ok == 1);
    REQUIRE(report.operations_refused.size() == 1);
    CHECK(report.operations_refused[0].code == "not_permitted");
    CHECK(report.final_height == 2);
    CHECK(report.business_root.size() == 64);
}

TEST_CASE("an expectation that does not hold is named with its line, and the run goes on",
          "[runner]") {
    const Report report = run_text(
        k_head + k_register +
        "  - {as: AF, do: directory.register_responsibility, with: {text: a, legal_basis: b},\n"
        "     expect: {result: {id: AF/R00009}}}\n" +
        k_register);
    CHECK(report.outcome == RunOutcome::expectation_failed);
    CHECK(report.exit_code() == 1);
    CHECK(failed_lines(report) == std::vector<std::uint64_t>{11});
    CHECK(report.expectations[1].found == "ok {\"id\":\"AF/R00002\"}");
    CHECK(report.expectations[2].passed);
    CHECK(report_text(report).find("FAILED story.yaml:11:14: expected: "
                                   "directory.register_responsibility gives {\"id\":\"AF/R00009\"}"
                                   "\n       found: ok {\"id\":\"AF/R00002\"}") == 0);
}

TEST_CASE("a refusal where success was expected, and another refusal than expected, fail",
          "[runner]") {
    const Report report = run_text(
        k_head +
        "  - {as: AL, do: directory.approve_responsibility, with: {responsibility: AF/R00001}}\n"
        "  - {as: city, do: directory.approve_responsibility, with: {responsibility: AF/R00001},\n"
        "     expect: {refused: not_permitted}}\n");
    CHECK(failed_lines(report) == std::vector<std::uint64_t>{9, 11});
    CHECK(report.expectations[1].found.find("refused: responsibility_unknown") == 0);
}

TEST_CASE("each operation of a bundle has its own expectation", "[runner]") {
    const Report report = run_text(
        k_head +
        "  - as: AF\n"
        "    bundle:\n"
        "      - repeat: {times: 3, var: i}\n"
        "        operations:\n"
        "          - do: directory.register_responsibility\n"
        "            with: {text: \"number ${i}\", legal_basis: b}\n"
        "            save: made_${i}\n"
        "            expect: {result: {id: \"AF/R${i:05}\"}}\n"
        "      - {do: directory.register_responsibility, with: {text: \"\", legal_basis: b},\n"
        "         expect: {refused: responsibility_text_missing}}\n"
        "  - {query: directory.responsibility, with: {id: \"${made_2.id}\"},\n"
        "     expect: {equals: {text: \"${made_2.arguments.text}\"}}}\n");
    INFO(report_text(report));
    CHECK(report.exit_code() == 0);
    CHECK(report.transactions_executed == 1);
    CHECK(report.operations_ok == 3);
    CHECK(report.expectations[0].evaluations == 3);
}

TEST_CASE("days close by two signers", "[runner]") {
    const Report report =
        run_text(k_head +
                 "  - close_day: {by: city, countersigned_by: second, days: 2}\n"
                 "  - {query: calendar.today, expect: {equals: {date: 2019-11-05, ordinal: 3}}}\n"
                 "  - close_day: {by: AF, countersigned_by: second}\n");
    CHECK(failed_lines(report) == std::vector<std::uint64_t>{11});
    CHECK(report.expectations[2].found.find("propose_close refused: not_permitted") == 0);
}

TEST_CASE("events are expected by name", "[runner]") {
    const Report report = run_text(
        k_head +
        "  - {as: AF, do: directory.register_responsibility, with: {text: a, legal_basis: b},\n"
        "     expect: {events: [directory.responsibility_registered]}}\n"
        "  - {as: AF, do: directory.register_responsibility, with: {text: a, legal_basis: b},\n"
        "     expect: {events: [directory.overdue]}}\n");
    CHECK(failed_lines(report) == std::vector<std::uint64_t>{12});
}

TEST_CASE("a step enrols an actor that was no member", "[runner]") {
    const std::string text =
        "version: 1\nname: story\nactors:\n"
        "  - {name: city, id: CITY, kind: authority, roles: [operator]}\n"
        "  - {name: guest, id: P-GUEST, kind: person, roles: [consumer], enrolled: false}\n"
        "steps:\n"
        "  - as: city\n"
        "    do: membership.enrol\n"
        "    with: {id: \"${guest.id}\", name: \"${guest.full_name}\",\n"
        "           kind: person, roles: [consumer]}\n"
        "  - {as: guest, do: directory.mark_overdue, with: {limit: 1}}\n"
        "  - {as: city, do: membership.revoke, with: {id: \"${guest.id}\"}}\n"
        "  - {as: guest, do: directory.mark_overdue, with: {limit: 1},\n"
        "     expect: {refused: transaction_unknown_sender}}\n";
    const Report report = run_text(text);
    INFO(report_text(report));
    CHECK(report.exit_code() == 0);
    CHECK(report.transactions_refused == 1);
}

TEST_CASE("half a network stalls, and heals", "[runner]") {
    const std::string send =
        "  - {as: AL, send: directory.register_responsibility, with: {text: a, legal_basis: b}}\n";
    const Report report = run_text(k_head + "  - fault: {partition: [[0, 1], [2, 3]]}\n" + send +
                                   "  - expect_stalled: {for_ms: 100}\n"
                                   "  - fault: heal\n"
                                   "  - expect: {receipts: {ok: 1}, within_ms: 100}\n" +
                                   send + "  - expect_stalled: {for_ms: 100}\n");
    CHECK(failed_lines(report) == std::vector<std::uint64_t>{15});
    CHECK(report.expectations[2].found == "no transaction is waiting, so nothing can stall");
    CHECK(report.transactions_sent == 2);
}

TEST_CASE("nodes die, come back, and lie", "[runner]") {
    const Report report = run_text(k_head +
                                   "  - fault: {kill: leader}\n"
                                   "  - fault: {restart: killed}\n"
                                   "  - fault: {pause: [0, 1]}\n"
                                   "  - fault: {resume: paused}\n"
                                   "  - fault: {byzantine: {node: 3, behaviour: equivocate}}\n" +
                                   k_register +
                                   "expect:\n"
                                   "  - {nullified_views_at_least: 1, evidence_at_least: 1}\n"
                                   "  - {nullified_views_at_least: 9, within_ms: 50}\n"
                                   "  - {no_evidence: true, within_ms: 50}\n");
    CHECK(failed_lines(report) == std::vector<std::uint64_t>{17, 18});
}

TEST_CASE("honest nodes that disagree end the run with exit code 5", "[runner]") {
    const Scenario scenario = read_good(k_head + k_register + k_register);
    DirectWorld world(make_plan(scenario));
    world.diverge = true;
    const Report report = run(scenario, world);
    CHECK(report.exit_code() == 5);
    CHECK(report.message.find(codes::world_invariant_broken.name) == 0);
    CHECK(report.expectations[1].evaluations == 0);
}

TEST_CASE("no receipt in time ends the run with exit code 4", "[runner]") {
    const Scenario scenario = read_good(k_head + k_register);
    DirectWorld world(make_plan(scenario));
    world.time_out = true;
    const Report report = run(scenario, world);
    CHECK(report.exit_code() == 4);
    CHECK(report.message.find(codes::world_timed_out.name) == 0);
}

TEST_CASE("a world that cannot do a fault is told before anything runs", "[runner]") {
    const Scenario scenario = read_good(
        k_head + k_register + "  - {repeat: {times: 1, var: i}, steps: [{fault: {pause: 0}}]}\n");
    DirectWorld world(make_plan(scenario));
    world.forbid(FaultKind::pause);
    const Report report = run(scenario, world);
    CHECK(report.exit_code() == 2);
    CHECK(report.message.find(codes::scenario_not_for_world.name) == 0);
    CHECK(report.message.find(codes::world_fault_impossible.name) != std::string::npos);
    CHECK(report.transactions_executed == 0);
}

TEST_CASE("a scenario for other worlds says why", "[runner]") {
    const Report report =
        run_text("worlds: {only: [local], because: it measures}\n" + k_head + k_register);
    CHECK(report.exit_code() == 2);
    CHECK(report.message.find("it measures") != std::string::npos);
}

TEST_CASE("errors of the world are the environment's", "[runner]") {
    // The actor is no member, so the world holds no key of it.
    const Report report = run_text(
        "version: 1\nname: story\nactors:\n"
        "  - {name: city, id: CITY, kind: authority, roles: [operator]}\n"
        "  - {name: guest, id: P-GUEST, kind: person, roles: [consumer], enrolled: false}\n"
        "steps: [{as: guest, do: directory.mark_overdue, with: {limit: 1}}]\n");
    CHECK(report.exit_code() == 3);
    CHECK(report.message.find(codes::world_unknown_member.name) == 0);
    CHECK(outcome_of(unknown_node(9)) == RunOutcome::environment_error);
    CHECK(unknown_node(9).code == codes::world_unknown_node);
}

TEST_CASE("what a failed step should have saved is missing later, and the first line is told",
          "[runner]") {
    const Report report = run_text(
        k_head +
        "  - {as: city, do: directory.register_responsibility, with: {text: a, legal_basis: b},\n"
        "     save: made}\n"
        "  - {query: directory.responsibility, with: {id: \"${made.id}\"}}\n");
    CHECK(report.exit_code() == 1);
    CHECK(report.expectations[0].line == 9);
    CHECK_FALSE(report.expectations[0].passed);
    CHECK(report.message.find(codes::scenario_value_missing.name) == 0);
}

TEST_CASE("inverting an expectation makes the run fail and names exactly its line", "[runner]") {
    const std::string text =
        k_head + k_register +
        "  - {query: calendar.today, expect: {equals: {date: 2019-11-01}}}\n"
        "  - {as: AL, do: directory.approve_responsibility, with: {responsibility: AF/R00001},\n"
        "     expect: {refused: not_permitted}}\n"
        "  - close_day: {by: city, countersigned_by: second}\n"
        "expect: [{one_chain: true, no_evidence: true, receipts: {ok: 3}}]\n";
    const std::vector<std::uint64_t> lines = {9, 10, 12, 13, 14, 14, 14};
    for (std::size_t k = 1; k <= lines.size(); ++k) {
        RunOptions options;
        options.invert = k;
        const Report report = run_text(text, options);
        INFO("inverted " << k << "\n" << report_text(report));
        CHECK(report.exit_code() == 1);
        CHECK(failed_lines(report) == std::vector<std::uint64_t>{lines[k - 1]});
        CHECK(report.expectations[k - 1].inverted);
    }
    RunOptions beyond;
    beyond.invert = lines.size() + 1;
    const Report report = run_text(text, beyond);
    CHECK(report.exit_code() == 2);
    CHECK(report.message.find(codes::scenario_no_such_expectation.name) == 0);
}

TEST_CASE("a wanted field is compared by value, whatever else the result has", "[runner]") {
    const auto found =
        boost::json::parse(R"({"a": 1, "b": {"c": "x", "d": [1, {"e": 2, "f": 3}]}, "g": null})");
    const auto contains = [&](const char* wanted) {
        return contains_fields(found, boost::json::parse(wanted));
    };
    CHECK(contains("{}"));
    CHECK(contains(R"({"a": 1, "b": {"d": [1, {"e": 2}]}, "g": null})"));
    CHECK_FALSE(contains(R"({"a": 2})"));
    CHECK_FALSE(contains(R"({"a": -1})"));
    CHECK_FALSE(contains(R"({"b": {"d": [1]}})"));
    CHECK_FALSE(contains(R"({"h": null})"));
    CHECK_FALSE(contains(R"({"b": "x"})"));
}

TEST_CASE("the report reads back as JSON", "[runner]") {
    RunOptions options;
    std::uint64_t now = 0;
    options.clock = [&now] { return now += 40; };
    const Report report = run_text(k_head + k_register, options);
    const auto json = ledger::parse_json(reports_json({report}));
    REQUIRE(json);
    const auto back = ledger::from_json<Report>(*json);
    REQUIRE(back);
    CHECK(back->outcome == RunOutcome::passed);
    CHECK(back->duration_ms == 40);
    CHECK(back->expectations.size() == 3);  // the operation, and two by default
}

TEST_CASE("a file that does not read is reported with exit code 2", "[runner]") {
    const auto scenario = read_scenario("version: 3\n", "story.yaml");
    REQUIRE_FALSE(scenario);
    const Report report = report_of_error("story.yaml", scenario.error());
    CHECK(report.exit_code() == 2);
    CHECK(report_text(report).find("story.yaml:1:10") != std::string::npos);
}

}  // namespace
}  // namespace cityledger::sim
