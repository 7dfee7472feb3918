#include "crypto/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "crypto/check.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/handle.hpp"
#include "crypto/hash.hpp"

namespace cityledger::crypto {
namespace {

using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

constexpr std::size_t k_nonce_bytes = std::tuple_size_v<SealNonce>;
constexpr std::size_t k_tag_bytes = 16;
constexpr std::size_t k_max_piece_bytes = 1 << 30;
constexpr std::size_t k_hmac_block_bytes = 64;

void fill_random(std::span<std::uint8_t> out) {
    CHECK_INVARIANT(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

CipherContext new_context() {
    CipherContext context(EVP_CIPHER_CTX_new());
    CHECK_INVARIANT(context != nullptr);
    return context;
}

/// Runs the bytes through the cipher, in pieces that its int counts can hold; a null `out` takes
/// them as associated data.
void update(EVP_CIPHER_CTX* context, std::uint8_t* out, ByteView bytes) {
    while (!bytes.empty()) {
        const ByteView piece = bytes.first(std::min(bytes.size(), k_max_piece_bytes));
        int written = 0;
        CHECK_INVARIANT(EVP_CipherUpdate(context, out, &written, piece.data(),
                                         static_cast<int>(piece.size())) == 1);
        if (out != nullptr) out += written;
        bytes = bytes.subspan(piece.size());
    }
}

CipherContext start_gcm(const SecretKey& key, const std::uint8_t* nonce, bool encrypt) {
    CipherContext context = new_context();
    CHECK_INVARIANT(EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.view().data(),
                                      nonce, encrypt ? 1 : 0) == 1);
    return context;
}

CipherContext start_wrap(const SecretKey& wrapping, bool encrypt) {
    CipherContext context = new_context();
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    CHECK_INVARIANT(EVP_CipherInit_ex(context.get(), EVP_aes_256_wrap(), nullptr,
                                      wrapping.view().data(), nullptr, encrypt ? 1 : 0) == 1);
    return context;
}

void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

/// The digest as a key; the digest is wiped.
SecretKey take_key(Digest& digest) {
    const SecretKey key(digest.bytes);
    OPENSSL_cleanse(digest.bytes.data(), digest.bytes.size());
    return key;
}

}  // namespace

SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

SecretKey SecretKey::generate() {
    Digest random;
    fill_random(random.bytes);
    return take_key(random);
}

bool operator==(const SecretKey& a, const SecretKey& b) {
    return CRYPTO_memcmp(a.bytes_.data(), b.bytes_.data(), a.bytes_.size()) == 0;
}

Digest hmac_sha256(ByteView key, ByteView message) {
    std::array<std::uint8_t, k_hmac_block_bytes> block{};
    if (key.size() > block.size()) {
        const Digest shortened = sha256(key);
        std::copy(shortened.bytes.begin(), shortened.bytes.end(), block.begin());
    } else {
        std::copy(key.begin(), key.end(), block.begin());
    }
    Hasher hasher;
    for (std::uint8_t& byte : block) byte ^= 0x36;
    const Digest inner = hasher.update(block).update(message).finish();
    for (std::uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
    const Digest outer = hasher.update(block).update(inner.view()).finish();
    OPENSSL_cleanse(block.data(), block.size());
    return outer;
}

SecretKey derive_key(ByteView secret, ByteView salt, ByteView info) {
    Digest extracted = hmac_sha256(salt, secret);
    // One block of expansion: 32 bytes are all that is asked for.
    Bytes counted_info = to_bytes(info);
    counted_info.push_back(1);
    Digest expanded = hmac_sha256(extracted.view(), counted_info);
    OPENSSL_cleanse(extracted.bytes.data(), extracted.bytes.size());
    return take_key(expanded);
}

Result<SecretKey> pairwise_key(const PrivateKey& own, const PublicKey& other, ByteView context) {
    Result<Digest> secret = own.shared_secret(other);
    if (!secret) return propagate(secret);
    const auto [low, high] = std::minmax(own.public_key().bytes(), other.bytes());
    Bytes info = to_bytes(context);
    append(info, low.bytes);
    append(info, high.bytes);
    const SecretKey key = derive_key(secret->view(), {}, info);
    OPENSSL_cleanse(secret->bytes.data(), secret->bytes.size());
    return key;
}

Bytes seal(const SecretKey& key, const SealNonce& nonce, ByteView plaintext, ByteView associated) {
    const CipherContext context = start_gcm(key, nonce.data(), true);
    update(context.get(), nullptr, associated);
    Bytes sealed(k_nonce_bytes + plaintext.size() + k_tag_bytes);
    std::copy(nonce.begin(), nonce.end(), sealed.begin());
    update(context.get(), sealed.data() + k_nonce_bytes, plaintext);
    std::uint8_t* const tag = sealed.data() + k_nonce_bytes + plaintext.size();
    int written = 0;
    CHECK_INVARIANT(EVP_CipherFinal_ex(context.get(), tag, &written) == 1);
    CHECK_INVARIANT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG,
                                        static_cast<int>(k_tag_bytes), tag) == 1);
    return sealed;
}

Bytes seal(const SecretKey& key, ByteView plaintext, ByteView associated) {
    SealNonce nonce;
    fill_random(nonce);
    return seal(key, nonce, plaintext, associated);
}

Result<Bytes> open_sealed(const SecretKey& key, ByteView sealed, ByteView associated) {
    if (sealed.size() < k_nonce_bytes + k_tag_bytes) {
        return refuse(codes::seal_too_short, std::to_string(sealed.size()) + " bytes");
    }
    const ByteView ciphertext =
        sealed.subspan(k_nonce_bytes, sealed.size() - k_nonce_bytes - k_tag_bytes);
    std::array<std::uint8_t, k_tag_bytes> tag;
    std::copy(sealed.end() - k_tag_bytes, sealed.end(), tag.begin());

    const CipherContext context = start_gcm(key, sealed.data(), false);
    update(context.get(), nullptr, associated);
    Bytes plaintext(ciphertext.size());
    update(context.get(), plaintext.data(), ciphertext);
    CHECK_INVARIANT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG,
                                        static_cast<int>(k_tag_bytes), tag.data()) == 1);
    std::array<std::uint8_t, k_tag_bytes> rest;
    int written = 0;
    const ErrorQueueGuard guard;
    const bool genuine = EVP_CipherFinal_ex(context.get(), rest.data(), &written) == 1;
    if (!genuine) {
        OPENSSL_cleanse(plaintext.data(), plaintext.size());
        return refuse(codes::seal_bad_tag);
    }
    return plaintext;
}

