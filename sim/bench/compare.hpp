#pragma once
// Two runs of a bench side by side, and what must not get worse.

#include "sim/bench/result.hpp"

namespace cityledger::bench {

enum class Figure : std::uint8_t { throughput, p50, p99, node_cpu, written_bytes, sent_bytes };
enum class Verdict : std::uint8_t { better, worse, noise };

/// One figure of a round. Throughput is in operations a second, latencies are in us, CPU is in ns
/// an operation, bytes are an operation. A figure that either run lacks (0) is left out.
struct Change {
    Figure figure = Figure::throughput;
    std::uint64_t before = 0;
    std::uint64_t now = 0;
    std::uint64_t noise_per_mille = 0;  ///< of `before`; a change up to this says nothing
    Verdict verdict = Verdict::noise;

    bool operator==(const Change&) const = default;
};

struct RoundComparison {
    std::string label;
    /// Equal operation, bundle, validators and loop. The rate of an open loop may differ: it is
    /// often a share of what an earlier round reached, and then latencies are those of another
    /// load.
    bool same_shape = true;
    std::vector<Change> changes;
};

struct Comparison {
    std::string name;  ///< of the earlier run, like the two below
    std::string started;
    std::string software;
    bool same_machine = true;  ///< equal processor, cores, file system and kind of network
    std::vector<RoundComparison> rounds;
    std::vector<std::string> only_before;  ///< labels
    std::vector<std::string> only_now;
};

/// Reads a result.json. Refuses (bench_file_invalid) a file that cannot be read, is none, or is of
/// another version.
[[nodiscard]] Result<BenchResult> read_result(const std::string& path);

/// Rounds of equal label. A change counts only beyond the noise:
/// - throughput: two standard errors of the difference, from the committed counts of the seconds
///   after the warm-up of both runs (chance alone passes that once in twenty);
/// - latency: the larger of 10 % and the standard deviation of that percentile over the seconds of
///   the run where it is larger;
/// - CPU and bytes an operation: 10 %; they are sums over the whole round.
[[nodiscard]] Comparison compare(const BenchResult& before, const BenchResult& now);

/// For a terminal, in the language of the process, at most 80 columns.
[[nodiscard]] std::string comparison_text(const Comparison& comparison);

/// Why this run must not pass; empty if it may. Only what holds on any machine is judged: a round
/// whose balance does not hold, whose nodes disagree, or whose generator was the limit; and, with
/// an earlier run, a round that reaches less of its lowest ceiling than it did, by more than 10 %
/// and by more than the noise of the throughput. An earlier run of which no round was measured
/// again is a failure too. `before` may be null.
[[nodiscard]] std::vector<std::string> gate_failures(const BenchResult& now,
                                                     const BenchResult* before);

}  // namespace cityledger::bench
