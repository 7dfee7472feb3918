#pragma once
#include <string>

namespace cityledger {

/// The folder of the sources, without a slash at its end.
[[nodiscard]] std::string source_dir();
/// The folder of this build, which holds cityledger and cityledgerd.
[[nodiscard]] std::string binary_dir();

}  // namespace cityledger