WrappedKey wrap_key(const SecretKey& wrapping, const SecretKey& content) {
    const CipherContext context = start_wrap(wrapping, true);
    WrappedKey wrapped;
    int written = 0;
    CHECK_INVARIANT(EVP_CipherUpdate(context.get(), wrapped.data(), &written, content.view().data(),
                                     static_cast<int>(content.view().size())) == 1);
    CHECK_INVARIANT(written == static_cast<int>(wrapped.size()));
    return wrapped;
}

Result<SecretKey> unwrap_key(const SecretKey& wrapping, const WrappedKey& wrapped) {
    const CipherContext context = start_wrap(wrapping, false);
    // As long as the wrapped form: OpenSSL may use the room beyond the key while it works.
    std::array<std::uint8_t, std::tuple_size_v<WrappedKey>> room{};
    int written = 0;
    const ErrorQueueGuard guard;
    const bool genuine = EVP_CipherUpdate(context.get(), room.data(), &written, wrapped.data(),
                                          static_cast<int>(wrapped.size())) == 1;
    if (!genuine) return refuse(codes::wrapped_key_bad);
    Digest content;
    std::copy_n(room.begin(), content.bytes.size(), content.bytes.begin());
    OPENSSL_cleanse(room.data(), room.size());
    return take_key(content);
}

Digest commit_field(const Digest& salt, std::string_view name, ByteView value) {
    Hasher hasher;
    hasher.update_sized(as_bytes("cityledger/field-commitment"));
    hasher.update_sized(salt.view()).update_sized(as_bytes(name)).update_sized(value);
    return hasher.finish();
}

}  // namespace cityledger::crypto
