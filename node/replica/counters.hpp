#pragma once
// What the parts of a node count, for /metrics.

#include <cstdint>
#include <map>
#include <string>

namespace cityledger::node {

/// Name without prefix -> value: counts since the start, and sizes of the moment. Names follow
/// CometBFT where there is a like one.
using Counters = std::map<std::string, std::uint64_t>;

}  // namespace cityledger::node
