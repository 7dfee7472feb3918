#pragma once
// The figures of a round, from what was observed.

#include "sim/bench/plan.hpp"
#include "sim/bench/round_record.hpp"

namespace cityledger::bench {

/// Everything of a result that follows from the record: balance, rates, latencies, seconds, stages,
/// nodes, agreement. `rate` is the one in force (a share resolved).
[[nodiscard]] RoundResult summarize(const Round& round, const Rate& rate,
                                    const RoundRecord& record);

/// "fixed 2,000/s", "closed, 4,000 open".
[[nodiscard]] std::string rate_text(const Rate& rate);

/// "12,345".
[[nodiscard]] std::string grouped(std::uint64_t number);

}  // namespace cityledger::bench
