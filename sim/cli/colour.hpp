#pragma once
// Colour, where a person looks: on a terminal, unless NO_COLOR is set (no-color.org) or the
// terminal says that it is dumb.

#include <cstdint>
#include <string>

namespace cityledger::sim {

enum class Tone : std::uint8_t { good, bad, odd };

/// The text for standard output, coloured if that is a terminal.
[[nodiscard]] std::string toned(Tone tone, const std::string& text);

}  // namespace cityledger::sim
