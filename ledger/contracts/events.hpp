#pragma once
// The names of what contracts tell, for those who count it without knowing any business.

#include <string_view>
#include <vector>

namespace cityledger::ledger {

/// Of all contracts of this ledger, each once, ascending.
[[nodiscard]] const std::vector<std::string_view>& city_events();

}  // namespace cityledger::ledger
