#include "crypto/seal.hpp"

#include "crypto/crypto_codes.hpp"
#include "crypto/hash.hpp"
#include "tests/crypto/vectors.hpp"

using namespace cityledger;
using namespace cityledger::crypto;

namespace {

SecretKey key_of(std::string_view text) { return SecretKey(hex_array<32>(text)); }

const std::string k_zero_key(64, '0');

}  // namespace

TEST_CASE("HMAC-SHA256 gives the digests of RFC 4231") {
    const auto mac = [](const Bytes& key, const Bytes& message) {
        return to_hex(hmac_sha256(key, message));
    };
    const auto text = [](std::string_view message) { return to_bytes(as_bytes(message)); };
    CHECK(mac(repeated(0x0b, 20), text("Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(mac(text("Jefe"), text("what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(mac(repeated(0xaa, 20), repeated(0xdd, 50)) ==
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    CHECK(mac(counting(1, 25), repeated(0xcd, 50)) ==
          "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    CHECK(
        mac(repeated(0xaa, 131), text("Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(mac(repeated(0xaa, 131),
              text("This is a test using a larger than block-size key and a larger than block-size "
                   "data. The key needs to be hashed before being used by the HMAC algorithm.")) ==
          "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

// Longer outputs of HKDF start with the shorter ones, so the first 32 bytes of each figure count.
TEST_CASE("HKDF-SHA256 gives the first 32 bytes of RFC 5869 appendix A") {
    CHECK(derive_key(repeated(0x0b, 22), counting(0x00, 13), counting(0xf0, 10)) ==
          key_of("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
    CHECK(derive_key(counting(0x00, 80), counting(0x60, 80), counting(0xb0, 80)) ==
          key_of("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"));
    CHECK(derive_key(repeated(0x0b, 22), {}, {}) ==
          key_of("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
}

// The test cases 13, 14 and 16 of McGrew and Viega's paper on GCM, which NIST took over.
TEST_CASE("AES-256-GCM gives the published ciphertexts and tags") {
    const SealNonce zero_nonce{};
    CHECK(to_hex(seal(key_of(k_zero_key), zero_nonce, {}, {})) ==
          std::string(24, '0') + "530f8afbc74536b9a963b4f1c4cb738b");
    CHECK(to_hex(seal(key_of(k_zero_key), zero_nonce, repeated(0, 16), {})) ==
          std::string(24, '0') +
              "cea7403d4d606b6e074ec5d3baf39d18"
              "d0d1c8a799996bf0265b98b5d48ab919");

    const SecretKey key =
        key_of("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    const Bytes plaintext =
        hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    const Bytes associated = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const Bytes sealed =
        seal(key, hex_array<12>("cafebabefacedbaddecaf888"), plaintext, associated);
    CHECK(to_hex(sealed) ==
          "cafebabefacedbaddecaf888"
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
          "76fc6ece0f4e1768cddf8853bb2d551b");
    CHECK(open_sealed(key, sealed, associated).value() == plaintext);
}

TEST_CASE("a sealed text opens for its key and context only") {
    const SecretKey key = SecretKey::generate();
    const Bytes plaintext = to_bytes(as_bytes("buyer: a restaurant in Futian"));
    const ByteView context = as_bytes("invoice 7, field buyer");
    const Bytes sealed = seal(key, plaintext, context);
    REQUIRE(sealed.size() == 12 + plaintext.size() + 16);
    CHECK(open_sealed(key, sealed, context).value() == plaintext);

    const auto code = [](const Result<Bytes>& opened) {
        REQUIRE_FALSE(opened.has_value());
        return opened.error().code;
    };
    CHECK(code(open_sealed(SecretKey::generate(), sealed, context)) == codes::seal_bad_tag);
    CHECK(code(open_sealed(key, sealed, as_bytes("invoice 8, field buyer"))) ==
          codes::seal_bad_tag);
    CHECK(code(open_sealed(key, sealed, {})) == codes::seal_bad_tag);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        Bytes changed = sealed;
        changed[i] ^= 0x80;
        REQUIRE(code(open_sealed(key, changed, context)) == codes::seal_bad_tag);
    }
    Bytes longer = sealed;
    longer.push_back(0);
    CHECK(code(open_sealed(key, longer, context)) == codes::seal_bad_tag);
}

TEST_CASE("a sealed text that lost bytes is refused") {
    const SecretKey key = SecretKey::generate();
    const Bytes sealed = seal(key, as_bytes("text"), {});
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        const auto opened = open_sealed(key, ByteView(sealed).first(size), {});
        INFO(size << " bytes are left");
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error().code == (size < 28 ? codes::seal_too_short : codes::seal_bad_tag));
    }
}

TEST_CASE("an empty text can be sealed") {
    const SecretKey key = SecretKey::generate();
    CHECK(open_sealed(key, seal(key, {}, {}), {}).value().empty());
}

TEST_CASE("random keys and nonces differ") {
    const SecretKey key = SecretKey::generate();
    CHECK_FALSE(key == SecretKey::generate());
    CHECK(seal(key, as_bytes("x"), {}) != seal(key, as_bytes("x"), {}));
}

TEST_CASE("AES key wrap gives the figure of RFC 3394 section 4.6") {
    const SecretKey wrapping =
        key_of("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    const SecretKey content =
        key_of("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
    const WrappedKey wrapped = wrap_key(wrapping, content);
    CHECK(to_hex(wrapped) ==
          "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
    CHECK(unwrap_key(wrapping, wrapped).value() == content);
}

TEST_CASE("a wrapped key that was changed, or made for somebody else, is refused") {
    const SecretKey wrapping = SecretKey::generate();
    const WrappedKey wrapped = wrap_key(wrapping, SecretKey::generate());
    const auto for_other = unwrap_key(SecretKey::generate(), wrapped);
    REQUIRE_FALSE(for_other.has_value());
    CHECK(for_other.error().code == codes::wrapped_key_bad);
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
        WrappedKey changed = wrapped;
        changed[i] ^= 1;
        const auto unwrapped = unwrap_key(wrapping, changed);
        REQUIRE_FALSE(unwrapped.has_value());
        CHECK(unwrapped.error().code == codes::wrapped_key_bad);
    }
}

// NIST CAVP, "KAS ECC CDH Primitive", P-256, count 0: both keys and the shared x coordinate.
TEST_CASE("Diffie-Hellman gives the published secret") {
    const PrivateKey own =
        key_of_scalar("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534");
    CHECK(to_hex(own.public_key().bytes().bytes) ==
          "03ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230");
    const auto other = PublicKey::decode(
        {hex_array<33>("02700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287")});
    REQUIRE(other.has_value());
    CHECK(to_hex(own.shared_secret(*other).value()) ==
          "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
}

TEST_CASE("two parties derive one pairwise key, others and other contexts another") {
    const PrivateKey tax = PrivateKey::generate();
    const PrivateKey seller = PrivateKey::generate();
    const PrivateKey stranger = PrivateKey::generate();
    const auto derive = [](const PrivateKey& own, const PrivateKey& other, std::string_view text) {
        return pairwise_key(own, other.public_key(), as_bytes(text)).value();
    };
    const SecretKey key = derive(tax, seller, "chain 1");
    CHECK(key == derive(seller, tax, "chain 1"));
    CHECK_FALSE(key == derive(seller, tax, "chain 2"));
    CHECK_FALSE(key == derive(stranger, tax, "chain 1"));
    CHECK_FALSE(key == derive(stranger, seller, "chain 1"));
}

TEST_CASE("the pairwise key is HKDF of the secret, with context and both public keys in order") {
    const PrivateKey a = PrivateKey::generate();
    const PrivateKey b = PrivateKey::generate();
    PublicKeyBytes low = a.public_key().bytes();
    PublicKeyBytes high = b.public_key().bytes();
    if (high < low) std::swap(low, high);
    Bytes info = to_bytes(as_bytes("context"));
    info.insert(info.end(), low.bytes.begin(), low.bytes.end());
    info.insert(info.end(), high.bytes.begin(), high.bytes.end());
    const Digest secret = a.shared_secret(b.public_key()).value();
    CHECK(pairwise_key(a, b.public_key(), as_bytes("context")).value() ==
          derive_key(secret.view(), {}, info));
}

TEST_CASE("test keys agree among themselves and never with real ones") {
    const PrivateKey a = PrivateKey::for_simulation(Digest{{1}});
    const PrivateKey b = PrivateKey::for_simulation(Digest{{2}});
    const PrivateKey c = PrivateKey::for_simulation(Digest{{3}});
    const SecretKey key = pairwise_key(a, b.public_key(), {}).value();
    CHECK(key == pairwise_key(b, a.public_key(), {}).value());
    CHECK_FALSE(key == pairwise_key(c, a.public_key(), {}).value());

    const PrivateKey real = PrivateKey::generate();
    for (const auto& mixed :
         {pairwise_key(a, real.public_key(), {}), pairwise_key(real, a.public_key(), {})}) {
        REQUIRE_FALSE(mixed.has_value());
        CHECK(mixed.error().code == codes::key_kinds_differ);
    }
}

TEST_CASE("a commitment to a field holds its salt, name and value, each in its place") {
    const Digest salt{{9}};
    const Digest commitment = commit_field(salt, "buyer", as_bytes("Li"));
    CHECK(commitment == commit_field(salt, "buyer", as_bytes("Li")));
    CHECK(commitment != commit_field(Digest{{8}}, "buyer", as_bytes("Li")));
    CHECK(commitment != commit_field(salt, "seller", as_bytes("Li")));
    CHECK(commitment != commit_field(salt, "buyer", as_bytes("Lu")));
    CHECK(commitment != commit_field(salt, "buye", as_bytes("rLi")));
    CHECK(commitment != commit_field(salt, "buyerL", as_bytes("i")));

    Hasher hasher;
    hasher.update_sized(as_bytes("cityledger/field-commitment")).update_sized(salt.view());
    hasher.update_sized(as_bytes("buyer")).update_sized(as_bytes("Li"));
    CHECK(commitment == hasher.finish());
}
