#pragma once
// What a text may be, wherever one is read: in canonical bytes, JSON and scenario files.

#include <optional>
#include <string_view>

namespace cityledger::ledger {

/// Where a text is no text: at the first byte that is no UTF-8 (no overlong form, no surrogate), or
/// at a control character other than line feed and tab. Nothing if it is one.
[[nodiscard]] std::optional<std::size_t> find_bad_text(std::string_view text);

}  // namespace cityledger::ledger
