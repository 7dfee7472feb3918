// Amounts in figures and capitals, prices split and spread.

#include <catch2/catch.hpp>
#include <numeric>

#include "sim/documents/amounts.hpp"

namespace cityledger::documents {
namespace {

TEST_CASE("amounts in capitals", "[documents]") {
    const std::vector<std::pair<std::int64_t, std::string>> samples = {
        {19'800, "壹佰玖拾捌元整"},
        {0, "零元整"},
        {1, "壹分"},
        {10, "壹角整"},
        {12, "壹角贰分"},
        {100, "壹元整"},
        {101, "壹元零壹分"},
        {110, "壹元壹角整"},
        {1'000, "壹拾元整"},
        {10'100, "壹佰零壹元整"},
        {100'100, "壹仟零壹元整"},
        {101'000, "壹仟零壹拾元整"},
        {110'000, "壹仟壹佰元整"},
        {1'000'000, "壹万元整"},
        {1'000'100, "壹万零壹元整"},
        {1'010'000, "壹万零壹佰元整"},
        {1'100'000, "壹万壹仟元整"},
        {10'000'000, "壹拾万元整"},
        {10'010'000, "壹拾万零壹佰元整"},
        {100'200'300, "壹佰万贰仟零叁元整"},
        {123'456'789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"},
        {10'000'000'000, "壹亿元整"},
        {10'000'000'100, "壹亿零壹元整"},
        {10'001'000'000, "壹亿零壹万元整"},
        {10'100'000'000, "壹亿零壹佰万元整"},
        {11'000'000'000, "壹亿壹仟万元整"},
        {1'000'000'000'000, "壹佰亿元整"},
        {1'000'000'000'000'005, "壹拾万亿元零伍分"},
        {10'050'005'000'050, "壹仟零伍亿零伍万元伍角整"},
        {-19'800, "负壹佰玖拾捌元整"},
    };
    for (const auto& [fen, words] : samples) {
        INFO(fen);
        CHECK(capitals(fen) == words);
    }
}

TEST_CASE("every amount in capitals reads as one amount", "[documents]") {
    for (std::int64_t fen = 1; fen < 3'000'000; fen += 97) {
        const std::string words = capitals(fen);
        INFO(fen << " " << words);
        CHECK(words.find("零零") == std::string::npos);
        CHECK(words.find("零元") == std::string::npos);
        CHECK(words.find("零万") == std::string::npos);
        CHECK_FALSE(words.starts_with("零"));
    }
}

TEST_CASE("decimals are read strictly", "[documents]") {
    CHECK(parse_decimal("198", 2) == 19'800);
    CHECK(parse_decimal("198.5", 2) == 19'850);
    CHECK(parse_decimal("198.5000", 2) == 19'850);
    CHECK(parse_decimal("-0.01", 2) == -1);
    CHECK(parse_decimal("10000000000.01", 2) == k_too_large);
    CHECK(parse_decimal(std::string(400, '9'), 2) == k_too_large);
    for (const char* wrong :
         {"", "-", ".5", "5.", "1e3", "1,000", " 1", "0x1", "1.005", "+1", "一"}) {
        INFO(wrong);
        CHECK_FALSE(parse_decimal(wrong, 2));
    }
    CHECK(fen_text(-5) == "-0.05");
    CHECK(per_cent_text(1'300) == "13");
    CHECK(per_cent_text(350) == "3.5");
}

TEST_CASE("a price with tax is split so that it stays what it was", "[documents]") {
    for (const std::uint32_t rate : {0U, 100U, 300U, 600U, 900U, 1'300U}) {
        for (std::int64_t gross = 1; gross < 20'000; ++gross) {
            const Price price = split_gross(gross, rate);
            REQUIRE(price.net_fen + price.tax_fen == gross);
            REQUIRE(std::abs(price.tax_fen - tax_on(price.net_fen, rate)) <= 1);
        }
    }
}

TEST_CASE("parts of a sum are that sum, to the fen", "[documents]") {
    CHECK(spread(1'000, {3'333, 3'333, 3'334}) == std::vector<std::int64_t>{333, 333, 334});
    CHECK(spread(100, {1, 1, 1}) == std::vector<std::int64_t>{34, 33, 33});
    CHECK(spread(5, {0, 0}) == std::vector<std::int64_t>{0, 0});
    const std::vector<std::int64_t> large(90, 1'000'000'000'000);
    const auto parts = spread(999'999'999'999, large);
    CHECK(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) == 999'999'999'999);
}

}  // namespace
}  // namespace cityledger::documents
