#include "ledger/contracts/membership/code_exceptions.hpp"

#include "ledger/contracts/values/uscc.hpp"
#include "tests/contracts/closed_city.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;
using membership::CodeArguments;
using membership::CodeException;
using membership::EnrolArguments;
using membership::MemberKind;
using membership::Role;

/// k_buyer's code with another last character: as from before 2016.
const std::string k_old = k_buyer.substr(0, 17) + (k_buyer[17] == '7' ? '9' : '7');

std::string except(City& city, const MemberId& sender, const std::string& id) {
    return refusal(city.run<Nothing>(sender, "membership", "except_code", CodeArguments{id}));
}

std::string enrol(City& city, const std::string& id) {
    return refusal(city.run<Nothing>(
        k_bureau, "membership", "enrol",
        EnrolArguments{id, "Old firm", MemberKind::enterprise, {Role::enterprise}, test_key(id)}));
}

TEST_CASE("a code whose last character fails is enrolled once the tax bureau has excepted it",
          "[membership]") {
    City city = shenzhen();
    REQUIRE(refusal(check_uscc(k_old)) == codes::uscc_bad_check.name);
    CHECK(enrol(city, k_old) == codes::uscc_bad_check.name);
    CHECK(except(city, k_bureau, k_old) == "accepted");
    CHECK(city.emitted("membership.code_excepted", k_old));
    CHECK(enrol(city, k_old) == "accepted");
    const auto exception =
        city.ask<CodeException>("membership", "code_exception", CodeArguments{k_old});
    REQUIRE(exception);
    CHECK(*exception == CodeException{k_old, k_bureau});
    // Of this code alone.
    const std::string typo = k_old.substr(0, 17) + (k_old[17] == '1' ? '2' : '1');
    if (!check_uscc(typo)) CHECK(enrol(city, typo) == codes::uscc_bad_check.name);
    CHECK_FALSE(city.ask<CodeException>("membership", "code_exception", CodeArguments{k_seller}));
}

TEST_CASE("only the tax bureau excepts a code, once, and only its last character", "[membership]") {
    City city = shenzhen();
    CHECK(except(city, k_seller, k_old) == codes::not_permitted.name);
    CHECK(except(city, "AUDIT", k_old) == codes::not_permitted.name);
    CHECK(except(city, k_bureau, k_buyer) == codes::code_exception_not_needed.name);
    CHECK(except(city, k_bureau, k_old.substr(1)) == codes::uscc_wrong_length.name);
    std::string organisation = k_old;
    organisation[16] = organisation[16] == '5' ? '6' : '5';
    CHECK(except(city, k_bureau, organisation) == codes::uscc_bad_organisation_check.name);
    CHECK(except(city, k_bureau, k_old) == "accepted");
    CHECK(except(city, k_bureau, k_old) == codes::code_exception_exists.name);
}

TEST_CASE("an invoice may name a buyer outside the chain whose code is excepted", "[invoice]") {
    City city = admitted_shenzhen();
    auto arguments = dinner("OLD-1");
    arguments.buyer = k_old;
    CHECK(refusal(issue(city, arguments)) == codes::uscc_bad_check.name);
    REQUIRE(except(city, k_bureau, k_old) == "accepted");
    CHECK(refusal(issue(city, arguments)) == "accepted");
}

TEST_CASE("a tag has no check character, so there is nothing to except", "[membership]") {
    City city = closed_shenzhen();
    CHECK(except(city, k_bureau, k_tag) == codes::code_exception_not_needed.name);
    CHECK(except(city, k_bureau, k_old) == codes::open_code_refused.name);
}

}  // namespace
}  // namespace cityledger::ledger
