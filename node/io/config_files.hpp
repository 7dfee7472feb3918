#pragma once
// Small text files of a node's home: read whole, written atomically.

#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace cityledger::io {

/// The text of a file of at most 16 MiB.
[[nodiscard]] Result<std::string> read_text_file(const std::string& path);

/// Like read_text_file, but refuses a file that its group or others may read or write.
[[nodiscard]] Result<std::string> read_key_file(const std::string& path);

/// Replaces the file in one step: readers see the old or the new text. Durable on return.
[[nodiscard]] Status write_text_file(const std::string& path, std::string_view text,
                                     unsigned permissions = 0644);

/// file_unreadable with the path and the cause.
[[nodiscard]] Error unreadable(const std::string& path, const std::string& cause);

/// file_unwritable with the path and the cause.
[[nodiscard]] Error unwritable(const std::string& path, const std::string& cause);

}  // namespace cityledger::io
