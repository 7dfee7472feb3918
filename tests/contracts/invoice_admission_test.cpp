#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace invoice;
using namespace testing;
using testing::issue;

const Quota k_quota{1'000'000, 100, 10'000'000};

Result<Nothing> admit(City& city, const AdmitArguments& arguments,
                      const MemberId& sender = k_bureau) {
    return city.run<Nothing>(sender, "invoice", "admit", arguments);
}

Result<Nothing> set_quota(City& city, const MemberId& enterprise, const Quota& quota) {
    return city.run<Nothing>(k_bureau, "invoice", "set_quota",
                             SetQuotaArguments{enterprise, quota});
}

Result<Nothing> freeze(City& city, const char* method, const MemberId& enterprise,
                       const MemberId& sender = k_bureau) {
    return city.run<Nothing>(sender, "invoice", method, EnterpriseArguments{enterprise});
}

Usage usage(City& city, const std::string& month) {
    const auto read = city.ask<QuotaResult>("invoice", "quota", QuotaArguments{k_seller, month});
    REQUIRE(read);
    return read->used;
}

TEST_CASE("the tax bureau admits an enterprise once", "[invoice]") {
    City city = shenzhen();
    const AdmitArguments arguments{k_seller, {"catering", "hotel"}, k_quota, "2018-12-31"};
    CHECK(refusal(admit(city, arguments, k_seller)) == codes::not_permitted.name);
    REQUIRE(admit(city, arguments));
    CHECK(city.emitted("invoice.admitted", k_seller));
    CHECK(refusal(admit(city, arguments)) == codes::already_admitted.name);
    const auto admission =
        city.ask<Admission>("invoice", "admission", EnterpriseArguments{k_seller});
    REQUIRE(admission);
    CHECK(admission->categories == arguments.categories);
    CHECK(admission->quota == k_quota);
}

TEST_CASE("what is wrong with an admission is said", "[invoice]") {
    City city = shenzhen();
    const auto with = [&](AdmitArguments arguments) { return refusal(admit(city, arguments)); };
    CHECK(with({"91330100799655058B", {"catering"}, k_quota, {}}) == codes::member_unknown.name);
    CHECK(with({k_consumer, {"catering"}, k_quota, {}}) == codes::not_an_enterprise.name);
    CHECK(with({k_seller, {}, k_quota, {}}) == codes::category_malformed.name);
    CHECK(with({k_seller, {""}, k_quota, {}}) == codes::category_malformed.name);
    CHECK(with({k_seller, {"a", "a"}, k_quota, {}}) == codes::category_malformed.name);
    CHECK(with({k_seller, {std::string(33, 'a')}, k_quota, {}}) == codes::category_malformed.name);
    CHECK(with({k_seller, {"catering"}, {0, 1, 1}, {}}) == codes::quota_malformed.name);
    CHECK(with({k_seller, {"catering"}, {1, 0, 1}, {}}) == codes::quota_malformed.name);
    CHECK(with({k_seller, {"catering"}, {1, 1, -1}, {}}) == codes::quota_malformed.name);
    CHECK(with({k_seller, {"catering"}, k_quota, "2018-08-09"}) == codes::valid_until_past.name);
    CHECK(with({k_seller, {"catering"}, k_quota, "never"}) == codes::date_malformed.name);
    CHECK(refusal(set_quota(city, k_seller, k_quota)) == codes::not_admitted.name);
}

TEST_CASE("who is not admitted, frozen, expired or of another trade cannot issue", "[invoice]") {
    City city = shenzhen();
    CHECK(refusal(issue(city, dinner("WX1"))) == codes::not_admitted.name);
    REQUIRE(admit(city, {k_seller, {"catering"}, k_quota, "2018-08-10"}));
    CHECK(refusal(issue(city, dinner("WX1"), k_consumer)) == codes::not_permitted.name);
    auto parking = dinner("WX1");
    parking.category = "parking";
    CHECK(refusal(issue(city, parking)) == codes::category_not_admitted.name);

    CHECK(refusal(freeze(city, "unfreeze", k_seller)) == codes::enterprise_not_frozen.name);
    REQUIRE(freeze(city, "freeze", k_seller));
    CHECK(refusal(freeze(city, "freeze", k_seller)) == codes::enterprise_frozen.name);
    CHECK(refusal(issue(city, dinner("WX1"))) == codes::enterprise_frozen.name);
    CHECK(refusal(freeze(city, "unfreeze", k_seller, k_seller)) == codes::not_permitted.name);
    REQUIRE(freeze(city, "unfreeze", k_seller));
    REQUIRE(issue(city, dinner("WX1")));

    close_day(city, k_bureau, "AUDIT");
    CHECK(refusal(issue(city, dinner("WX2"))) == codes::admission_expired.name);
}

