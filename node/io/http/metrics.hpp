#pragma once
// The text that Prometheus reads (exposition format 0.0.4), made by prometheus-cpp.

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "node/api/answers.hpp"
#include "node/replica/counters.hpp"

namespace cityledger::io {

using MetricFamilies = std::vector<prometheus::MetricFamily>;

/// What the parts of a node count (see metric_names.hpp) and what its status tells, each with the
/// prefix "cityledger_", its type and its help.
[[nodiscard]] MetricFamilies node_metrics(const api::StatusView& status,
                                          const node::Counters& counters);

/// Of this process, named as the Prometheus client libraries do, and its CPU time by stage.
[[nodiscard]] MetricFamilies process_metrics();

[[nodiscard]] std::string metrics_text(const MetricFamilies& families);

}  // namespace cityledger::io
