// The canonical encoding: round trips, refusals, bounded memory, and random damage.

#include "ledger/codec/codec.hpp"

#include <cstdlib>
#include <new>
#include <random>

#include "tests/ledger/fixtures.hpp"

namespace {

// Every allocation of this test program is counted, so that a test can bound those of one call.
std::size_t g_allocated_bytes = 0;

}  // namespace

// NOLINTBEGIN: replacing the global operators is the point.
void* operator new(std::size_t bytes) {
    g_allocated_bytes += bytes;
    if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
    std::abort();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return operator new(bytes);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND

namespace cityledger::ledger {
namespace {

using namespace testing;

enum class Colour : std::uint8_t { red, green };

}  // namespace

template <>
struct EnumNames<Colour> {
    static constexpr std::string_view names[] = {"red", "green"};
};

namespace {

struct Sample {
    bool flag = false;
    std::uint8_t small = 0;
    std::int64_t fen = 0;
    Colour colour = Colour::red;
    std::string text;
    Bytes bytes;
    Digest digest;
    std::vector<std::string> lines;
    std::optional<std::uint32_t> maybe;

    bool operator==(const Sample&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("flag", flag), field("small", small), field("fen", fen),
                field("colour", colour), limited<8>("text", text), field("bytes", bytes),
                field("digest", digest), limited<3>("lines", lines), field("maybe", maybe));
    }
};

Sample make_sample() {
    return {true, 200, -5, Colour::green, "职责", {1, 2}, digest_of("x"), {"a", ""}, 7};
}

TEST_CASE("a struct encodes as its fields, little-endian and with counts", "[codec]") {
    Sample sample = make_sample();
    sample.digest = Digest{};
    CHECK(to_hex(encode(sample)) ==
          "01"
          "c8"
          "fbffffffffffffff"
          "01"
          "06000000e8818ce8b4a3"
          "020000000102" +
              std::string(64, '0') +
              "02000000"
              "0100000061"
              "00000000"
              "0107000000");
}

template <class T>
void check_round_trip(const T& value) {
    const Bytes bytes = encode(value);
    const auto decoded = decode<T>(bytes);
    REQUIRE(decoded);
    CHECK(*decoded == value);
    CHECK(encode(*decoded) == bytes);
}

TEST_CASE("what is encoded decodes to the same value", "[codec]") {
    check_round_trip(make_sample());
    check_round_trip(Sample{});
    check_round_trip(make_transaction("note"));
    check_round_trip(make_certificate({VoteKind::nullify, 0, 7, {}}, 3));
    check_round_trip(make_vote({VoteKind::notarize, 0, 7, digest_of("b")}, 2));
    check_round_trip(BlockPair().block);
    BlockPair closing;
    closing.block.header.next_validators = make_validators(4);
    check_round_trip(closing.block);
    check_round_trip(make_genesis());
    Batch batch;
    batch.transactions = {make_transaction("1"), make_transaction("2")};
    check_round_trip(batch);
    check_round_trip(Receipt{digest_of("t"), 3, 1, 0, {{0, {1}, {{"name", "subject"}}}}});
}

TEST_CASE("every shorter text of bytes is refused as truncated", "[codec]") {
    const Bytes bytes = encode(make_sample());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        INFO(size << " of " << bytes.size() << " bytes");
        check_refused(decode<Sample>(ByteView(bytes).first(size)), codes::decode_truncated);
    }
}

TEST_CASE("a byte after the value is refused", "[codec]") {
    Bytes bytes = encode(make_sample());
    bytes.push_back(0);
    check_refused(decode<Sample>(bytes), codes::decode_trailing);
}

TEST_CASE("a count above the limit of its field is refused", "[codec]") {
    Sample sample = make_sample();
    sample.text.clear();
    const Bytes bytes = encode(sample);
    Bytes changed = bytes;
    changed[11] = 9;  // the length of `text`, of at most 8
    check_refused(decode<Sample>(changed), codes::decode_limit);
}

TEST_CASE("a flag of 2 and an enum without a name are refused", "[codec]") {
    Bytes bytes = encode(make_sample());
    bytes[0] = 2;
    check_refused(decode<Sample>(bytes), codes::decode_not_canonical);
    bytes[0] = 1;
    bytes[10] = 2;  // `colour`
    check_refused(decode<Sample>(bytes), codes::decode_not_canonical);
}

TEST_CASE("a count alone does not make the reader allocate", "[codec]") {
    // A transaction's fields up to its list of operations, and then the largest count allowed.
    TransactionBody body = make_transaction().body;
    body.operations.clear();
    Bytes bytes = encode(body);
    bytes.resize(bytes.size() - 4);
    for (const int byte : {0xe8, 0x03, 0x00, 0x00}) {
        bytes.push_back(static_cast<std::uint8_t>(byte));
    }
    const Bytes batch_bomb = [] {
        Bytes bomb = encode(Batch{});
        bomb.resize(bomb.size() - 4);
        for (const int byte : {0x00, 0x10, 0x00, 0x00}) {
            bomb.push_back(static_cast<std::uint8_t>(byte));
        }
        return bomb;
    }();
    const std::size_t before = g_allocated_bytes;
    const auto refused_body = decode<TransactionBody>(bytes);
    const auto refused_batch = decode<Batch>(batch_bomb);
    const std::size_t allocated = g_allocated_bytes - before;
    check_refused(refused_body, codes::decode_truncated);
    check_refused(refused_batch, codes::decode_truncated);
    CHECK(allocated < 1024 * 1024);
    CHECK(allocated > 0);
}

/// Damages an encoding in one of four ways.
Bytes mutate(Bytes bytes, std::mt19937_64& random) {
    const std::size_t at = random() % bytes.size();
    switch (random() % 4) {
        case 0: bytes[at] = static_cast<std::uint8_t>(random()); break;
        case 1: bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1u << (random() % 8))); break;
        case 2: bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at)); break;
        default:
            bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                         static_cast<std::uint8_t>(random()));
    }
    return bytes;
}

