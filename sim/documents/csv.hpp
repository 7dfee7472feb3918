#pragma once
// Comma-separated values (RFC 4180): cells with their places. Strict, so that a lost quote is
// found where it is and not as a wrong amount.

#include <string>
#include <string_view>
#include <vector>

#include "sim/documents/findings.hpp"

namespace cityledger::documents {

struct CsvCell {
    std::string text;
    std::size_t line = 0;    ///< from 1
    std::size_t column = 0;  ///< from 1, in bytes
};
using CsvRow = std::vector<CsvCell>;

/// The rows that are not empty. Every row must have as many cells as the first; one that is
/// malformed is told and left out. `file` begins the places.
[[nodiscard]] std::vector<CsvRow> read_csv(std::string_view text, const std::string& file,
                                           Findings& findings);

[[nodiscard]] std::string place_of(const std::string& file, const CsvCell& cell);

}  // namespace cityledger::documents
