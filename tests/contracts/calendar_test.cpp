#include "ledger/contracts/calendar/calendar.hpp"

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/cities.hpp"

namespace cityledger::ledger {
namespace {

using calendar::BusinessDay;
using calendar::CloseArguments;
using calendar::TodayResult;
using namespace testing;

Result<Nothing> propose(City& city, const MemberId& sender, const std::string& date) {
    return city.run<Nothing>(sender, "calendar", "propose_close", CloseArguments{date});
}

Result<BusinessDay> countersign(City& city, const MemberId& sender, const std::string& date) {
    return city.run<BusinessDay>(sender, "calendar", "countersign_close", CloseArguments{date});
}

City city_from(std::string_view calendar) {
    return shenzhen(R"({"calendar": )" + std::string(calendar) +
                    R"(, "membership": {"members": [
        {"id": "SZTAX", "name": "Bureau", "kind": "authority",
         "roles": ["operator", "calendar_countersigner"]},
        {"id": "AUDIT", "name": "Audit", "kind": "authority",
         "roles": ["calendar_countersigner"]}]}})");
}

TEST_CASE("dates are read strictly", "[calendar]") {
    CHECK(parse_date("2018-08-10") == CivilDate{2018, 8, 10});
    CHECK(parse_date("2020-02-29").has_value());
    for (const char* text :
         {"", "2018-8-10", "2018/08/10", "2019-02-29", "1900-02-29", "2018-13-01", "2018-00-10",
          "2018-04-31", "0000-01-01", "2018-08-1x", " 018-08-10", "2018-08-100"}) {
        INFO(text);
        CHECK(refusal(parse_date(text)) == codes::date_malformed.name);
    }
    CHECK(to_text({987, 6, 5}) == "0987-06-05");
    CHECK(month_key("2018-08-10") == "201808");
    CHECK(next_day({2020, 2, 28}) == CivilDate{2020, 2, 29});
    CHECK(next_day({2019, 12, 31}) == CivilDate{2020, 1, 1});
    CHECK(is_weekend({2020, 1, 25}));
    CHECK_FALSE(is_weekend({2020, 1, 24}));
}

TEST_CASE("a day closes by two signers and the next business day opens", "[calendar]") {
    City city = beijing();
    REQUIRE(propose(city, "AD", "2020-01-20"));
    CHECK(city.ask<TodayResult>("calendar", "today", Nothing{})->close_proposed_by == "AD");
    const auto next = countersign(city, "JCJ", "2020-01-20");
    REQUIRE(next);
    CHECK(*next == BusinessDay{"2020-01-21", 2});
    CHECK(city.emitted("calendar.day_closed", "2020-01-20"));
    const auto today = city.ask<TodayResult>("calendar", "today", Nothing{});
    CHECK(today->date == "2020-01-21");
    CHECK(today->ordinal == 2);
    CHECK_FALSE(today->close_proposed_by);
}

TEST_CASE("weekends and holidays are skipped: after 23 January 2020 comes 3 February",
          "[calendar]") {
    City city = beijing();
    BusinessDay day;
    for (int i = 0; i < 4; ++i) day = close_day(city, "AD", "JCJ");
    CHECK(day == BusinessDay{"2020-02-03", 5});
}

TEST_CASE("where weekends are business days, Saturday follows Friday", "[calendar]") {
    City city = shenzhen();
    CHECK(close_day(city, k_bureau, "AUDIT") == BusinessDay{"2018-08-11", 2});
}

TEST_CASE("only the open day is closed: not twice, not backwards, not ahead", "[calendar]") {
    City city = beijing();
    close_day(city, "AD", "JCJ");
    for (const char* date : {"2020-01-20", "2020-01-17", "2020-01-22"}) {
        CHECK(refusal(propose(city, "AD", date)) == codes::close_wrong_day.name);
        CHECK(refusal(countersign(city, "JCJ", date)) == codes::close_wrong_day.name);
    }
    CHECK(refusal(propose(city, "AD", "21 January")) == codes::date_malformed.name);
}

TEST_CASE("a close needs a proposal, one is enough, and two signers", "[calendar]") {
    City city = city_from(R"({"first_day": "2020-01-20"})");
    CHECK(refusal(countersign(city, "AUDIT", "2020-01-20")) == codes::close_not_proposed.name);
    REQUIRE(propose(city, "SZTAX", "2020-01-20"));
    CHECK(refusal(propose(city, "SZTAX", "2020-01-20")) == codes::close_already_proposed.name);
    CHECK(refusal(countersign(city, "SZTAX", "2020-01-20")) == codes::close_same_signer.name);
    CHECK(refusal(propose(city, "AUDIT", "2020-01-20")) == codes::not_permitted.name);
    CHECK(refusal(countersign(city, "NOBODY", "2020-01-20")) == codes::not_permitted.name);
    CHECK(countersign(city, "AUDIT", "2020-01-20"));
}

Result<Nothing> withdraw(City& city, const MemberId& sender, const std::string& date) {
    return city.run<Nothing>(sender, "calendar", "withdraw_close", CloseArguments{date});
}

