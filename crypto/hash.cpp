#include "crypto/hash.hpp"

#include <openssl/evp.h>

#include <limits>

#include "crypto/check.hpp"

namespace cityledger::crypto {
namespace {

// Fetched once and never freed: looking it up costs more than hashing 64 bytes.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CHECK_INVARIANT(algorithm != nullptr);
    return algorithm;
}

EVP_MD_CTX* native(void* context) { return static_cast<EVP_MD_CTX*>(context); }

// Every use ends with finish(), so the hasher is empty whenever a caller takes it.
Hasher& thread_hasher() {
    static thread_local Hasher hasher;
    return hasher;
}

}  // namespace

Hasher::Hasher() : context_(EVP_MD_CTX_new()) {
    CHECK_INVARIANT(context_ != nullptr);
    CHECK_INVARIANT(EVP_DigestInit_ex2(native(context_), sha256_algorithm(), nullptr) == 1);
}

Hasher::~Hasher() { EVP_MD_CTX_free(native(context_)); }

Hasher& Hasher::update(ByteView bytes) {
    CHECK_INVARIANT(EVP_DigestUpdate(native(context_), bytes.data(), bytes.size()) == 1);
    return *this;
}

Hasher& Hasher::update_u8(std::uint8_t value) { return update(ByteView{&value, 1}); }

Hasher& Hasher::update_u32(std::uint32_t value) {
    std::array<std::uint8_t, 4> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
    return update(bytes);
}

Hasher& Hasher::update_u64(std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
    return update(bytes);
}

Hasher& Hasher::update_sized(ByteView bytes) {
    CHECK_INVARIANT(bytes.size() <= std::numeric_limits<std::uint32_t>::max());
    return update_u32(static_cast<std::uint32_t>(bytes.size())).update(bytes);
}

Digest Hasher::finish() {
    Digest digest;
    unsigned int size = 0;
    CHECK_INVARIANT(EVP_DigestFinal_ex(native(context_), digest.bytes.data(), &size) == 1);
    CHECK_INVARIANT(size == digest.bytes.size());
    // Without a type the context starts again with the algorithm that it already has.
    CHECK_INVARIANT(EVP_DigestInit_ex2(native(context_), nullptr, nullptr) == 1);
    return digest;
}

Digest sha256(ByteView bytes) { return thread_hasher().update(bytes).finish(); }

Digest tagged_hash(std::string_view tag, ByteView bytes) {
    return thread_hasher().update_sized(as_bytes(tag)).update(bytes).finish();
}

}  // namespace cityledger::crypto
