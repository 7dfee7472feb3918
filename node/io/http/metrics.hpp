#pragma once
// The text that Prometheus reads (exposition format 0.0.4).

#include <string>

#include "node/api/answers.hpp"
#include "node/replica/replica.hpp"

namespace cityledger::io {

/// Counters of the node and gauges of its status, each with the prefix "cityledger_".
[[nodiscard]] std::string metrics_text(const api::StatusView& status,
                                       const node::Counters& counters);

/// Figures of this process from /proc: resident bytes, CPU milliseconds, open files. Names as the
/// Prometheus client libraries have them.
[[nodiscard]] std::string process_metrics_text();

}  // namespace cityledger::io
