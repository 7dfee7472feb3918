#pragma once
// Text for a terminal of 80 columns, where Chinese takes two columns a character.

#include <string>
#include <string_view>
#include <vector>

namespace cityledger::sim {

inline constexpr std::size_t k_terminal_columns = 80;

/// Columns that UTF-8 text takes.
[[nodiscard]] std::size_t columns_of(std::string_view text);
/// With control characters as '?': a label must not move the cursor.
[[nodiscard]] std::string printable(std::string_view text);
/// Exactly this wide: filled with blanks, or cut with a final "~".
[[nodiscard]] std::string to_width(std::string_view text, std::size_t columns);
/// As to_width(), the blanks in front.
[[nodiscard]] std::string to_width_right(std::string_view text, std::size_t columns);
/// Lines of at most this many columns, broken at blanks or wide characters where that is possible.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

/// The text over as many lines as it takes, each with its end.
[[nodiscard]] std::string paragraph(std::string_view text);
/// "  name          value": two blanks, the name in so many columns, the value over as many lines
/// as it takes.
[[nodiscard]] std::string named_lines(std::string_view name, std::size_t name_columns,
                                      std::string_view value);

}  // namespace cityledger::sim
