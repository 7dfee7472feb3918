#include "sim/bench/compare.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>

#include "sim/bench/bench_codes.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "tests/bench/sample_result.hpp"
#include "tests/paths.hpp"

namespace cityledger::bench {
namespace {

using sim::columns_of;
using sim::k_terminal_columns;

const Change* change_of(const Comparison& comparison, Figure figure) {
    const std::vector<Change>& list = comparison.rounds.at(0).changes;
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const Change& one) { return one.figure == figure; });
    return found == list.end() ? nullptr : &*found;
}

Verdict verdict_of(const BenchResult& before, const BenchResult& now, Figure figure) {
    const Comparison comparison = compare(before, now);
    const Change* change = change_of(comparison, figure);
    REQUIRE(change != nullptr);
    return change->verdict;
}

TEST_CASE("a throughput counts as changed beyond the noise of its seconds", "[bench]") {
    const BenchResult before = test::sample_result();
    BenchResult now = before;
    CHECK(verdict_of(before, now, Figure::throughput) == Verdict::noise);
    // Seconds of 1,980 and 2,000: a standard error of 3.3, of the difference 4.7, twice that 9.4.
    now.rounds[0].committed_per_second = 1'990 + 9;
    CHECK(verdict_of(before, now, Figure::throughput) == Verdict::noise);
    now.rounds[0].committed_per_second = 1'990 + 14;
    CHECK(verdict_of(before, now, Figure::throughput) == Verdict::better);
    now.rounds[0].committed_per_second = 1'990 - 14;
    CHECK(verdict_of(before, now, Figure::throughput) == Verdict::worse);
    // The same difference says nothing if the seconds were uneven.
    for (Second& second : now.rounds[0].seconds) second.committed = second.second % 2 * 4'000;
    CHECK(verdict_of(before, now, Figure::throughput) == Verdict::noise);
    now.rounds[0].committed_per_second = 800;
    CHECK(verdict_of(before, now, Figure::throughput) == Verdict::noise);
}

TEST_CASE("a latency counts as changed beyond ten per cent and the spread of its seconds",
          "[bench]") {
    const BenchResult before = test::sample_result();
    BenchResult now = before;
    const std::uint64_t p50 = before.rounds[0].latency.p50_us;
    now.rounds[0].latency.p50_us = p50 * 109 / 100;
    CHECK(verdict_of(before, now, Figure::p50) == Verdict::noise);
    now.rounds[0].latency.p50_us = p50 * 112 / 100;
    CHECK(verdict_of(before, now, Figure::p50) == Verdict::worse);
    now.rounds[0].latency.p50_us = p50 * 88 / 100;
    CHECK(verdict_of(before, now, Figure::p50) == Verdict::better);
    // One second of 290 ms: p99 spreads by more than ten per cent.
    const std::uint64_t p99 = before.rounds[0].latency.p99_us;
    now.rounds[0].latency.p99_us = p99 * 1'105 / 1'000;
    CHECK(verdict_of(before, now, Figure::p99) == Verdict::noise);
    now.rounds[0].latency.p99_us = p99 * 130 / 100;
    CHECK(verdict_of(before, now, Figure::p99) == Verdict::worse);
}

TEST_CASE("costs of an operation are compared, if both runs measured them", "[bench]") {
    const BenchResult before = test::sample_result();
    BenchResult now = before;
    for (NodeUse& node : now.rounds[0].nodes) {
        node.cpu_us *= 2;
        node.written_bytes = node.written_bytes * 105 / 100;
        node.sent_bytes = 0;
    }
    CHECK(verdict_of(before, now, Figure::node_cpu) == Verdict::worse);
    CHECK(verdict_of(now, before, Figure::node_cpu) == Verdict::better);
    CHECK(verdict_of(before, now, Figure::written_bytes) == Verdict::noise);
    CHECK(change_of(compare(before, now), Figure::sent_bytes) == nullptr);
}

TEST_CASE("rounds are compared by their labels, and a reader is told what differs", "[bench]") {
    const BenchResult before = test::sample_result();
    BenchResult now = before;
    std::swap(now.rounds[0], now.rounds[1]);
    now.rounds[0].label = "another";
    now.rounds[1].bundle = 1;
    now.machine.cores = 64;
    const Comparison comparison = compare(before, now);
    REQUIRE(comparison.rounds.size() == 1);
    CHECK(comparison.rounds[0].label == "half load");
    CHECK_FALSE(comparison.rounds[0].same_shape);
    CHECK_FALSE(comparison.same_machine);
    CHECK(comparison.only_before == std::vector<std::string>{"full load"});
    CHECK(comparison.only_now == std::vector<std::string>{"another"});
    const std::string text = comparison_text(comparison);
    for (const char* part : {"full load", "another", "Another machine", "Another operation"}) {
        INFO(part);
        CHECK(text.find(part) != std::string::npos);
    }
    CHECK(compare(before, before).same_machine);
    CHECK(compare(before, before).rounds[0].same_shape);
}

