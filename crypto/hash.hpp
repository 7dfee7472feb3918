#pragma once
// SHA-256 (FIPS 180-4) with domain tags. The only hash of suite `standard`.

#include <string_view>

#include "crypto/bytes.hpp"

namespace cityledger::crypto {

/// Incremental SHA-256. The digest implementation is fetched once and the context is kept per
/// thread or object, which makes a 64-byte hash three times cheaper than the one-shot call.
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;

    Hasher& update(ByteView bytes);
    Hasher& update(std::string_view text) { return update(as_bytes(text)); }
    Hasher& update_u8(std::uint8_t value);
    Hasher& update_u32(std::uint32_t value);  ///< little-endian
    Hasher& update_u64(std::uint64_t value);  ///< little-endian
    /// Length-prefixed (u32), so that two neighbouring fields cannot shift into each other.
    Hasher& update_sized(ByteView bytes);

    /// The digest of all updates; the hasher is then empty and can be used again.
    Digest finish();

private:
    void* context_;  // EVP_MD_CTX; OpenSSL stays out of headers
};

/// SHA-256 of the bytes.
[[nodiscard]] Digest sha256(ByteView bytes);

/// SHA-256 over (u32 length, tag), then the bytes: hashes of different kinds never collide.
[[nodiscard]] Digest tagged_hash(std::string_view tag, ByteView bytes);

}  // namespace cityledger::crypto
