#pragma once
// Sealing of what only some may read: AES-256-GCM (NIST SP 800-38D) under a content key, the
// content key wrapped (RFC 3394) for each reader under a pairwise key, which two parties derive
// from their own keys (static Diffie-Hellman and HKDF, RFC 5869). And commitments, by which one
// field can be shown later without showing its neighbours.

#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/keys.hpp"
#include "crypto/result.hpp"

namespace cityledger::crypto {

/// A 256-bit symmetric key; wiped when destroyed.
class SecretKey {
public:
    using Array = std::array<std::uint8_t, 32>;

    explicit SecretKey(const Array& bytes) : bytes_(bytes) {}
    SecretKey(const SecretKey&) = default;
    SecretKey& operator=(const SecretKey&) = default;
    ~SecretKey();

    /// A fresh key from the operating system's randomness.
    static SecretKey generate();

    [[nodiscard]] ByteView view() const { return bytes_; }
    /// Takes the same time wherever the keys differ.
    friend bool operator==(const SecretKey& a, const SecretKey& b);

private:
    Array bytes_;
};

/// HMAC-SHA256 (RFC 2104).
[[nodiscard]] Digest hmac_sha256(ByteView key, ByteView message);

/// HKDF-SHA256 (RFC 5869) with 32 bytes of output. `info` separates keys of one secret.
[[nodiscard]] SecretKey derive_key(ByteView secret, ByteView salt, ByteView info);

/// The key that two parties share without a message: HKDF over their static Diffie-Hellman secret,
/// with `context` and both public keys, in bytewise order, as info. Refuses keys of different
/// kinds. Keys of the test suite agree too, on a key that is no secret.
[[nodiscard]] Result<SecretKey> pairwise_key(const PrivateKey& own, const PublicKey& other,
                                             ByteView context);

using SealNonce = std::array<std::uint8_t, 12>;

/// The nonce, the ciphertext and the 16-byte tag. `associated` is bound but not stored: name there
/// the record and field, so that a sealed value opens nowhere else. One key must never seal two
/// different texts under one nonce: that reveals both.
[[nodiscard]] Bytes seal(const SecretKey& key, const SealNonce& nonce, ByteView plaintext,
                         ByteView associated);

/// The same with a random nonce; one key may seal some billions of texts this way.
[[nodiscard]] Bytes seal(const SecretKey& key, ByteView plaintext, ByteView associated);

/// The plaintext; refuses too few bytes, and any change of key, bytes or `associated`.
[[nodiscard]] Result<Bytes> open_sealed(const SecretKey& key, ByteView sealed, ByteView associated);

using WrappedKey = std::array<std::uint8_t, 40>;

/// AES-256 key wrap (RFC 3394) of a content key under, for example, a pairwise key.
[[nodiscard]] WrappedKey wrap_key(const SecretKey& wrapping, const SecretKey& content);

/// The content key; refuses a wrapped key that was changed or made for another wrapping key.
[[nodiscard]] Result<SecretKey> unwrap_key(const SecretKey& wrapping, const WrappedKey& wrapped);

/// Commits to one field: tagged hash over the sized salt, name and value. Who knows salt, name and
/// value can show the field; without the salt (32 random bytes, one for each field) it can't be
/// found by trying values.
[[nodiscard]] Digest commit_field(const Digest& salt, std::string_view name, ByteView value);

}  // namespace cityledger::crypto
