#include "crypto/keys.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstring>

#include "crypto/check.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/handle.hpp"
#include "crypto/hash.hpp"

namespace cityledger::crypto {
namespace {

using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using BigNumber = Handle<BIGNUM, BN_clear_free>;
using Memory = Handle<BIO, BIO_free>;
using DecodedSignature = Handle<ECDSA_SIG, ECDSA_SIG_free>;
using Scalar = std::array<std::uint8_t, 32>;

constexpr std::uint8_t k_simulation_kind = 0xff;
constexpr std::size_t k_max_der_signature_bytes = 72;

// The order of the P-256 group and its half, rounded down (SEC 2 section 2.4.2), big-endian.
constexpr Scalar k_order = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                            0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                            0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr Scalar k_half_order = {0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff,
                                 0xff, 0xff, 0xff, 0xff, 0xff, 0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b,
                                 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8};

// OpenSSL takes keys by mutable pointer but only counts references in them.
EVP_PKEY* private_key(const void* handle) {
    return const_cast<EVP_PKEY*>(static_cast<const EVP_PKEY*>(handle));
}

/// What a decoded public key holds: a context that is ready to verify with it, only ever copied.
/// Making it anew for each signature would cost another tenth of the verification, more than that
/// when several threads do.
EVP_PKEY_CTX* verifying_context(const void* handle) {
    return const_cast<EVP_PKEY_CTX*>(static_cast<const EVP_PKEY_CTX*>(handle));
}

KeyContext context_of(EVP_PKEY* key) {
    KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    CHECK_INVARIANT(context != nullptr);
    return context;
}

Scalar half_of(const Signature& signature, std::size_t offset) {
    Scalar scalar;
    std::copy_n(signature.bytes.begin() + static_cast<std::ptrdiff_t>(offset), 32, scalar.begin());
    return scalar;
}

/// order - s for 0 < s < order.
Scalar negated(const Scalar& s) {
    Scalar result;
    int borrow = 0;
    for (std::size_t i = result.size(); i-- > 0;) {
        const int difference = k_order[i] - s[i] - borrow;
        borrow = difference < 0 ? 1 : 0;
        result[i] = static_cast<std::uint8_t>(difference + 256 * borrow);
    }
    return result;
}

/// Writes one positive INTEGER in DER: no leading zero byte but the one that keeps it positive.
std::size_t write_der_integer(const Scalar& scalar, std::uint8_t* out) {
    std::size_t first = 0;
    while (first < scalar.size() - 1 && scalar[first] == 0) ++first;
    const std::size_t pad = scalar[first] >= 0x80 ? 1 : 0;
    const std::size_t size = scalar.size() - first + pad;
    out[0] = 0x02;
    out[1] = static_cast<std::uint8_t>(size);
    out[2] = 0;
    std::memcpy(out + 2 + pad, scalar.data() + first, scalar.size() - first);
    return 2 + size;
}

/// The DER form that OpenSSL verifies; returns its size.
std::size_t write_der_signature(const Scalar& r, const Scalar& s,
                                std::array<std::uint8_t, k_max_der_signature_bytes>& out) {
    std::size_t size = 2;
    size += write_der_integer(r, out.data() + size);
    size += write_der_integer(s, out.data() + size);
    out[0] = 0x30;
    out[1] = static_cast<std::uint8_t>(size - 2);
    return size;
}

bool verify_p256(const void* handle, ByteView message, const Signature& signature) {
    const Scalar r = half_of(signature, 0);
    const Scalar s = half_of(signature, 32);
    if (r == Scalar{} || r >= k_order) return false;
    if (s == Scalar{} || s > k_half_order) return false;

    std::array<std::uint8_t, k_max_der_signature_bytes> der;
    const std::size_t der_size = write_der_signature(r, s, der);
    const Digest digest = sha256(message);
    const ErrorQueueGuard guard;
    const KeyContext context(EVP_PKEY_CTX_dup(verifying_context(handle)));
    CHECK_INVARIANT(context != nullptr);
    return EVP_PKEY_verify(context.get(), der.data(), der_size, digest.bytes.data(),
                           digest.bytes.size()) == 1;
}

Signature sign_p256(const void* handle, ByteView message) {
    const Digest digest = sha256(message);
    const ErrorQueueGuard guard;
    const KeyContext context = context_of(private_key(handle));
    std::array<std::uint8_t, k_max_der_signature_bytes> der;
    std::size_t der_size = der.size();
    CHECK_INVARIANT(EVP_PKEY_sign_init(context.get()) == 1);
    CHECK_INVARIANT(EVP_PKEY_sign(context.get(), der.data(), &der_size, digest.bytes.data(),
                                  digest.bytes.size()) == 1);

    const std::uint8_t* read = der.data();
    const DecodedSignature decoded(d2i_ECDSA_SIG(nullptr, &read, static_cast<long>(der_size)));
    CHECK_INVARIANT(decoded != nullptr);
    Scalar r;
    Scalar s;
    CHECK_INVARIANT(BN_bn2binpad(ECDSA_SIG_get0_r(decoded.get()), r.data(), 32) == 32);
    CHECK_INVARIANT(BN_bn2binpad(ECDSA_SIG_get0_s(decoded.get()), s.data(), 32) == 32);
    if (s > k_half_order) s = negated(s);

    Signature signature;
    std::copy(r.begin(), r.end(), signature.bytes.begin());
    std::copy(s.begin(), s.end(), signature.bytes.begin() + 32);
    return signature;
}

PublicKeyBytes simulation_public_key(const Digest& seed) {
    const Digest digest = tagged_hash("cityledger/simulation-key", seed.view());
    PublicKeyBytes key;
    key.bytes[0] = k_simulation_kind;
    std::copy(digest.bytes.begin(), digest.bytes.end(), key.bytes.begin() + 1);
    return key;
}

/// What anybody can compute: the test suite binds a message to a key but proves nothing.
Signature simulation_signature(const PublicKeyBytes& key, ByteView message) {
    Bytes signed_bytes = to_bytes(key.bytes);
    signed_bytes.insert(signed_bytes.end(), message.begin(), message.end());
    const Digest first = tagged_hash("cityledger/simulation-signature-1", signed_bytes);
    const Digest second = tagged_hash("cityledger/simulation-signature-2", signed_bytes);
    Signature signature;
    std::copy(first.bytes.begin(), first.bytes.end(), signature.bytes.begin());
    std::copy(second.bytes.begin(), second.bytes.end(), signature.bytes.begin() + 32);
    return signature;
}

BigNumber coordinate_of(const EVP_PKEY* key, const char* name) {
    BIGNUM* value = nullptr;
    CHECK_INVARIANT(EVP_PKEY_get_bn_param(key, name, &value) == 1);
    return BigNumber(value);
}

/// The compressed form (SEC 1 section 2.3.3) of a P-256 key's public half.
PublicKeyBytes compressed_point(const EVP_PKEY* key) {
    const BigNumber x = coordinate_of(key, OSSL_PKEY_PARAM_EC_PUB_X);
    const BigNumber y = coordinate_of(key, OSSL_PKEY_PARAM_EC_PUB_Y);
    PublicKeyBytes bytes;
    bytes.bytes[0] = BN_is_odd(y.get()) ? 0x03 : 0x02;
    CHECK_INVARIANT(BN_bn2binpad(x.get(), bytes.bytes.data() + 1, 32) == 32);
    return bytes;
}

/// Null if the bytes are no point of the curve.
Key decode_point(const PublicKeyBytes& bytes) {
    std::string group = "P-256";
    PublicKeyBytes point = bytes;
    std::array<OSSL_PARAM, 3> parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.bytes.data(),
                                          point.bytes.size()),
        OSSL_PARAM_construct_end()};
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    CHECK_INVARIANT(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.data()) != 1) {
        return nullptr;
    }
    return Key(key);
}

