#include "crypto/keys.hpp"

#include <fstream>
#include <sstream>

#include "crypto/crypto_codes.hpp"
#include "tests/crypto/vectors.hpp"
#include "tests/paths.hpp"

using namespace cityledger;
using namespace cityledger::crypto;

namespace {

// RFC 6979 appendix A.2.5: a P-256 key and its signatures with SHA-256.
constexpr const char* k_rfc_scalar =
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr const char* k_rfc_x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
// Its y coordinate ends in 99 and so is odd: the compressed form starts with 03.
constexpr const char* k_rfc_public_key =
    "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
constexpr const char* k_sample_r =
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
constexpr const char* k_sample_high_s =
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
constexpr const char* k_test_r = "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367";
constexpr const char* k_test_s = "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083";

constexpr const char* k_order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr const char* k_half_order =
    "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";
constexpr const char* k_field_prime =
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
constexpr const char* k_zero = "0000000000000000000000000000000000000000000000000000000000000000";

PublicKeyBytes key_bytes(std::string_view text) { return {hex_array<33>(text)}; }

PublicKey decoded(std::string_view text) {
    auto key = PublicKey::decode(key_bytes(text));
    REQUIRE(key.has_value());
    return *std::move(key);
}

Signature signature_of(std::string_view r, std::string_view s) {
    return {hex_array<64>(std::string(r) + std::string(s))};
}

std::string r_of(const Signature& signature) { return to_hex(signature.bytes).substr(0, 64); }
std::string s_of(const Signature& signature) { return to_hex(signature.bytes).substr(64); }

/// order - s, as hexadecimal.
std::string negated(std::string_view s) {
    const Bytes order = hex(k_order);
    Bytes result = hex(s);
    int borrow = 0;
    for (std::size_t i = result.size(); i-- > 0;) {
        const int difference = order[i] - result[i] - borrow;
        borrow = difference < 0 ? 1 : 0;
        result[i] = static_cast<std::uint8_t>(difference + 256 * borrow);
    }
    return to_hex(result);
}

std::string read_data(const std::string& name) {
    std::ifstream file(source_dir() + "/tests/crypto/data/" + name);
    REQUIRE(file.good());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

Code code_of_pem(std::string_view pem) {
    const auto key = PrivateKey::from_pem(pem);
    REQUIRE_FALSE(key.has_value());
    return key.error().code;
}

}  // namespace

TEST_CASE("the published signatures of RFC 6979 verify in their low-s form only") {
    const PublicKey key = decoded(k_rfc_public_key);
    CHECK(key.suite() == SignatureSuite::ecdsa_p256);
    CHECK(key.verify(as_bytes("test"), signature_of(k_test_r, k_test_s)));
    CHECK(key.verify(as_bytes("sample"), signature_of(k_sample_r, negated(k_sample_high_s))));
    CHECK_FALSE(key.verify(as_bytes("sample"), signature_of(k_sample_r, k_sample_high_s)));
    CHECK_FALSE(key.verify(as_bytes("test"), signature_of(k_test_r, negated(k_test_s))));
}

TEST_CASE("the public key of a published private key is the published one") {
    CHECK(key_of_scalar(k_rfc_scalar).public_key().bytes() == key_bytes(k_rfc_public_key));
}

TEST_CASE("a signature by the published private key verifies under the published public key") {
    const Signature signature = key_of_scalar(k_rfc_scalar).sign(as_bytes("invoice"));
    CHECK(decoded(k_rfc_public_key).verify(as_bytes("invoice"), signature));
}

TEST_CASE("a signature with r or s out of range is refused") {
    const PublicKey key = decoded(k_rfc_public_key);
    const auto refused = [&key](std::string_view r, std::string_view s) {
        return !key.verify(as_bytes("test"), signature_of(r, s));
    };
    const std::string all_ones(64, 'f');
    const std::string one = std::string(63, '0') + "1";
    CHECK(refused(k_zero, k_test_s));
    CHECK(refused(k_test_r, k_zero));
    CHECK(refused(k_zero, k_zero));
    CHECK(refused(k_order, k_test_s));
    CHECK(refused(k_test_r, k_order));
    CHECK(refused(all_ones, k_test_s));
    CHECK(refused(k_test_r, all_ones));
    CHECK(refused(k_test_s, k_test_r));
    CHECK(refused(one, one));
    CHECK(refused(k_test_r, k_half_order));
}

TEST_CASE("a signature is for one message and one key") {
    const PrivateKey key = PrivateKey::generate();
    const PrivateKey other = PrivateKey::generate();
    const Bytes message = counting(0, 90);
    const Signature signature = key.sign(message);
    REQUIRE(key.public_key().verify(message, signature));
    CHECK_FALSE(other.public_key().verify(message, signature));
    for (std::size_t bit = 0; bit < 8 * message.size(); bit += 37) {
        Bytes changed = message;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        CHECK_FALSE(key.public_key().verify(changed, signature));
    }
    Bytes longer = message;
    longer.push_back(0);
    CHECK_FALSE(key.public_key().verify(longer, signature));
    for (std::size_t bit = 0; bit < 512; bit += 31) {
        Signature changed = signature;
        changed.bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        CHECK_FALSE(key.public_key().verify(message, changed));
    }
}

TEST_CASE("a hundred signatures verify, are low-s, and have no accepted high-s twin") {
    const PrivateKey key = PrivateKey::generate();
    INFO("key " << key.to_pem());
    for (std::uint8_t i = 0; i < 100; ++i) {
        const Bytes message = repeated(i, i);
        const Signature signature = key.sign(message);
        INFO("message " << int{i} << ", signature " << to_hex(signature.bytes));
        REQUIRE(key.public_key().verify(message, signature));
        REQUIRE(s_of(signature) <= k_half_order);
        REQUIRE_FALSE(key.public_key().verify(
            message, signature_of(r_of(signature), negated(s_of(signature)))));
    }
}

TEST_CASE("an empty message can be signed") {
    const PrivateKey key = PrivateKey::generate();
    CHECK(key.public_key().verify({}, key.sign({})));
}

TEST_CASE("what is no point of the curve is no public key") {
    const auto code_of = [](const std::string& text) {
        const auto key = PublicKey::decode(key_bytes(text));
        REQUIRE_FALSE(key.has_value());
        return key.error().code;
    };
    // x = 0 is on the curve (b is a square); x = 1 is not.
    CHECK(code_of("02" + std::string(63, '0') + "1") == codes::key_malformed);
    CHECK(code_of("03" + std::string(63, '0') + "1") == codes::key_malformed);
    // x = p would be read as x = 0 by a decoder that reduces.
    CHECK(PublicKey::decode(key_bytes("02" + std::string(k_zero))).has_value());
    CHECK(code_of("02" + std::string(k_field_prime)) == codes::key_malformed);
    CHECK(code_of("02" + std::string(64, 'f')) == codes::key_malformed);
}

TEST_CASE("a public key with an unknown first byte is refused") {
    for (const char* first : {"00", "01", "04", "05", "06", "07", "82", "fe"}) {
        const auto key = PublicKey::decode(key_bytes(first + std::string(k_rfc_x)));
        INFO(first);
        REQUIRE_FALSE(key.has_value());
        CHECK(key.error().code == codes::key_kind_unknown);
        CHECK(key.error().detail == "first byte " + std::string(first));
    }
}

TEST_CASE("a key with the other first byte is another key") {
    const PublicKey mirrored = decoded("02" + std::string(k_rfc_x));
    CHECK_FALSE(mirrored.verify(as_bytes("test"), signature_of(k_test_r, k_test_s)));
}

TEST_CASE("a public key that was never decoded verifies nothing") {
    CHECK_FALSE(PublicKey{}.verify(as_bytes("test"), signature_of(k_test_r, k_test_s)));
}

TEST_CASE("a private key survives its file") {
    const PrivateKey key = PrivateKey::generate();
    const std::string pem = key.to_pem();
    CHECK(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    const auto read = PrivateKey::from_pem(pem);
    REQUIRE(read.has_value());
    CHECK(read->public_key().bytes() == key.public_key().bytes());
    CHECK(read->to_pem() == pem);
    CHECK(key.public_key().verify(as_bytes("x"), read->sign(as_bytes("x"))));
}

TEST_CASE("a file without a readable P-256 key is refused") {
    const std::string good = PrivateKey::generate().to_pem();
    CHECK(code_of_pem("") == codes::private_key_unreadable);
    CHECK(code_of_pem("no key at all") == codes::private_key_unreadable);
    CHECK(code_of_pem(good.substr(0, good.size() / 2)) == codes::private_key_unreadable);
    CHECK(code_of_pem(read_data("good.pem")) == codes::private_key_unreadable);
    CHECK(code_of_pem(read_data("key_of_p384.pem")) == codes::private_key_unreadable);
    CHECK(code_of_pem(pem_of_scalar(k_zero)) == codes::private_key_unreadable);
    CHECK(code_of_pem(pem_of_scalar(k_order)) == codes::private_key_unreadable);
}

TEST_CASE("an encrypted key is refused without asking for a password") {
    CHECK(code_of_pem(read_data("key_encrypted.pem")) == codes::private_key_unreadable);
}

TEST_CASE("keys move and public keys are copied") {
    PrivateKey key = PrivateKey::generate();
    const PublicKey copy = key.public_key();
    const PrivateKey moved = std::move(key);
    CHECK(copy.verify(as_bytes("x"), moved.sign(as_bytes("x"))));
}

TEST_CASE("a test key is a function of its seed and never a real key") {
    const PrivateKey key = PrivateKey::for_simulation(Digest{{1}});
    const PrivateKey same = PrivateKey::for_simulation(Digest{{1}});
    const PrivateKey other = PrivateKey::for_simulation(Digest{{2}});
    CHECK(key.public_key().bytes() == same.public_key().bytes());
    CHECK(key.public_key().bytes() != other.public_key().bytes());
    CHECK(key.public_key().bytes().bytes[0] == 0xff);
    CHECK(key.public_key().suite() == SignatureSuite::simulation);
    CHECK(key.native_handle() == nullptr);
}

TEST_CASE("a test signature binds the message and the key, and is deterministic") {
    const PrivateKey key = PrivateKey::for_simulation(Digest{{1}});
    const PrivateKey other = PrivateKey::for_simulation(Digest{{2}});
    const Signature signature = key.sign(as_bytes("vote"));
    CHECK(signature == key.sign(as_bytes("vote")));
    CHECK(key.public_key().verify(as_bytes("vote"), signature));
    CHECK_FALSE(key.public_key().verify(as_bytes("veto"), signature));
    CHECK_FALSE(other.public_key().verify(as_bytes("vote"), signature));
    for (const std::size_t byte : {0, 31, 32, 63}) {
        Signature changed = signature;
        changed.bytes[byte] ^= 1;
        CHECK_FALSE(key.public_key().verify(as_bytes("vote"), changed));
    }
    const auto read = PublicKey::decode(key.public_key().bytes());
    REQUIRE(read.has_value());
    CHECK(read->verify(as_bytes("vote"), signature));
}
