#pragma once
// Signing keys. Two kinds, told apart by the first byte of the public key: ECDSA P-256 with
// SHA-256 (FIPS 186-5, SEC 1), and a test kind for the simulator whose "signature" anybody can
// compute. No genesis of a real network accepts the test kind (ledger/genesis.hpp).

#include <compare>
#include <memory>

#include "crypto/bytes.hpp"
#include "crypto/result.hpp"

namespace cityledger::crypto {

enum class SignatureSuite : std::uint8_t { ecdsa_p256 = 1, simulation = 2 };

/// r || s, 32 bytes each, big-endian; s is at most half the group order ("low-s"), so that one
/// message and one nonce have exactly one accepted signature. Test suite: 64 bytes of hash.
struct Signature {
    std::array<std::uint8_t, 64> bytes{};
    auto operator<=>(const Signature&) const = default;
};

/// A public key in its 33-byte form: SEC 1 compressed point (0x02/0x03), or 0xff + 32 bytes (test).
struct PublicKeyBytes {
    std::array<std::uint8_t, 33> bytes{};
    auto operator<=>(const PublicKeyBytes&) const = default;
};

/// A decoded, valid public key; cheap to copy, safe to share between threads. Decoding costs more
/// than verifying, so keys are decoded once and kept.
class PublicKey {
public:
    /// Refuses what is not a point of the curve, the point at infinity, and unknown kinds.
    static Result<PublicKey> decode(const PublicKeyBytes& bytes);

    [[nodiscard]] const PublicKeyBytes& bytes() const { return bytes_; }
    [[nodiscard]] SignatureSuite suite() const;

    /// True only for a valid low-s signature of exactly these bytes. Never throws.
    [[nodiscard]] bool verify(ByteView message, const Signature& signature) const;

private:
    friend class PrivateKey;
    PublicKeyBytes bytes_;
    std::shared_ptr<const void> handle_;  // EVP_PKEY_CTX, shared read-only
};

/// A private key. Moves only; wiped by OpenSSL when destroyed.
class PrivateKey {
public:
    /// A fresh P-256 key from the operating system's randomness.
    static PrivateKey generate();
    /// A key of the test suite, a function of the seed alone.
    static PrivateKey for_simulation(const Digest& seed);
    /// PKCS#8 PEM, unencrypted (files are created with mode 0600).
    static Result<PrivateKey> from_pem(std::string_view pem);
    [[nodiscard]] std::string to_pem() const;

    [[nodiscard]] const PublicKey& public_key() const { return public_key_; }
    [[nodiscard]] Signature sign(ByteView message) const;

    /// The raw secret of static Diffie-Hellman (the x coordinate, SEC 1 section 3.3.1), equal on
    /// both sides. For crypto/seal.cpp, which derives keys from it; never used as a key itself.
    /// The test suite's secret is no secret. Refuses keys of different kinds.
    [[nodiscard]] Result<Digest> shared_secret(const PublicKey& other) const;

    PrivateKey(PrivateKey&&) noexcept = default;
    PrivateKey& operator=(PrivateKey&&) noexcept = default;

    /// For crypto/x509_identity.cpp only: the EVP_PKEY, null for the test suite.
    [[nodiscard]] void* native_handle() const { return handle_.get(); }

private:
    PrivateKey() = default;
    PublicKey public_key_;
    std::shared_ptr<void> handle_;
    Digest seed_;  // test suite only
};

}  // namespace cityledger::crypto