bool is_sound_p256_key(EVP_PKEY* key) {
    if (!EVP_PKEY_is_a(key, "EC")) return false;
    std::array<char, 64> group{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1) return false;
    if (std::string_view(group.data(), size) != "prime256v1") return false;
    // A file whose two halves differ would make signatures that nobody accepts.
    const KeyContext context = context_of(key);
    return EVP_PKEY_check(context.get()) == 1;
}

// Without it OpenSSL would ask the terminal for the password of an encrypted file.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

Result<PublicKey> PublicKey::decode(const PublicKeyBytes& bytes) {
    PublicKey key;
    key.bytes_ = bytes;
    const std::uint8_t kind = bytes.bytes[0];
    if (kind == k_simulation_kind) return key;
    if (kind != 0x02 && kind != 0x03) {
        return refuse(codes::key_kind_unknown, "first byte " + to_hex(ByteView{&kind, 1}));
    }
    const ErrorQueueGuard guard;
    const Key point = decode_point(bytes);
    if (!point) return refuse(codes::key_malformed, to_hex(bytes.bytes));
    KeyContext context = context_of(point.get());
    CHECK_INVARIANT(EVP_PKEY_verify_init(context.get()) == 1);
    key.handle_ = std::shared_ptr<EVP_PKEY_CTX>(std::move(context));
    return key;
}

