#include "crypto/hash.hpp"

#include <thread>

#include "tests/crypto/vectors.hpp"

using namespace cityledger;
using namespace cityledger::crypto;

namespace {

std::string hash_hex(std::string_view text) { return to_hex(sha256(as_bytes(text))); }

}  // namespace

// FIPS 180-4; the figures are those of NIST's "SHA-256 examples".
TEST_CASE("SHA-256 gives the published digests") {
    CHECK(hash_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hash_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(hash_hex(std::string(1'000'000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("pieces of any size hash like the whole") {
    const Bytes message = counting(3, 200);
    const Digest whole = sha256(message);
    Hasher hasher;
    for (std::size_t piece = 1; piece <= message.size(); ++piece) {
        for (std::size_t at = 0; at < message.size(); at += piece) {
            const std::size_t size = std::min(piece, message.size() - at);
            hasher.update(ByteView(message).subspan(at, size));
        }
        INFO("pieces of " << piece << " bytes");
        REQUIRE(hasher.finish() == whole);
    }
}

TEST_CASE("a hasher is empty after finish") {
    Hasher hasher;
    hasher.update("left over");
    (void)hasher.finish();
    CHECK(hasher.finish() == sha256({}));
}

TEST_CASE("numbers are hashed little-endian") {
    Hasher hasher;
    hasher.update_u8(0x01).update_u32(0x05040302).update_u64(0x0d0c0b0a09080706);
    CHECK(hasher.finish() == sha256(counting(1, 13)));
}

TEST_CASE("neighbouring sized fields cannot shift into each other") {
    Hasher hasher;
    const Digest one = hasher.update_sized(as_bytes("ab")).update_sized(as_bytes("c")).finish();
    const Digest other = hasher.update_sized(as_bytes("a")).update_sized(as_bytes("bc")).finish();
    CHECK(one != other);
    CHECK(one == sha256(hex("020000006162"
                            "0100000063")));
}

TEST_CASE("a tagged hash starts with the size of its tag and the tag") {
    CHECK(tagged_hash("vote", as_bytes("x")) == sha256(hex("04000000766f7465"
                                                           "78")));
    CHECK(tagged_hash("vote", as_bytes("x")) != tagged_hash("votex", {}));
    CHECK(tagged_hash("vote", as_bytes("x")) != tagged_hash("block", as_bytes("x")));
}

TEST_CASE("threads hash without disturbing each other") {
    const Bytes message = counting(0, 100);
    const Digest expected = sha256(message);
    std::array<int, 4> wrong{};
    std::vector<std::thread> threads;
    for (int& count : wrong) {
        threads.emplace_back([&message, &expected, &count] {
            for (int i = 0; i < 500; ++i) count += sha256(message) == expected ? 0 : 1;
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == std::array<int, 4>{});
}
