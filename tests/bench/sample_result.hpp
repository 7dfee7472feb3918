#pragma once
// A made-up result with something in every field, for the tests of reports and comparisons.

#include <cmath>

#include "sim/bench/latency_histogram.hpp"
#include "sim/bench/result.hpp"

namespace cityledger::bench::test {

/// Ten seconds of round after two of warm-up, about 2,000 operations a second, none of it random.
inline RoundResult sample_round(const std::string& label) {
    RoundResult round;
    round.label = label;
    round.operation = "sealed_invoice";
    round.rate = "fixed 2,000/s";
    round.bundle = 100;
    round.senders = 7'600;
    round.argument_bytes = 922;
    round.validators = 4;
    round.state_before = 24'000;
    round.warm_up_ms = 2'000;
    round.measured_ms = 10'000;
    LatencyHistogram latencies;
    for (std::uint64_t i = 0; i < 12; ++i) {
        Second second;
        second.second = i;
        second.warm_up = i < 2;
        second.offered = 2'000;
        second.sent = 2'000;
        second.committed = i < 2 ? 900 : 1'980 + i % 2 * 20;
        second.refused = i == 7 ? 24 : 0;
        second.waiting = 120 + i;
        second.p50_us = 84'000 + i * 1'000;
        second.p99_us = i == 7 ? 290'000 : 180'000 + i * 2'000;
        second.max_us = second.p99_us + 20'000;
        second.blocks = 9;
        second.nullified_views = i == 7 ? 1 : 0;
        second.node_cpu_ms = {310 + i, 315, 305, i == 7 ? 0U : 300U};
        second.generator_cpu_ms = 30;
        round.seconds.push_back(second);
        round.balance.sent += second.committed + second.refused;
        round.balance.committed += second.committed;
        round.balance.refused += second.refused;
        if (second.warm_up) continue;
        for (std::uint64_t one = 0; one < second.committed; ++one) {
            const double place = static_cast<double>(one) / 2'000;
            latencies.add(static_cast<std::uint64_t>(60'000 * std::exp(place * place * 1.6)));
        }
    }
    round.refused = {{"over_quota_invoice", 20}, {"mempool_full", 4}};
    round.offered_per_second = 2'000;
    round.committed_per_second = 1'990;
    round.latency = latencies.summary();
    round.buckets = latencies.buckets();
    round.marks = {{7'000, "pause node3"}, {8'500, "resume node3"}};
    round.stages = {{"signatures", 4'100'000},
                    {"execution", 3'900'000},
                    {"storage", 2'000'000},
                    {"votes", 700'000}};
    for (std::uint64_t i = 0; i < 4; ++i) {
        NodeUse node;
        node.node = "node" + std::to_string(i);
        node.cpu_us = 3'100'000 + i * 10'000;
        node.peak_memory_bytes = 310'000'000;
        node.written_bytes = 61'000'000;
        node.folder_bytes = 23'000'000;
        node.sent_bytes = 42'000'000;
        node.received_bytes = 42'000'000;
        node.blocks = 108;
        node.committed = round.balance.committed;
        node.refused = 20;
        node.last_height = 179;
        node.last_state = "5d9cc53c/f53cbee9/607b422a";
        round.nodes.push_back(node);
    }
    round.nodes_agree = true;
    round.generator_cpu_us = 300'000;
    round.generator_late_p99_us = 900;
    round.nullified_views = 1;
    round.ceilings = {{"signatures", "13,999 P-256 checks/s on 2 cores", 349'975},
                      {"hashing", "2,532 MB/s SHA-256 on 2 cores", 686'594},
                      {"execution", "32,299 invoices/s on one thread", 16'149},
                      {"disk", "355 MB/s written and synced", 96'466},
                      {"syncs", "2,969 syncs/s of 4 KiB", 371'000},
                      {"encryption", "3,712 MB/s AES-256-GCM on 2 cores", 671'092}};
    round.lowest_ceiling = "execution";
    round.reached_per_mille = 123;
    round.remarks = {"12 transactions were sent again to another node"};
    return round;
}

inline BenchResult sample_result() {
    BenchResult result;
    result.name = "quick";
    result.started = "2026-11-26 11:24:39 UTC";
    result.command = "cityledger bench invoice --profile quick --seed 1";
    result.software = "0.1.0, commit c3528f0bade6, Release build";
    result.seed = 1;
    result.network = "local";
    result.labels = {"the folder is in memory: nothing waits for a disk"};
    result.machine = {"A Processor", 2, 25'276'063'744, "Debian GNU/Linux 12", "tmpfs"};
    result.histogram_error_per_mille = k_histogram_error_per_mille;
    result.rounds = {sample_round("half load"), sample_round("full load")};
    RoundResult& full = result.rounds[1];
    full.rate = "closed, 20,000 open";
    full.closed_loop = true;
    full.open = 20'000;
    full.operation = "3 plain_invoice + 1 directory_request";
    full.marks.clear();
    full.refused.clear();
    full.stages.clear();
    full.remarks.clear();
    return result;
}

}  // namespace cityledger::bench::test
