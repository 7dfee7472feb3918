// The form of resource codes. They are unique by code_key.

#include <algorithm>

#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

/// Class (1 digit), item (2) and catalogue (3) of the classification.
constexpr std::size_t k_classification_digits = 6;
constexpr std::size_t k_max_sequence_digits = 12;

bool are_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char character) { return character >= '0' && character <= '9'; });
}

bool is_zero(std::string_view digits) { return digits.find_first_not_of('0') == digits.npos; }

}  // namespace

bool is_resource_code(std::string_view code) {
    const std::size_t slash = code.find('/');
    if (slash == code.npos || slash < k_classification_digits) return false;
    const std::string_view classification = code.substr(0, slash);
    const std::string_view sequence = code.substr(slash + 1);
    if (!are_digits(classification) || !are_digits(sequence)) return false;
    if (classification[0] < '1' || classification[0] > '3') return false;
    if (is_zero(classification.substr(1, 2)) || is_zero(classification.substr(3, 3))) return false;
    return sequence.size() <= k_max_sequence_digits && !is_zero(sequence);
}

}  // namespace cityledger::ledger::directory
