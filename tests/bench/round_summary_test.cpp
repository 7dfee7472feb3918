#include "sim/bench/round_summary.hpp"
#include "sim/bench/chain_follower.hpp"

#include <catch2/catch.hpp>

#include "sim/bench/ceilings.hpp"

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_second = 1'000'000;

TransactionRecord executed(std::uint64_t intended_us, std::uint64_t done_us,
                           std::uint32_t committed = 10) {
    TransactionRecord record;
    record.intended_us = intended_us;
    record.sent_us = intended_us;
    record.done_us = done_us;
    record.operations = 10;
    record.committed = committed;
    record.fate = Fate::executed;
    return record;
}

TransactionRecord ended(Fate fate) {
    TransactionRecord record = executed(k_second, 0, 0);
    record.fate = fate;
    return record;
}

Round round_of(std::uint64_t warm_up_s, std::uint64_t duration_s) {
    Round round;
    round.label = "test";
    round.bundle = 10;
    round.warm_up_ms = warm_up_s * 1'000;
    round.duration_ms = duration_s * 1'000;
    round.rate.kind = RateKind::fixed;
    round.rate.from_per_second = 20;
    return round;
}

RoundRecord record_of(std::vector<TransactionRecord> transactions) {
    RoundRecord record;
    record.transactions = std::move(transactions);
    record.warm_up_us = k_second;
    record.end_us = 3 * k_second;
    return record;
}

NodeRecord node_of(const std::string& name, std::uint64_t committed, const std::string& state) {
    NodeRecord node;
    node.name = name;
    node.chain.committed = committed;
    node.chain.states = {{7, "first"}, {8, state}};
    return node;
}

RoundResult summary(const RoundRecord& record) {
    const Round round = round_of(1, 2);
    return summarize(round, round.rate, record);
}

TEST_CASE("every operation that was sent has one end", "[bench]") {
    RoundRecord record = record_of(
        {executed(k_second, 2 * k_second), executed(k_second, k_second, 4), ended(Fate::refused),
         ended(Fate::unknown), ended(Fate::accepted), ended(Fate::planned)});
    record.refused_on_admission = {{"mempool_full", 10}};
    record.nodes = {node_of("node0", 14, "last")};
    record.nodes[0].chain.refused = 6;
    record.nodes[0].chain.refused_by_code = {{"over_quota_invoice", 6}};
    const RoundResult result = summary(record);
    CHECK(result.balance.sent == 50);
    CHECK(result.balance.committed == 14);
    CHECK(result.balance.refused == 16);
    CHECK(result.balance.unknown == 10);
    CHECK(result.balance.pending == 10);
    CHECK(result.balance.holds());
    CHECK(result.refused == std::vector<Refused>{{"mempool_full", 10}, {"over_quota_invoice", 6}});
}

TEST_CASE("refused operations are no throughput", "[bench]") {
    const RoundResult result = summary(
        record_of({executed(k_second, k_second + 1, 5), executed(k_second, k_second + 1, 0)}));
    CHECK(result.committed_per_second == 2);
    CHECK(result.offered_per_second == 10);
    CHECK(result.latency.count == 5);
}

