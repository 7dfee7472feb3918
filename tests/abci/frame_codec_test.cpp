// The frames of an ABCI connection: cut anywhere, too long, garbage.

#include "node/abci/frame_codec.hpp"

#include <catch2/catch.hpp>

#include "node/abci/abci_codes.hpp"

namespace cityledger::abci {
namespace {

TEST_CASE("frames that arrive byte by byte are whole frames", "[abci]") {
    for (const std::size_t size : {0U, 1U, 127U, 128U, 300U, 20'000U}) {
        const Bytes message(size, std::uint8_t{7});
        Bytes stream;
        append_frame(stream, message);
        CHECK(stream.size() == length_bytes(size) + size);
        append_frame(stream, message);
        FrameReader reader;
        std::size_t found = 0;
        for (const std::uint8_t byte : stream) {
            reader.append(ByteView(&byte, 1));
            const auto next = reader.next();
            REQUIRE(next.has_value());
            if (!*next) continue;
            CHECK(**next == message);
            ++found;
        }
        CHECK(found == 2);
    }
}

TEST_CASE("several frames in one piece come one after the other", "[abci]") {
    Bytes stream;
    append_frame(stream, as_bytes("first"));
    append_frame(stream, as_bytes("second"));
    stream.push_back(5);
    FrameReader reader;
    reader.append(stream);
    CHECK(as_text(*reader.next().value()) == "first");
    CHECK(as_text(*reader.next().value()) == "second");
    CHECK_FALSE(reader.next().value().has_value());
    reader.append(as_bytes("third"));
    CHECK(as_text(*reader.next().value()) == "third");
}

TEST_CASE("a frame above the limit is refused before its bytes arrive", "[abci]") {
    const Bytes allowed = {0x80, 0x80, 0x80, 0x10};  // 32 MiB
    const Bytes above = {0x81, 0x80, 0x80, 0x10};
    FrameReader reader;
    reader.append(allowed);
    CHECK_FALSE(reader.next().value().has_value());
    FrameReader refusing;
    refusing.append(above);
    const auto next = refusing.next();
    REQUIRE_FALSE(next.has_value());
    CHECK(next.error().code == codes::abci_frame_too_large);
}

TEST_CASE("a length without an end is refused", "[abci]") {
    FrameReader reader;
    const Bytes garbage(5, std::uint8_t{0xff});
    reader.append(ByteView(garbage).first(4));
    CHECK_FALSE(reader.next().value().has_value());
    reader.append(ByteView(garbage).first(1));
    const auto next = reader.next();
    REQUIRE_FALSE(next.has_value());
    CHECK(next.error().code == codes::abci_frame_malformed);
}

}  // namespace
}  // namespace cityledger::abci