TEST_CASE("each of the three quotas has its own refusal", "[invoice]") {
    City city = shenzhen();
    REQUIRE(admit(city, {k_seller, {"catering"}, {10'000, 3, 25'000}, {}}));
    CHECK(refusal(issue(city, untaxed("A", 10'001))) == codes::over_quota_invoice.name);
    REQUIRE(issue(city, untaxed("A", 10'000)));
    REQUIRE(issue(city, untaxed("B", 10'000)));
    CHECK(refusal(issue(city, untaxed("C", 5'001))) == codes::over_quota_amount.name);
    REQUIRE(issue(city, untaxed("C", 5'000)));
    CHECK(refusal(issue(city, untaxed("D", 1))) == codes::over_quota_count.name);
    CHECK(usage(city, "2018-08") == Usage{3, 25'000, 10, 2});  // two near the cap
    REQUIRE(set_quota(city, k_seller, {10'000, 4, 25'001}));
    REQUIRE(issue(city, untaxed("D", 1)));
}

TEST_CASE("a warning goes out once when 80 per cent of a quota is used", "[invoice]") {
    City city = shenzhen();
    REQUIRE(admit(city, {k_seller, {"catering"}, {10'000, 5, 1'000'000}, {}}));
    for (int i = 1; i <= 5; ++i) {
        REQUIRE(issue(city, untaxed("P" + std::to_string(i), 100)));
        CHECK(city.emitted("invoice.quota_warning", k_seller) == (i == 4));
    }
    City amounts = shenzhen();
    REQUIRE(admit(amounts, {k_seller, {"catering"}, {10'000, 500, 10'000}, {}}));
    REQUIRE(issue(amounts, untaxed("P1", 7'999)));
    CHECK_FALSE(amounts.emitted("invoice.quota_warning", k_seller));
    REQUIRE(issue(amounts, untaxed("P2", 1)));
    CHECK(amounts.emitted("invoice.quota_warning", k_seller));
}

TEST_CASE("a new month has a new quota", "[invoice]") {
    City city = shenzhen();
    REQUIRE(admit(city, {k_seller, {"catering"}, {10'000, 1, 10'000}, {}}));
    REQUIRE(issue(city, untaxed("P1", 100)));
    CHECK(refusal(issue(city, untaxed("P2", 100))) == codes::over_quota_count.name);
    for (int i = 0; i < 22; ++i) close_day(city, k_bureau, "AUDIT");
    REQUIRE(issue(city, untaxed("P2", 100)));
    CHECK(usage(city, "2018-08") == Usage{1, 100});
    CHECK(usage(city, "2018-09") == Usage{1, 100});
}

TEST_CASE("a full red letter gives the quota back in the same month only", "[invoice]") {
    City city = admitted_shenzhen();
    const auto first = issue(city, dinner("P1"));
    const auto second = issue(city, dinner("P2"));
    REQUIRE(red(city, *first, 10'000, 600));
    CHECK(usage(city, "2018-08") == Usage{2, 2 * k_dinner_total_fen});
    REQUIRE(red(city, *first, 8'679, 521));
    CHECK(usage(city, "2018-08") == Usage{1, k_dinner_total_fen});
    for (int i = 0; i < 22; ++i) close_day(city, k_bureau, "AUDIT");
    REQUIRE(full_red(city, *second));
    CHECK(usage(city, "2018-08") == Usage{1, k_dinner_total_fen});
    CHECK(usage(city, "2018-09") == Usage{0, 0});
}

TEST_CASE("by parameter parts give the quota back, or nothing does", "[invoice]") {
    const auto city_with = [](const std::string& rule) {
        std::string text = k_shenzhen_sections;
        const std::string old = R"("first_batch": 1})";
        text.replace(text.find(old), old.size(),
                     R"("first_batch": 1, "quota_return": ")" + rule + "\"}");
        return admitted_shenzhen(text);
    };
    City parts = city_with("parts");
    const auto sold = issue(parts, dinner("P1"));
    REQUIRE(red(parts, *sold, 10'000, 600));
    CHECK(usage(parts, "2018-08") == Usage{1, k_dinner_total_fen - 10'600});
    REQUIRE(full_red(parts, *sold));
    CHECK(usage(parts, "2018-08") == Usage{0, 0});

    City never = city_with("never");
    REQUIRE(full_red(never, *issue(never, dinner("P1"))));
    CHECK(usage(never, "2018-08") == Usage{1, k_dinner_total_fen});
}

TEST_CASE("anybody can ask for the rules that the genesis has set", "[invoice]") {
    City city = shenzhen();
    const auto rules = city.ask<Rules>("invoice", "rules", Nothing{});
    REQUIRE(rules);
    CHECK(*rules == Rules{false, {6, 127}, QuotaReturn::full});
}

TEST_CASE("an expired admission is renewed, with other categories", "[invoice]") {
    City city = shenzhen();
    const auto renew = [&city](const RenewArguments& arguments, const MemberId& sender = k_bureau) {
        return refusal(city.run<Nothing>(sender, "invoice", "renew", arguments));
    };
    CHECK(renew({k_seller, {"catering"}, {}}) == codes::not_admitted.name);
    REQUIRE(admit(city, {k_seller, {"hotel"}, k_quota, "2018-08-10"}));
    close_day(city, k_bureau, "AUDIT");
    CHECK(refusal(issue(city, dinner("P1"))) == codes::admission_expired.name);
    CHECK(renew({k_seller, {}, {}}) == codes::category_malformed.name);
    CHECK(renew({k_seller, {"catering"}, "2018-08-10"}) == codes::valid_until_past.name);
    CHECK(renew({k_seller, {"catering"}, "2018-12-31"}, k_seller) == codes::not_permitted.name);
    CHECK(renew({k_seller, {"catering"}, "2018-12-31"}) == "accepted");
    CHECK(city.emitted("invoice.renewed", k_seller));
    REQUIRE(issue(city, dinner("P1")));
}

TEST_CASE("a month that is none is refused", "[invoice]") {
    City city = admitted_shenzhen();
    for (const char* month : {"201808", "2018-13", "2018-0", ""}) {
        CHECK(refusal(city.ask<QuotaResult>("invoice", "quota", QuotaArguments{k_seller, month})) ==
              codes::month_malformed.name);
    }
}

}  // namespace
}  // namespace cityledger::ledger