SignatureSuite PublicKey::suite() const {
    return bytes_.bytes[0] == k_simulation_kind ? SignatureSuite::simulation
                                                : SignatureSuite::ecdsa_p256;
}

bool PublicKey::verify(ByteView message, const Signature& signature) const {
    if (suite() == SignatureSuite::simulation) {
        return signature == simulation_signature(bytes_, message);
    }
    // A key that was never decoded verifies nothing.
    return handle_ != nullptr && verify_p256(handle_.get(), message, signature);
}

PrivateKey PrivateKey::generate() {
    Key key(EVP_EC_gen("P-256"));
    CHECK_INVARIANT(key != nullptr);
    PrivateKey result;
    auto decoded = PublicKey::decode(compressed_point(key.get()));
    CHECK_INVARIANT(decoded.has_value());
    result.public_key_ = *std::move(decoded);
    result.handle_ = std::shared_ptr<EVP_PKEY>(std::move(key));
    return result;
}

PrivateKey PrivateKey::for_simulation(const Digest& seed) {
    PrivateKey result;
    result.seed_ = seed;
    result.public_key_.bytes_ = simulation_public_key(seed);
    return result;
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
    const ErrorQueueGuard guard;
    // More than a mebibyte is no key file; the bound keeps the size within OpenSSL's int.
    const std::string_view bounded = pem.substr(0, 1 << 20);
    const Memory memory(BIO_new_mem_buf(bounded.data(), static_cast<int>(bounded.size())));
    CHECK_INVARIANT(memory != nullptr);
    Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr));
    if (!key || !is_sound_p256_key(key.get())) return refuse(codes::private_key_unreadable);
    auto decoded = PublicKey::decode(compressed_point(key.get()));
    if (!decoded) return propagate(decoded);
    PrivateKey result;
    result.public_key_ = *std::move(decoded);
    result.handle_ = std::shared_ptr<EVP_PKEY>(std::move(key));
    return result;
}

std::string PrivateKey::to_pem() const {
    CHECK_INVARIANT(handle_ != nullptr);
    const Memory memory(BIO_new(BIO_s_secmem()));
    CHECK_INVARIANT(memory != nullptr);
    CHECK_INVARIANT(PEM_write_bio_PKCS8PrivateKey(memory.get(), private_key(handle_.get()), nullptr,
                                                  nullptr, 0, nullptr, nullptr) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    CHECK_INVARIANT(size > 0);
    return {text, static_cast<std::size_t>(size)};
}

Signature PrivateKey::sign(ByteView message) const {
    if (public_key_.suite() == SignatureSuite::simulation) {
        return simulation_signature(public_key_.bytes_, message);
    }
    CHECK_INVARIANT(handle_ != nullptr);
    return sign_p256(handle_.get(), message);
}

Result<Digest> PrivateKey::shared_secret(const PublicKey& other) const {
    if (public_key_.suite() != other.suite()) return refuse(codes::key_kinds_differ);
    if (other.suite() == SignatureSuite::simulation) {
        const auto [low, high] = std::minmax(public_key_.bytes_, other.bytes_);
        Bytes both = to_bytes(low.bytes);
        both.insert(both.end(), high.bytes.begin(), high.bytes.end());
        return tagged_hash("cityledger/simulation-secret", both);
    }
    CHECK_INVARIANT(handle_ != nullptr && other.handle_ != nullptr);
    const ErrorQueueGuard guard;
    const KeyContext context = context_of(private_key(handle_.get()));
    CHECK_INVARIANT(EVP_PKEY_derive_init(context.get()) == 1);
    CHECK_INVARIANT(
        EVP_PKEY_derive_set_peer(
            context.get(), EVP_PKEY_CTX_get0_pkey(verifying_context(other.handle_.get()))) == 1);
    Digest secret;
    std::size_t size = secret.bytes.size();
    CHECK_INVARIANT(EVP_PKEY_derive(context.get(), secret.bytes.data(), &size) == 1);
    CHECK_INVARIANT(size == secret.bytes.size());
    return secret;
}

}  // namespace cityledger::crypto
