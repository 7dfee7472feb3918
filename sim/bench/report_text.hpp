#pragma once
// The closing table of a bench, for a terminal.

#include "sim/bench/result.hpp"

namespace cityledger::bench {

/// A block for each round, and a line for each at the end if there are several; in the language of
/// the process, at most 80 columns. What makes a figure worthless is written with "!!!".
[[nodiscard]] std::string result_table(const BenchResult& result);

}  // namespace cityledger::bench
