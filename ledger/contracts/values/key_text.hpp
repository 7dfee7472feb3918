#pragma once
// Numbers in state keys: decimal with leading zeros, so that key order is numeric order.

#include <cstdint>
#include <string>

namespace cityledger::ledger {

/// At least `width` digits.
[[nodiscard]] inline std::string fixed_width(std::uint64_t number, std::size_t width) {
    std::string digits = std::to_string(number);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    return digits;
}

}  // namespace cityledger::ledger
