#include "sim/bench/report_text.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"
#include "tests/bench/sample_result.hpp"

namespace cityledger::bench {
namespace {

using sim::columns_of;
using sim::k_terminal_columns;
using sim::to_width;
using sim::to_width_right;
using sim::wrapped;

/// The table in this language, each line of which fits the terminal.
std::string table_of(const BenchResult& result, sim::Language language) {
    sim::set_language(language);
    const std::string table = result_table(result);
    sim::set_language(sim::Language::english);
    for (std::size_t at = 0; at < table.size(); at = table.find('\n', at) + 1) {
        const std::string line = table.substr(at, table.find('\n', at) - at);
        INFO(line);
        CHECK(columns_of(line) <= k_terminal_columns);
        CHECK_FALSE(line.ends_with(' '));
    }
    return table;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("the table of a bench", "[bench]") {
    CHECK(table_of(test::sample_result(), sim::Language::english) ==
          R"table(Bench quick of 2026-11-26 11:24:39 UTC
Note: the folder is in memory: nothing waits for a disk

Round 1: half load
  operation     sealed_invoice; 100 under a signature, 7,600 senders, 4
                validators
  rate          fixed 2,000/s
  committed     1,990 invoices/s over 10.0 s
  offered       2,000/s
  latency       p50 89.0, p90 217.0, p99 284.6, p99.9 296.7, max 296.7 ms
  balance       21,724 sent = 21,700 committed + 24 refused + 0 unknown + 0
                pending
  nodes         agree on blocks and states
  refused       over_quota_invoice 20, mempool_full 4
  limit         execution: 12.3% of 16,149/s (32,299 invoices/s on one thread)
  CPU           625.3 us an operation over all nodes, generator 15.0 us
  stages        signatures 32.9%, execution 31.3%, storage 16.1%, votes 5.6%,
                other 14.1%
  bytes         12,247 written to disk, 4,240 kept on disk, 8,432 between
                validators; an operation, all nodes
  faults        7.0 s pause node3, 8.5 s resume node3
  views         1 nullified
  remark        12 transactions were sent again to another node

Round 2: full load
  operation     3 plain_invoice + 1 directory_request; 100 under a signature,
                7,600 senders, 4 validators
  rate          closed, 20,000 open
  committed     1,990 operations/s over 10.0 s
  offered       2,000/s
  latency       p50 89.0, p90 217.0, p99 284.6, p99.9 296.7, max 296.7 ms
                latency of 20,000 open, not of a plan
  balance       21,724 sent = 21,700 committed + 24 refused + 0 unknown + 0
                pending
  nodes         agree on blocks and states
  limit         execution: 12.3% of 16,149/s (32,299 invoices/s on one thread)
  CPU           625.3 us an operation over all nodes, generator 15.0 us
  bytes         12,247 written to disk, 4,240 kept on disk, 8,432 between
                validators; an operation, all nodes
  views         1 nullified

round                     committed/s     p50 ms     p99 ms  limit %
half load                       1,990       89.0      284.6     12.3
full load                       1,990       89.0      284.6     12.3
)table");
}

TEST_CASE("the table of a bench in Chinese", "[bench]") {
    CHECK(table_of(test::sample_result(), sim::Language::chinese) ==
          R"table(基准测试 quick，2026-11-26 11:24:39 UTC
注意：the folder is in memory: nothing waits for a disk

第 1 轮：half load
  操作          sealed_invoice；每个签名 100 次，发送者 7,600，验证节点 4
  速率          fixed 2,000/s
  已提交        每秒 1,990 张发票，历时 10.0 秒
  计划          每秒 2,000
  延迟          p50 89.0，p90 217.0，p99 284.6，p99.9 296.7，最大 296.7 毫秒
  平衡          发送 21,724 = 提交 21,700 + 拒绝 24 + 不明 0 + 未决 0
  节点          区块与状态一致
  拒绝          over_quota_invoice 20, mempool_full 4
  瓶颈          execution：达到每秒 16,149 的 12.3%（32,299 invoices/s on one
                thread）
  CPU           每次操作：全部节点 625.3 微秒，发送端 15.0 微秒
  阶段          signatures 32.9%, execution 31.3%, storage 16.1%, votes 5.6%, 其
                他 14.1%
  字节          写盘 12,247, 留存磁盘 4,240, 节点间传输 8,432；每次操作，全部节
                点
  故障          7.0 秒 pause node3, 8.5 秒 resume node3
  视图          1 个作废
  说明          12 transactions were sent again to another node

第 2 轮：full load
  操作          3 plain_invoice + 1 directory_request；每个签名 100 次，发送者
                7,600，验证节点 4
  速率          closed, 20,000 open
  已提交        每秒 1,990 次操作，历时 10.0 秒
  计划          每秒 2,000
  延迟          p50 89.0，p90 217.0，p99 284.6，p99.9 296.7，最大 296.7 毫秒
                此为 20,000 次同时未完成时的延迟，而非按计划发送的延迟
  平衡          发送 21,724 = 提交 21,700 + 拒绝 24 + 不明 0 + 未决 0
  节点          区块与状态一致
  瓶颈          execution：达到每秒 16,149 的 12.3%（32,299 invoices/s on one
                thread）
  CPU           每次操作：全部节点 625.3 微秒，发送端 15.0 微秒
  字节          写盘 12,247, 留存磁盘 4,240, 节点间传输 8,432；每次操作，全部节
                点
  视图          1 个作废

轮次                         每秒提交   p50 毫秒   p99 毫秒   瓶颈 %
half load                       1,990       89.0      284.6     12.3
full load                       1,990       89.0      284.6     12.3
)table");
}

TEST_CASE("what makes figures worthless is loud", "[bench]") {
    const auto english = sim::Language::english;
    CHECK_FALSE(contains(table_of(test::sample_result(), english), "!!!"));
    BenchResult result = test::sample_result();
    result.rounds[0].balance.sent += 7;
    CHECK(contains(table_of(result, english), "!!! DOES NOT HOLD: 21,731 sent, but"));
    result = test::sample_result();
    result.rounds[0].nodes_agree = false;
    CHECK(contains(table_of(result, english), "!!! DO NOT AGREE"));
    for (NodeUse& node : result.rounds[0].nodes) node.compared = false;
    CHECK(contains(table_of(result, english), "!!! NOT COMPARED"));
    result = test::sample_result();
    result.rounds[0].generator_limited = true;
    CHECK(contains(table_of(result, english), "!!! was the limit, late by 0.9 ms"));
    result = test::sample_result();
    result.interrupted = true;
    CHECK(contains(table_of(result, english), "!!! Interrupted"));
}

TEST_CASE("the table fits 80 columns whatever it holds", "[bench]") {
    constexpr std::uint64_t k_most = std::numeric_limits<std::uint64_t>::max();
    BenchResult result = test::sample_result();
    RoundResult& round = result.rounds[0];
    round.label = std::string(200, 'x') + "\033[2J" + "\xc2\x9b" + "税务局税务局";
    round.operation = "税务局税务局税务局税务局税务局税务局税务局税务局税务局税务局税务局税务局";
    round.latency = {k_most, k_most, k_most, k_most, k_most, k_most, k_most};
    round.balance = {k_most, k_most, k_most, k_most, k_most};
    round.refused = {{std::string(100, 'r'), k_most}, {"税务局", k_most}};
    round.committed_per_second = k_most;
    round.offered_per_second = k_most;
    round.reached_per_mille = k_most;
    round.generator_limited = true;
    round.generator_late_p99_us = k_most;
    round.ceilings[2].operations_per_second = k_most;
    round.ceilings[2].measured = std::string(90, 'm');
    for (NodeUse& node : round.nodes) {
        node.cpu_us = k_most / 8;
        node.written_bytes = k_most / 8;
        node.sent_bytes = k_most / 8;
        node.folder_bytes = k_most / 8;
    }
    for (StageCpu& stage : round.stages) stage.cpu_us = k_most / 8;
    round.marks[0].at_ms = k_most;
    result.name = std::string(100, 'n');
    const std::string table = table_of(result, sim::Language::english);
    CHECK_FALSE(contains(table, "\033"));
    CHECK_FALSE(contains(table, "\xc2\x9b"));
    table_of(result, sim::Language::chinese);
    table_of(BenchResult{}, sim::Language::english);
    result.rounds = {RoundResult{}};
    CHECK_FALSE(contains(table_of(result, sim::Language::english), "CPU"));
}

TEST_CASE("text is broken at blanks or wide characters", "[bench]") {
    CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(wrapped("one two three", 6) == std::vector<std::string>{"one", "two", "three"});
    CHECK(wrapped("threefold", 5) == std::vector<std::string>{"three", "fold"});
    CHECK(wrapped("税务局", 5) == std::vector<std::string>{"税务", "局"});
    CHECK(wrapped("", 5) == std::vector<std::string>{""});
    CHECK(to_width("税务局", 5) == "税务~");
    CHECK(to_width("税务局", 4) == "税~ ");
    CHECK(to_width_right("12", 4) == "  12");
}

}  // namespace
}  // namespace cityledger::bench
