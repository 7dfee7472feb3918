#pragma once
// The machine that a bench runs on, for reports.

#include "sim/bench/result.hpp"

namespace cityledger::bench {

/// `folder` is where the network lies.
[[nodiscard]] Machine this_machine(const std::string& folder);

/// What a reader must know of a folder's file system, e.g. that it keeps nothing; empty if nothing.
[[nodiscard]] std::string file_system_label(const Machine& machine);

/// "2026-11-26 10:40:12 UTC"
[[nodiscard]] std::string utc_now();

}  // namespace cityledger::bench
