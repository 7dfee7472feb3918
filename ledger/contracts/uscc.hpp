#pragma once
// Unified social credit codes (统一社会信用代码, GB 32100-2015): how enterprises are named.
// 18 characters: registering authority, category, region (6 digits), organisation code
// (GB 11714: 8 characters and a check character), check character.

#include <string_view>

#include "crypto/result.hpp"
#include "ledger/contracts/uscc_codes.hpp"

namespace cityledger::ledger {

/// The length, the characters, the region's digits and both check characters; each broken rule
/// has its own code.
[[nodiscard]] Status check_uscc(std::string_view code);

}  // namespace cityledger::ledger
