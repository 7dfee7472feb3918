#pragma once
// The version of the programs, from the project line of CMakeLists.txt and the commit of the build.

#include <string_view>

namespace cityledger::api {

/// "0.1.0", or "0.1.0-debug" if it was built without optimisation or with a sanitizer
[[nodiscard]] std::string_view version();
/// "0.1.0, commit 0123456789ab, Release build"; "commit unknown" if it was built outside of git.
[[nodiscard]] std::string_view version_of_build();

}  // namespace cityledger::api