TEST_CASE("a proposal of the only countersigner is withdrawn, and another member proposes",
          "[calendar]") {
    City city = shenzhen(R"({"calendar": {"first_day": "2020-01-20"}, "membership": {"members": [
        {"id": "SZTAX", "name": "Bureau", "kind": "authority",
         "roles": ["operator", "calendar_countersigner"]},
        {"id": "CENTRE", "name": "Centre", "kind": "authority", "roles": ["operator"]},
        {"id": "AUDIT", "name": "Audit", "kind": "authority", "roles": ["auditor"]}]}})");
    CHECK(refusal(withdraw(city, "SZTAX", "2020-01-20")) == codes::close_not_proposed.name);
    REQUIRE(propose(city, "SZTAX", "2020-01-20"));
    CHECK(refusal(countersign(city, "SZTAX", "2020-01-20")) == codes::close_same_signer.name);
    CHECK(refusal(withdraw(city, "AUDIT", "2020-01-20")) == codes::not_permitted.name);
    CHECK(refusal(withdraw(city, "SZTAX", "2020-01-21")) == codes::close_wrong_day.name);
    REQUIRE(withdraw(city, "SZTAX", "2020-01-20"));
    CHECK(city.emitted("calendar.close_withdrawn", "2020-01-20"));
    REQUIRE(propose(city, "CENTRE", "2020-01-20"));
    CHECK(countersign(city, "SZTAX", "2020-01-20") == BusinessDay{"2020-01-21", 2});
}

TEST_CASE("what a member that is gone has proposed counts for nothing and is withdrawn",
          "[calendar]") {
    City city = city_from(R"({"first_day": "2020-01-20"})");
    REQUIRE(
        city.run<Nothing>("SZTAX", "membership", "grant_role",
                          membership::RoleArguments{"AUDIT", membership::Role::chain_operator}));
    REQUIRE(propose(city, "AUDIT", "2020-01-20"));
    REQUIRE(
        city.run<Nothing>("SZTAX", "membership", "revoke", membership::MemberArguments{"AUDIT"}));
    CHECK(refusal(countersign(city, "SZTAX", "2020-01-20")) == codes::close_proposer_gone.name);
    CHECK(withdraw(city, "SZTAX", "2020-01-20"));
}

TEST_CASE("a weekend day can be a make-up working day", "[calendar]") {
    // The spring festival of 2020, as planned: the Sunday before and the Saturday after are worked.
    City city = city_from(R"({"first_day": "2020-01-17",
        "holidays": ["2020-01-24", "2020-01-27", "2020-01-28", "2020-01-29", "2020-01-30"],
        "workdays": ["2020-02-01", "2020-01-19"]})");
    const char* days[] = {"2020-01-19", "2020-01-20", "2020-01-21", "2020-01-22",
                          "2020-01-23", "2020-01-31", "2020-02-01", "2020-02-03"};
    for (const char* day : days) CHECK(close_day(city, "SZTAX", "AUDIT").date == day);
}

TEST_CASE("make-up working days are weekend days and no holidays, and so many", "[calendar]") {
    City city;
    const auto start = [&](const std::string& calendar) {
        return refusal(city.start(sections(R"({"calendar": )" + calendar + "}")));
    };
    CHECK(start(R"({"workdays": ["2020-01-20"]})") == codes::workday_not_weekend.name);
    CHECK(start(R"({"workdays": ["2020-01-19"], "holidays": ["2020-01-19"]})") ==
          codes::workday_is_holiday.name);
    CHECK(start(R"({"workdays": ["Sunday"]})") == codes::date_malformed.name);
    CHECK(start(R"({"first_day": "2020-01-19", "workdays": ["2020-01-19"]})") == "accepted");
    std::string many;
    for (std::uint32_t i = 0; i <= calendar::k_max_workdays; ++i) {
        many += (i == 0 ? "\"2020-01-19\"" : ", \"2020-01-19\"");
    }
    CHECK(start(R"({"workdays": [)" + many + "]}") == codes::json_wrong_shape.name);
}

TEST_CASE("the calendar of the genesis is checked", "[calendar]") {
    City city;
    const auto start = [&](std::string_view calendar) {
        return refusal(city.start(sections(R"({"calendar": )" + std::string(calendar) + "}")));
    };
    CHECK(start(R"({"first_day": "2020-01-25"})") == codes::first_day_not_open.name);
    CHECK(start(R"({"first_day": "2020-01-24", "holidays": ["2020-01-24"]})") ==
          codes::first_day_not_open.name);
    CHECK(start(R"({"first_day": "2020-02-30"})") == codes::date_malformed.name);
    CHECK(start(R"({"holidays": ["soon"]})") == codes::date_malformed.name);
    CHECK(start(R"({"first": "2020-01-24"})") == codes::json_wrong_shape.name);
    CHECK(start(R"({"first_day": "2020-01-24"})") == "accepted");
}

TEST_CASE("after the last day of the year 9999 no day can open", "[calendar]") {
    City city = city_from(R"({"first_day": "9999-12-31"})");
    REQUIRE(propose(city, "SZTAX", "9999-12-31"));
    CHECK(refusal(countersign(city, "AUDIT", "9999-12-31")) == codes::calendar_exhausted.name);
}

}  // namespace
}  // namespace cityledger::ledger
