#pragma once
// Files that people write: scenarios and plans.

#include <string>

#include "crypto/result.hpp"

namespace cityledger::sim {

inline constexpr std::size_t k_max_scenario_bytes = 4 * 1024 * 1024;

/// The text of a regular file of at most 4 MiB; scenario_unreadable with the cause for anything
/// else, a device or a pipe among it, which might never end.
[[nodiscard]] Result<std::string> read_scenario_text(const std::string& path);

}  // namespace cityledger::sim
