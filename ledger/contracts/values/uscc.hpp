#pragma once
// Unified social credit codes (统一社会信用代码, GB 32100-2015): how enterprises are named.
// 18 characters: registering authority, category, region (6 digits), organisation code
// (GB 11714: 8 characters and a check character), check character.

#include <string_view>

#include "crypto/result.hpp"
#include "ledger/contracts/values/uscc_codes.hpp"

namespace cityledger::ledger {

/// The length, the characters, the region's digits and both check characters; each broken rule
/// has its own code.
[[nodiscard]] Status check_uscc(std::string_view code);

/// A registration tag: "E-" and 16 upper-case hexadecimal digits. The tax bureau derives it from a
/// USCC with a key of its own (registration_tag.hpp), so that nobody finds the enterprise by trying
/// the public list of codes.
[[nodiscard]] bool is_registration_tag(std::string_view id);

/// The tag of a person: "P-" and 16 upper-case hexadecimal digits, derived in the same way.
[[nodiscard]] bool is_person_tag(std::string_view id);

/// How enterprises are named on the chain: a registration tag, or a USCC in the open.
[[nodiscard]] Status check_enterprise_id(std::string_view id);

}  // namespace cityledger::ledger
