#pragma once
// Helpers for tests with published figures, which are written in hexadecimal.

#include <catch2/catch.hpp>

#include "crypto/bytes.hpp"
#include "crypto/keys.hpp"

namespace cityledger::crypto {

inline Bytes hex(std::string_view text) {
    const auto bytes = from_hex(text);
    REQUIRE(bytes.has_value());
    return *bytes;
}

/// The bytes as the fixed-size array of a key, digest or signature.
template <std::size_t size>
std::array<std::uint8_t, size> hex_array(std::string_view text) {
    const Bytes bytes = hex(text);
    REQUIRE(bytes.size() == size);
    std::array<std::uint8_t, size> result{};
    std::copy(bytes.begin(), bytes.end(), result.begin());
    return result;
}

/// `count` bytes of one value.
inline Bytes repeated(std::uint8_t value, std::size_t count) { return Bytes(count, value); }

/// `count` bytes that go up by one from `first`.
inline Bytes counting(std::uint8_t first, std::size_t count) {
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
    return bytes;
}

inline std::string base64(ByteView bytes) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < here ? bytes[i + k] : 0u);
        for (std::size_t k = 0; k < 4; ++k) {
            text.push_back(k <= here ? letters[group >> (18 - 6 * k) & 63] : '=');
        }
    }
    return text;
}

/// PKCS#8 of a P-256 private key given by its scalar alone (RFC 5208, RFC 5915).
inline std::string pem_of_scalar(std::string_view scalar_hex) {
    const Bytes der = hex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420" +
                          std::string(scalar_hex));
    return "-----BEGIN PRIVATE KEY-----\n" + base64(der).substr(0, 64) + "\n" +
           base64(der).substr(64) + "\n-----END PRIVATE KEY-----\n";
}

inline PrivateKey key_of_scalar(std::string_view scalar_hex) {
    auto key = PrivateKey::from_pem(pem_of_scalar(scalar_hex));
    REQUIRE(key.has_value());
    return *std::move(key);
}

}  // namespace cityledger::crypto
