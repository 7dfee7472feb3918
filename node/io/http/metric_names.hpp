#pragma once
// Name, type and words of each figure that the parts of a node count.

#include <cstdint>
#include <span>
#include <string_view>

namespace cityledger::io {

enum class MetricKind : std::uint8_t { counter, gauge };

struct MetricName {
    std::string_view counted;  ///< key in node::Counters
    std::string_view name;     ///< as /metrics has it, without prefix and "_total"
    MetricKind kind = MetricKind::counter;
    std::string_view help;
};

/// Ascending by `counted`. What does not stand here is not told; a tidy test sees that all does.
[[nodiscard]] std::span<const MetricName> metric_names();

/// Counters of one family: what follows this in their keys is the value of its label.
struct LabelledName {
    std::string_view counted_prefix;
    std::string_view name;
    std::string_view label;
    std::string_view help;
};
[[nodiscard]] std::span<const LabelledName> labelled_names();

}  // namespace cityledger::io
