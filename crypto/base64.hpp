#pragma once
// Base64 (RFC 4648, section 4, padded): bytes in JSON and in headers of HTTP.

#include <optional>
#include <string>

#include "crypto/bytes.hpp"

namespace cityledger {

[[nodiscard]] std::string encode_base64(ByteView bytes);
/// Nothing if the text is none.
[[nodiscard]] std::optional<Bytes> decode_base64(std::string_view text);

}  // namespace cityledger