TEST_CASE("the warm-up counts in the balance and nowhere else", "[bench]") {
    const RoundResult result = summary(record_of(
        {executed(0, k_second / 2), executed(k_second / 2, k_second + k_second / 2),
         executed(2 * k_second, 2 * k_second + 70'000), executed(2 * k_second + 1, 5 * k_second)}));
    CHECK(result.balance.committed == 40);
    CHECK(result.committed_per_second == 10);  // two ended within the two seconds
    CHECK(result.latency.count == 20);         // two were meant for them
    CHECK(result.latency.max_us >= 2'900'000);
    REQUIRE(result.seconds.size() == 6);
    CHECK(result.seconds[0].warm_up);
    CHECK_FALSE(result.seconds[1].warm_up);
    CHECK(result.seconds[0].offered == 20);
    CHECK(result.seconds[5].committed == 10);
    CHECK(result.seconds[4].waiting == 10);
    CHECK(result.seconds[5].waiting == 0);
    CHECK(result.seconds[5].max_us == 2'999'999);
}

TEST_CASE("latency begins at the intended time, however late it was sent", "[bench]") {
    TransactionRecord late = executed(k_second, 3 * k_second - 1);
    late.sent_us = 3 * k_second - 2;
    const RoundResult result = summary(record_of({late}));
    CHECK(result.latency.max_us == 2 * k_second - 1);
    CHECK(result.seconds[1].sent == 0);
    CHECK(result.seconds[2].sent == 10);
}

TEST_CASE("nodes agree only on equal states and equal counts", "[bench]") {
    RoundRecord record = record_of({executed(k_second, 2 * k_second)});
    record.nodes = {node_of("node0", 10, "same"), node_of("node1", 10, "same")};
    CHECK(summary(record).nodes_agree);
    record.nodes[1].chain.states[8] = "other";
    CHECK_FALSE(summary(record).nodes_agree);
    record.nodes[1] = node_of("node1", 9, "same");
    CHECK_FALSE(summary(record).nodes_agree);
    record.nodes[1].chain.complete = false;  // it was away: only its states can be compared
    CHECK(summary(record).nodes_agree);
    CHECK_FALSE(summary(record).remarks.empty());
    // What the clients were told and what the blocks hold must be the same.
    record.nodes = {node_of("node0", 20, "same")};
    CHECK_FALSE(summary(record).nodes_agree);
}

TEST_CASE("CPU, stages and bytes are those of the measured time", "[bench]") {
    RoundRecord record = record_of({executed(k_second, 2 * k_second)});
    record.nodes = {node_of("node0", 10, "same")};
    for (std::uint64_t second = 0; second < 5; ++second) {
        NodeCounters counters;
        counters.cpu_us = second * 500'000;
        counters.sent_bytes = second * 1'000;
        counters.height = second * 3;
        counters.stages_cpu_us = {{"execution", second * 100'000}, {"votes", second * 200'000}};
        record.nodes[0].samples.push_back({second, counters});
    }
    record.nodes[0].samples[2].counters.reset();  // did not answer once
    const RoundResult result = summary(record);
    CHECK(result.nodes[0].cpu_us == 1'000'000);
    CHECK(result.nodes[0].sent_bytes == 2'000);
    REQUIRE(result.stages.size() == 2);
    CHECK(result.stages[0] == StageCpu{"votes", 400'000});
    CHECK(result.seconds[1].node_cpu_ms == std::vector<std::uint64_t>{0});
    CHECK(result.seconds[2].node_cpu_ms == std::vector<std::uint64_t>{1'000});
    CHECK(result.seconds[2].blocks == 6);
}

TEST_CASE("a generator that was late though it was free is told", "[bench]") {
    RoundRecord record = record_of({executed(k_second, 2 * k_second)});
    record.late.add(10);
    CHECK_FALSE(summary(record).generator_limited);
    record.late.add(5'000'000, 10);
    CHECK(summary(record).generator_limited);
}

TEST_CASE("a closed loop that is not kept full is the generator's", "[bench]") {
    Round round = round_of(1, 2);
    round.rate = {};
    round.rate.open = 100;
    RoundRecord record = record_of({});
    for (int i = 0; i < 4; ++i) record.transactions.push_back(executed(k_second, 4 * k_second));
    CHECK(summarize(round, round.rate, record).generator_limited);  // 40 of 100 open
    for (int i = 0; i < 2; ++i) record.transactions.push_back(executed(k_second, 4 * k_second));
    CHECK_FALSE(summarize(round, round.rate, record).generator_limited);
}

TEST_CASE("the lowest ceiling is what a network of this shape cannot pass", "[bench]") {
    MachineSpeeds speeds{2, 20'000, 2'000'000'000, 3'000'000'000, 300'000'000, 4'000, 30'000};
    RoundResult result;
    result.validators = 4;
    result.bundle = 1;
    result.argument_bytes = 1'000;
    result.committed_per_second = 2'500;
    add_ceilings(speeds, result);
    CHECK(result.lowest_ceiling == "signatures");
    CHECK(result.reached_per_mille == 500);  // of 20,000 / 4
    result.bundle = 100;
    add_ceilings(speeds, result);
    CHECK(result.lowest_ceiling == "execution");
    CHECK(result.ceilings.size() == 6);
    result.validators = 1;
    add_ceilings(speeds, result);
    CHECK(result.ceilings.size() == 5);  // one node sends nothing to others
}

TEST_CASE("a node that lags keeps the others comparable", "[bench]") {
    // Blocks without operations go on after the last that counts: the nodes need not be level.
    const std::vector<FollowState> nodes = {
        {true, 12, 10}, {true, 11, 10}, {true, 6, 5}, {false, 12, 10}};
    CHECK(is_complete(nodes, 0));
    CHECK(is_complete(nodes, 1));
    CHECK_FALSE(is_complete(nodes, 2));
    CHECK_FALSE(is_complete(nodes, 3));
}

}  // namespace
}  // namespace cityledger::bench
