#include "sim/cli/colour.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace cityledger::sim {
namespace {

bool takes_colour() {
    const char* const refused = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0') &&
           terminal != nullptr && std::string_view(terminal) != "dumb";
}

}  // namespace

std::string toned(Tone tone, const std::string& text) {
    static const bool coloured = takes_colour();
    if (!coloured) return text;
    constexpr std::string_view k_starts[] = {"\033[32m", "\033[31m", "\033[33m"};
    return std::string(k_starts[static_cast<std::size_t>(tone)]) + text + "\033[0m";
}

}  // namespace cityledger::sim
