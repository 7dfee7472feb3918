#pragma once
// A bench as two tables (RFC 4180: lines end with CR LF, texts are quoted where they must be).

#include "sim/bench/result.hpp"

namespace cityledger::bench {

/// Every second of every round: `round` (from 1), `label`, the columns of Second, and the CPU of
/// each node as NAME_cpu_ms (empty for a node that the round did not have).
[[nodiscard]] std::string seconds_csv(const BenchResult& result);

/// The latencies of every round: round, label, from_us, to_us, count.
[[nodiscard]] std::string buckets_csv(const BenchResult& result);

}  // namespace cityledger::bench