TEST_CASE("a comparison in words", "[bench]") {
    const BenchResult before = test::sample_result();
    BenchResult now = before;
    now.rounds.resize(1);
    now.rounds[0].committed_per_second = 2'388;
    for (NodeUse& node : now.rounds[0].nodes) node.cpu_us *= 2;
    const std::string text = comparison_text(compare(before, now));
    CHECK(text ==
          R"table(Against quick of 2026-11-26 11:24:39 UTC (0.1.0, commit c3528f0bade6, Release
build)
half load
  throughput    1,990 -> 2,388 /s, +20.0%: better (counts beyond 0.5%)
  p50           89.0 -> 89.0 ms, +0.0%: noise (counts beyond 10.0%)
  p99           284.6 -> 284.6 ms, +0.0%: noise (counts beyond 11.0%)
  CPU           625.3 -> 1,250.7 us/operation, +100.0%: WORSE (counts beyond
                10.0%)
  disk          12,247 -> 12,247 bytes/operation, +0.0%: noise (counts beyond
                10.0%)
  network       8,432 -> 8,432 bytes/operation, +0.0%: noise (counts beyond
                10.0%)
Not measured now: full load
)table");
    now.rounds[0].label = std::string(300, 'x');
    now.name = std::string(300, 'y');
    const std::string wide = comparison_text(compare(now, before));
    for (std::size_t at = 0; at < wide.size(); at = wide.find('\n', at) + 1) {
        CHECK(columns_of(wide.substr(at, wide.find('\n', at) - at)) <= k_terminal_columns);
    }
}

TEST_CASE("the gate fails for each cause, and only then", "[bench]") {
    const BenchResult fine = test::sample_result();
    CHECK(gate_failures(fine, nullptr).empty());
    CHECK(gate_failures(fine, &fine).empty());
    BenchResult bad = fine;
    bad.rounds[0].balance.pending = 1;
    REQUIRE(gate_failures(bad, nullptr).size() == 1);
    CHECK(gate_failures(bad, nullptr)[0] == "half load: the balance does not hold");
    bad = fine;
    bad.rounds[1].nodes_agree = false;
    REQUIRE(gate_failures(bad, nullptr).size() == 1);
    CHECK(gate_failures(bad, nullptr)[0] == "full load: nodes do not agree");
    bad = fine;
    bad.rounds[1].generator_limited = true;
    REQUIRE(gate_failures(bad, nullptr).size() == 1);
    CHECK(gate_failures(bad, nullptr)[0] == "full load: the generator was the limit");
}

TEST_CASE("the gate compares what was reached of the ceiling, not speeds", "[bench]") {
    BenchResult before = test::sample_result();
    before.rounds[0].reached_per_mille = 500;
    BenchResult now = before;
    now.rounds[0].committed_per_second = 10;  // a slower machine
    CHECK(gate_failures(now, &before).empty());
    now.rounds[0].reached_per_mille = 450;
    CHECK(gate_failures(now, &before).empty());
    now.rounds[0].reached_per_mille = 449;
    REQUIRE(gate_failures(now, &before).size() == 1);
    CHECK(gate_failures(now, &before)[0] == "half load: 44.9% of the ceiling, before 50.0%");
    CHECK(gate_failures(now, nullptr).empty());
    // Uneven seconds: a tenth less may be chance.
    for (Second& second : now.rounds[0].seconds) second.committed = second.second % 2 * 4'000;
    CHECK(gate_failures(now, &before).empty());
    for (RoundResult& round : now.rounds) round.label += " of another plan";
    REQUIRE(gate_failures(now, &before).size() == 1);
    CHECK(gate_failures(now, &before)[0] == "no round of the earlier run was measured again");
}

TEST_CASE("a file that is no result is refused", "[bench]") {
    const std::string path = binary_dir() + "/compare_test_result.json";
    const auto written = [&](const std::string& text) {
        std::ofstream(path) << text;
        return read_result(path);
    };
    const auto refused = [](const Result<BenchResult>& result) {
        return !result && result.error().code == codes::bench_file_invalid;
    };
    const std::string good = ledger::pretty_json(ledger::to_json(test::sample_result()));
    const auto read = written(good);
    REQUIRE(read);
    CHECK(*read == test::sample_result());
    CHECK(refused(written("")));
    CHECK(refused(written("{}")));
    CHECK(refused(written(good.substr(0, good.size() / 2))));
    BenchResult other = test::sample_result();
    other.version = k_result_version + 1;
    CHECK(refused(written(ledger::pretty_json(ledger::to_json(other)))));
    std::remove(path.c_str());
    CHECK(refused(read_result(path)));
    CHECK(refused(read_result(binary_dir())));
}

}  // namespace
}  // namespace cityledger::bench
