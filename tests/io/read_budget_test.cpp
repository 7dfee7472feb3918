// What one address may read: a bucket that empties, refuses, and fills again.

#include "node/io/http/read_budget.hpp"

#include <catch2/catch.hpp>

namespace cityledger::io {
namespace {

TEST_CASE("an address that has read its bucket empty is refused, another is not, and it refills",
          "[budget]") {
    ReadBudget budget;
    std::uint64_t now_ms = 5'000;
    REQUIRE(budget.admit("10.0.0.1", now_ms));
    budget.charge("10.0.0.1", k_read_budget_bytes, now_ms);
    CHECK_FALSE(budget.admit("10.0.0.1", now_ms));
    CHECK(budget.admit("10.0.0.2", now_ms));
    CHECK(budget.refused() == 1);
    CHECK(budget.retry_after_s("10.0.0.1", now_ms) == 1);
    now_ms += 1'000;
    CHECK(budget.admit("10.0.0.1", now_ms));
}

TEST_CASE("a bucket that owes more waits longer, and no wait fills it above its size", "[budget]") {
    ReadBudget budget;
    REQUIRE(budget.admit("10.0.0.1", 0));
    budget.charge("10.0.0.1", k_read_budget_bytes + 3 * k_read_budget_bytes_per_second, 0);
    CHECK(budget.retry_after_s("10.0.0.1", 0) == 4);
    CHECK_FALSE(budget.admit("10.0.0.1", 2'900));
    const std::uint64_t year_ms = 365ull * 86'400 * 1'000;
    REQUIRE(budget.admit("10.0.0.1", year_ms));
    budget.charge("10.0.0.1", k_read_budget_bytes - 2 * k_read_request_bytes, year_ms);
    CHECK(budget.admit("10.0.0.1", year_ms));
    CHECK_FALSE(budget.admit("10.0.0.1", year_ms));
}

TEST_CASE("requests have a price even if their answers are empty", "[budget]") {
    ReadBudget budget;
    std::uint64_t admitted = 0;
    while (budget.admit("10.0.0.1", 0)) ++admitted;
    CHECK(admitted == k_read_budget_bytes / k_read_request_bytes);
}

TEST_CASE("an honest follower reads 64 MiB a second for some seconds", "[budget]") {
    ReadBudget budget;
    const std::uint64_t mebibyte = 1024 * 1024;
    for (std::uint64_t i = 0; i < 5 * 64; ++i) {
        REQUIRE(budget.admit("10.0.0.1", i * 1'000 / 64));
        budget.charge("10.0.0.1", mebibyte, i * 1'000 / 64);
    }
}

TEST_CASE("the addresses of one IPv6 network share a bucket", "[budget]") {
    CHECK(budget_name("2001:db8:1:2::1") == budget_name("2001:db8:1:2:ffff::9"));
    CHECK(budget_name("2001:db8:1:2::1") != budget_name("2001:db8:1:3::1"));
    CHECK(budget_name("::ffff:10.0.0.1") == "10.0.0.1");
    CHECK(budget_name("10.0.0.1") != budget_name("10.0.0.2"));
}

TEST_CASE("the number of buckets is bounded; the one used longest ago is forgotten", "[budget]") {
    ReadBudget budget;
    REQUIRE(budget.admit("often", 0));
    budget.charge("often", 2 * k_read_budget_bytes, 0);
    for (std::size_t i = 0; i < k_max_read_budgets + 10; ++i) {
        REQUIRE(budget.admit("once " + std::to_string(i), 0));
        if (i % 1'000 == 0) CHECK_FALSE(budget.admit("often", 0));
    }
    CHECK(budget.size() == k_max_read_budgets);
}

}  // namespace
}  // namespace cityledger::io
