// `cityledger bench` with real processes.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sim/bench/bench_codes.hpp"
#include "sim/bench/result.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

bench::BenchResult result_in(const std::string& folder) {
    const auto json = ledger::parse_json(text_of_file(folder + "/result.json"));
    REQUIRE(json);
    const auto result = ledger::from_json<bench::BenchResult>(*json);
    INFO((result ? "" : result.error().message()));
    REQUIRE(result);
    return *result;
}

std::string plan_in(const TemporaryFolder& folder, const std::string& rounds) {
    const std::string path = folder.path() + "/plan.yaml";
    std::ofstream(path) << "version: 1\nname: test\nrounds:\n" << rounds;
    return path;
}

TEST_CASE("a bench counts in the blocks of every node what it sent", "[bench]") {
    const TemporaryFolder folder;
    const std::string plan = plan_in(folder, R"(
  - label: closed
    operations:
      - {weight: 1, operation: sealed_invoice}
      - {weight: 1, operation: refused_invoice}
    bundle: 5
    senders: 8
    warm_up: 0
    duration: 60
    count: 400
    rate: {closed: 200}
  - label: open
    operations: plain_invoice
    senders: 8
    warm_up: 0
    duration: 2
    rate: {fixed: 50}
  - label: killed
    operations: plain_invoice
    senders: 8
    warm_up: 0
    duration: 8
    rate: {fixed: 20}
    faults:
      - {at: 1, kill: 3}
      - {at: 3, restart: 3}
)");
    const std::string out = folder.path() + "/out";
    const CommandResult run = run_command("bench " + plan + " --out " + out);
    INFO(run.output);
    REQUIRE(run.exit_code == 0);
    for (const char* part : {"Round 1: closed", "Round 2: open", "agree on blocks and states"}) {
        INFO(part);
        CHECK(contains(run.output, part));
    }
    for (const char* file : {"/result.json", "/seconds.csv", "/latency.csv", "/report.html"}) {
        INFO(file);
        CHECK_FALSE(text_of_file(out + file).empty());
    }
    const bench::BenchResult result = result_in(out);
    REQUIRE(result.rounds.size() == 3);
    const bench::RoundResult& closed = result.rounds[0];
    CHECK(closed.closed_loop);
    CHECK(closed.balance.sent == 400);
    CHECK(closed.balance.holds());
    CHECK(closed.balance.committed > 0);
    CHECK(closed.balance.committed + closed.balance.refused == 400);
    REQUIRE(closed.refused.size() == 1);
    CHECK(closed.refused[0].code == "over_quota_invoice");
    CHECK(closed.refused[0].count == closed.balance.refused);
    CHECK(closed.nodes_agree);
    REQUIRE(closed.nodes.size() == 4);
    for (const bench::NodeUse& node : closed.nodes) {
        CHECK(node.compared);
        CHECK(node.committed == closed.balance.committed);
        CHECK(node.refused == closed.balance.refused);
    }
    CHECK(closed.ceilings.size() == 6);
    const bench::RoundResult& open = result.rounds[1];
    CHECK(open.balance.committed == 100);
    CHECK(open.latency.count == 100);
    CHECK(open.nodes_agree);
    // The node that was away has come back, and holds the same blocks.
    const bench::RoundResult& killed = result.rounds[2];
    CHECK(killed.balance.committed == 160);
    CHECK(killed.balance.holds());
    CHECK(killed.nodes_agree);
    CHECK(killed.nodes.at(3).compared);
    CHECK(killed.nodes.at(3).committed == 160);
    REQUIRE(killed.marks.size() >= 2);
    CHECK(killed.marks.front().text == "kill node3");
    CHECK(std::any_of(killed.marks.begin(), killed.marks.end(),
                      [](const bench::Mark& mark) { return mark.text == "restart node3"; }));
    // Nothing is left but the results.
    for (const auto& entry : std::filesystem::directory_iterator(out)) {
        CHECK(entry.path().filename().string().find("network") == std::string::npos);
        CHECK(entry.path().filename().string().find("prepared") == std::string::npos);
    }
}

TEST_CASE("a bench in virtual time can be taken up again", "[bench]") {
    const TemporaryFolder folder;
    const std::string first = R"(
  - label: first
    operations: plain_invoice
    senders: 8
    warm_up: 1
    duration: 2
    rate: {fixed: 20}
    faults:
      - {at: 1, kill: 3}
)";
    const std::string second = R"(
  - label: second
    operations: directory_request
    warm_up: 0
    duration: 2
    rate: {closed: 5}
    count: 50
)";
    const std::string out = folder.path() + "/out --world virtual --resume";
    const CommandResult begun = run_command("bench " + plan_in(folder, first) + " --out " + out);
    INFO(begun.output);
    REQUIRE(begun.exit_code == 0);
    const CommandResult gone_on =
        run_command("bench " + plan_in(folder, first + second) + " --out " + out);
    INFO(gone_on.output);
    REQUIRE(gone_on.exit_code == 0);
    CHECK_FALSE(contains(gone_on.output, "of 2, first"));
    const bench::BenchResult result = result_in(folder.path() + "/out");
    CHECK(result.network == "virtual");
    CHECK_FALSE(result.labels.empty());
    REQUIRE(result.rounds.size() == 2);
    CHECK(result.rounds[0].balance.committed == 60);
    CHECK(result.rounds[0].nodes_agree);
    CHECK_FALSE(result.rounds[0].nodes[3].compared);
    CHECK(result.rounds[1].balance.committed == 50);
    CHECK(result.rounds[1].ceilings.empty());
}

TEST_CASE("a bench that cannot begin says why", "[bench]") {
    const CommandResult unwritable = run_command("bench invoice --out /dev/null/results");
    CHECK(unwritable.exit_code == 3);
    CHECK(contains(unwritable.output, bench::codes::bench_report_failed.name));
    const CommandResult missing = run_command("bench /nowhere/plan.yaml");
    CHECK(missing.exit_code == 2);
    CHECK(run_command("bench invoice --profile fastest").exit_code == 2);
    const TemporaryFolder folder;
    const std::string out = folder.path() + "/out";
    const CommandResult unreadable =
        run_command("bench invoice --out " + out + " --against " + folder.path() + "/none.json");
    CHECK(unreadable.exit_code == 2);
    CHECK(contains(unreadable.output, bench::codes::bench_file_invalid.name));
    CHECK_FALSE(std::filesystem::exists(out));
}

}  // namespace
}  // namespace cityledger::sim::test
