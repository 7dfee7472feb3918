// Trying check codes, and listing invoices, end at the limits.

#include "node/io/http/verification_budget.hpp"

#include <catch2/catch.hpp>

#include "node/io/http/http_message.hpp"
#include "node/io/http/verification_codes.hpp"

using namespace cityledger;
using namespace cityledger::io;

namespace {

std::string code_of(const Status& status) {
    return status ? "admitted" : std::string(status.error().code.name);
}

constexpr std::uint64_t k_minute_ms = 60'000;
const std::string k_invoice = "144031809110/00000001";

}  // namespace

TEST_CASE("an invoice is verified ten times an hour, by whomever", "[verify]") {
    VerifyLimits limits;
    for (int i = 0; i < 10; ++i) {
        CHECK(code_of(limits.admit("caller " + std::to_string(i), k_invoice, i)) == "admitted");
    }
    CHECK(code_of(limits.admit("another", k_invoice, 11)) == codes::verify_invoice_limited.name);
    CHECK(code_of(limits.admit("another", "144031809110/00000002", 11)) == "admitted");
    CHECK(code_of(limits.admit("another", k_invoice, 60 * k_minute_ms - 1)) ==
          codes::verify_invoice_limited.name);
    CHECK(code_of(limits.admit("another", k_invoice, 60 * k_minute_ms)) == "admitted");
    CHECK(http_status(codes::verify_invoice_limited) == 429);
}

TEST_CASE("a caller verifies sixty times a minute, whatever it asks for", "[verify]") {
    VerifyLimits limits;
    for (int i = 0; i < 60; ++i) {
        CHECK(code_of(limits.admit("10.0.0.1", std::to_string(i), 0)) == "admitted");
    }
    CHECK(code_of(limits.admit("10.0.0.1", "60", 1)) == codes::verify_caller_limited.name);
    CHECK(code_of(limits.admit("10.0.0.2", "60", 1)) == "admitted");
    CHECK(code_of(limits.admit("10.0.0.1", "60", k_minute_ms)) == "admitted");
    CHECK(http_status(codes::verify_caller_limited) == 429);
}

TEST_CASE("the counters stay within their places", "[verify]") {
    UseCounter counter(1, 1'000, 3);
    for (int i = 0; i < 100; ++i) CHECK(counter.use(std::to_string(i), 0));
    CHECK(counter.size() == 3);
    CHECK_FALSE(counter.use("99", 999));
    CHECK(counter.use("99", 1'000));
    CHECK(counter.size() == 1);
}