template <class T>
void check_mutations(const T& value, std::uint64_t seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    const Bytes bytes = encode(value);
    std::size_t refused = 0;
    bool canonical = true;
    for (int i = 0; i < 10'000; ++i) {
        const Bytes damaged = mutate(bytes, random);
        const auto decoded = decode<T>(damaged);
        if (!decoded) {
            ++refused;
        } else if (encode(*decoded) != damaged) {
            canonical = false;
        }
    }
    CHECK(canonical);
    CHECK(refused > 0);
}

TEST_CASE("damaged bytes are refused or are the encoding of another value", "[codec]") {
    check_mutations(BlockPair().block, 1);
    check_mutations(make_transaction("some note"), 2);
    check_mutations(make_certificate({VoteKind::finalize, 0, 9, digest_of("b")}, 3), 3);
    check_mutations(make_sample(), 4);
}

TEST_CASE("a text is UTF-8 without control characters, wherever it is read") {
    const auto read_text = [](const std::string& text) {
        Sample sample = make_sample();
        sample.text = text;
        return decode<Sample>(encode(sample));
    };
    for (const char* text : {"", "a\tb\n", "\xc3\xa9", "\xe8\x81\x8c", "\xf0\x9f\x98\x80"}) {
        CHECK(read_text(text));
    }
    const std::string zero(1, '\0');
    for (const std::string& text :
         {zero, std::string("\x1b[1m"), std::string("\x7f"), std::string("a\r"),
          std::string("\x80"), std::string("\xc3"), std::string("\xc0\xaf"),
          std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80"), std::string("\xff")}) {
        INFO(to_hex(as_bytes(text)));
        const auto refused = read_text(text);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == codes::decode_bad_text);
    }
}

TEST_CASE("a value from outside that is too long is refused by its field, at n + 1") {
    Sample sample = make_sample();
    sample.text = std::string(8, 'x');
    sample.lines = {"a", "b", "c"};
    CHECK(try_encode(sample));
    sample.text += 'x';
    auto refused = try_encode(sample);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == codes::encode_limit);
    CHECK(refused.error().detail == "text: 9, at most 8");
    sample.text.clear();
    sample.lines.emplace_back("d");
    CHECK(try_encode(sample).error().detail == "lines: 4, at most 3");
}

}  // namespace
}  // namespace cityledger::ledger
