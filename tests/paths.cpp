#include "tests/paths.hpp"

namespace cityledger {

std::string source_dir() { return CITYLEDGER_SOURCE_DIR; }
std::string binary_dir() { return CITYLEDGER_BINARY_DIR; }

}  // namespace cityledger
