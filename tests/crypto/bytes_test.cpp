#include "crypto/bytes.hpp"

#include <catch2/catch.hpp>

using namespace cityledger;

TEST_CASE("hexadecimal goes round trip for every byte") {
    Bytes all(256);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
    const std::string text = to_hex(all);
    CHECK(text.substr(0, 6) == "000102");
    CHECK(text.substr(508) == "feff");
    CHECK(from_hex(text) == all);
    CHECK(to_hex(Bytes{}).empty());
    CHECK(from_hex("") == Bytes{});
}

TEST_CASE("hexadecimal is read in both cases and written in lower case") {
    CHECK(from_hex("aBcDeF") == Bytes{0xab, 0xcd, 0xef});
    CHECK(to_hex(Bytes{0xab, 0xcd, 0xef}) == "abcdef");
}

TEST_CASE("what is no hexadecimal is nothing") {
    for (const char* text :
         {"a", "abc", "0g", "g0", " 0", "0 ", "0x", "/0", ":0", "@a", "`a", "-1"}) {
        INFO(text);
        CHECK_FALSE(from_hex(text).has_value());
    }
}

TEST_CASE("a digest is read from exactly 64 hexadecimal digits") {
    const std::string text(64, '7');
    const auto digest = digest_from_hex(text);
    REQUIRE(digest.has_value());
    CHECK(to_hex(*digest) == text);
    CHECK_FALSE(digest_from_hex(text.substr(1)).has_value());
    CHECK_FALSE(digest_from_hex(text.substr(2)).has_value());
    CHECK_FALSE(digest_from_hex(text + "77").has_value());
    CHECK_FALSE(digest_from_hex(std::string(63, '7') + "x").has_value());
}

TEST_CASE("digests are ordered as their bytes are") {
    Digest low;
    Digest high;
    low.bytes[31] = 0xff;
    high.bytes[0] = 0x01;
    CHECK(low < high);
    CHECK(Digest{}.is_zero());
    CHECK_FALSE(low.is_zero());
    CHECK(DigestHasher{}(high) == std::size_t{1} << 56);
}

TEST_CASE("bytes and text are views of each other") {
    const std::string text = "发票";
    CHECK(as_text(as_bytes(text)) == text);
    CHECK(to_bytes(as_bytes("ab")) == Bytes{'a', 'b'});
}
