#pragma once
// Bytes, digests and their text form: what every layer hands to the next.

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cityledger {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// A 32-byte hash value. Ordered bytewise, so that sorted containers of digests are canonical.
struct Digest {
    std::array<std::uint8_t, 32> bytes{};

    auto operator<=>(const Digest&) const = default;
    [[nodiscard]] bool is_zero() const { return *this == Digest{}; }
    [[nodiscard]] ByteView view() const { return bytes; }
};

/// The bytes of a text, without a copy. The text must outlive the view.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The text made of these bytes, without a copy. The bytes must outlive the view.
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(ByteView bytes);
[[nodiscard]] inline std::string to_hex(const Digest& digest) { return to_hex(digest.view()); }

/// Reads lower- or upper-case hexadecimal; nothing if a character or the length is off.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);
[[nodiscard]] std::optional<Digest> digest_from_hex(std::string_view text);

/// For unordered look-up only: such a container is never iterated into a hash, a block or a reply.
struct DigestHasher {
    std::size_t operator()(const Digest& digest) const {
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) value = (value << 8) | digest.bytes[i];
        return value;
    }
};

}  // namespace cityledger
