#include "crypto/result.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "crypto/crypto_codes.hpp"

using namespace cityledger;

namespace {

constexpr Code k_example{7, RefusalKind::refused, "over_quota", "the month's quota is used up",
                         "wait for next month"};

Result<int> refused_inside() { return refuse(k_example, "100 of 100"); }

Status refused_outside() {
    const auto inner = refused_inside();
    if (!inner) return propagate(inner);
    return {};
}

}  // namespace

TEST_CASE("an error says what, where and what to do next") {
    const Error error{k_example, "100 of 100"};
    CHECK(error.message() ==
          "over_quota (7): the month's quota is used up. 100 of 100. Next: wait for next month");
}

TEST_CASE("an error without detail has no empty sentence") {
    const Error error{k_example, {}};
    CHECK(error.message() ==
          "over_quota (7): the month's quota is used up. Next: wait for next month");
}

TEST_CASE("an error passes through a caller of another type unchanged") {
    const Status status = refused_outside();
    REQUIRE_FALSE(status.has_value());
    CHECK(status.error().code == k_example);
    CHECK(status.error().detail == "100 of 100");
}

TEST_CASE("the codes of crypto have numbers of their own between 1000 and 1099") {
    std::set<std::uint16_t> numbers;
    for (const Code& code : crypto::codes::crypto_codes) {
        INFO(code.name);
        CHECK(code.number >= 1000);
        CHECK(code.number <= 1099);
        CHECK(numbers.insert(code.number).second);
        CHECK_FALSE(code.meaning.empty());
        CHECK_FALSE(code.remedy.empty());
    }
}
