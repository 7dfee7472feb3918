#pragma once
// The page that a node shows at /: one file, in Chinese and English, made of node/io/http/page/.

#include <string_view>

#include "node/io/http/http_message.hpp"

namespace cityledger::io {

/// The page as it stands in the program.
[[nodiscard]] std::string_view page_text();

/// The page with a Content-Security-Policy under which a browser runs its own script and style,
/// told by their hashes, and nothing else: a name of a member that holds markup does nothing even
/// if the page failed to escape it. The page may ask this node only, and stands in no frame.
[[nodiscard]] HttpResponse page_response();

}  // namespace cityledger::io
