#pragma once
// Base64 (RFC 4648, section 4, padded), as the RPC of CometBFT has bytes in JSON.

#include <optional>
#include <string>

#include "crypto/bytes.hpp"

namespace cityledger::client {

[[nodiscard]] std::string encode_base64(ByteView bytes);
/// Nothing if the text is none.
[[nodiscard]] std::optional<Bytes> decode_base64(std::string_view text);

}  // namespace cityledger::client
