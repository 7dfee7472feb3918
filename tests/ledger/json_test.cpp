// JSON: the same types from the same traversal, read strictly.

#include "ledger/codec/json.hpp"

#include "tests/ledger/fixtures.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

std::string text_of_depth(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST_CASE("JSON text is parsed with integers of 64 bits", "[json]") {
    const auto value = parse_json(R"({"low":-9223372036854775808,"high":18446744073709551615})");
    REQUIRE(value);
    CHECK(compact_json(*value) == R"({"high":18446744073709551615,"low":-9223372036854775808})");
}

TEST_CASE("text that is not JSON as the ledger reads it is refused", "[json]") {
    const std::string cases[] = {"",
                                 " ",
                                 "{",
                                 "[1,]",
                                 "{\"a\":1,}",
                                 "nul",
                                 "1 2",
                                 "{} {}",
                                 "'a'",
                                 "\"\xff\"",
                                 "01",
                                 "1.0",
                                 "1.5",
                                 "1e3",
                                 "-0.0",
                                 "18446744073709551616",
                                 "-9223372036854775809",
                                 R"({"a":1,"a":2})",
                                 R"({"b":{"a":1,"a":1}})",
                                 R"({"a":1,"\u0061":2})",
                                 "// x\n1",
                                 "NaN",
                                 "Infinity",
                                 text_of_depth(33)};
    for (const std::string& text : cases) {
        INFO(text);
        check_refused(parse_json(text), codes::json_malformed);
    }
    check_refused(parse_json(std::string(4 * 1024 * 1024, ' ') + "1"), codes::json_malformed);
}

TEST_CASE("what looks odd but is JSON is accepted", "[json]") {
    for (const std::string& text :
         {std::string(" 1 "), std::string(R"([{"a":1},{"a":2}])"), text_of_depth(32),
          std::string(R"({"a":{"a":1}})"), std::string(R"("\u804c")")}) {
        INFO(text);
        CHECK(parse_json(text).has_value());
    }
}

TEST_CASE("a long key and a long string are read whole", "[json]") {
    const std::string text =
        "{\"" + std::string(5000, 'k') + "\":\"" + std::string(9000, 'v') + "\"}";
    const auto value = parse_json(text);
    REQUIRE(value);
    CHECK(compact_json(*value) == text);
}

TEST_CASE("equal values have equal texts, whatever the order of keys", "[json]") {
    const auto one = parse_json(R"({"b":[1,true,null],"a":{"z":"x","y":-1}})");
    const auto other = parse_json(R"({ "a":{"y":-1,"z":"x"}, "b":[1, true, null] })");
    REQUIRE(one);
    REQUIRE(other);
    CHECK(compact_json(*one) == R"({"a":{"y":-1,"z":"x"},"b":[1,true,null]})");
    CHECK(compact_json(*one) == compact_json(*other));
    CHECK(pretty_json(*one) ==
          "{\n  \"a\": {\n    \"y\": -1,\n    \"z\": \"x\"\n  },\n  \"b\": [\n    1,\n    true,\n"
          "    null\n  ]\n}\n");
    CHECK(pretty_json(*parse_json(R"({"a":[],"b":{}})")) == "{\n  \"a\": [],\n  \"b\": {}\n}\n");
}

struct Inner {
    std::int16_t number = 0;
    std::optional<std::string> note;

    bool operator==(const Inner&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("number", number), limited<4>("note", note));
    }
};

struct Outer {
    VoteKind kind = VoteKind::notarize;
    bool flag = false;
    std::uint64_t height = 0;
    Digest digest;
    Bytes bytes;
    std::vector<Inner> items;

    bool operator==(const Outer&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("kind", kind), field("flag", flag), field("height", height),
                field("digest", digest), limited<4>("bytes", bytes), limited<2>("items", items));
    }
};

const std::string k_zero_digest(64, '0');

std::string outer_text() {
    return R"({"kind":"finalize","flag":true,"height":18446744073709551615,"digest":")" +
           k_zero_digest + R"(","bytes":"0aff","items":[{"number":-5},{"number":1,"note":"n"}]})";
}

TEST_CASE("a struct goes to JSON and back", "[json]") {
    const auto value = from_json<Outer>(*parse_json(outer_text()));
    REQUIRE(value);
    CHECK(value->kind == VoteKind::finalize);
    CHECK(value->bytes == Bytes{0x0a, 0xff});
    CHECK(value->items.at(0) == Inner{-5, std::nullopt});
    CHECK(from_json<Outer>(to_json(*value)) == *value);

    const Block block = BlockPair().block;
    CHECK(from_json<Block>(to_json(block)) == block);
}

TEST_CASE("a value of a wrong shape is refused with the path of the field", "[json]") {
    struct Case {
        std::string from, to, path;
    };
    const Case cases[] = {
        {"\"finalize\"", "\"final\"", "kind must be one of notarize, nullify, finalize"},
        {"\"finalize\"", "2", "kind must be one of"},
        {"true", "1", "flag must be true or false"},
        {"18446744073709551615", "-1", "height must be from 0"},
        {"18446744073709551615", "\"1\"", "height must be an integer"},
        {"\"0aff\"", "\"0AFF\"", "bytes must be"},
        {"\"0aff\"", "\"0af\"", "bytes must be"},
        {"\"0aff\"", "\"0a0b0c0d0e\"", "bytes is longer"},
        {"\"0aff\"", "7", "bytes must be"},
        {k_zero_digest, "00", "digest has a wrong length"},
        {"-5", "40000", "items[0].number must be from -32768 to 32767"},
        {"-5", "9223372036854775808", "items[0].number must be from"},
        {"\"n\"", "\"notes\"", "items[1].note is longer than 4 bytes"},
        {"\"n\"", "3", "items[1].note must be a text"},
        {"{\"number\":-5}", "5", "items[0] must be an object"},
        {"{\"number\":-5}", "{\"number\":-5,\"x\":1}", "items[0].x is not a known field"},
        {"{\"number\":-5}", "{}", "items[0].number is missing"},
        {"{\"number\":-5}", "{\"number\":1},{\"number\":2}", "items has more than 2 elements"},
        {"\"flag\":true,", "", "flag is missing"},
        {"\"flag\":true,", "\"flag\":true,\"flags\":1,", "flags is not a known field"},
    };
    for (const Case& changed : cases) {
        std::string text = outer_text();
        const auto at = text.find(changed.from);
        REQUIRE(at != std::string::npos);
        text.replace(at, changed.from.size(), changed.to);
        INFO(text);
        const auto value = from_json<Outer>(*parse_json(text));
        check_refused(value, codes::json_wrong_shape);
        INFO(value.error().detail);
        CHECK(value.error().detail.find(changed.path) == 0);
    }
    check_refused(from_json<Outer>(*parse_json("[]")), codes::json_wrong_shape);
    check_refused(from_json<std::vector<std::string>>(*parse_json("{}")), codes::json_wrong_shape);
}

TEST_CASE("fields describe themselves", "[json]") {
    const auto fields = describe<Outer>();
    REQUIRE(fields.size() == 6);
    CHECK(fields[0] == std::pair<std::string, std::string>("kind", "notarize|nullify|finalize"));
    CHECK(fields[5].second == "list(2) of {number: integer, note: optional text(4)}");
}

}  // namespace
}  // namespace cityledger::ledger
