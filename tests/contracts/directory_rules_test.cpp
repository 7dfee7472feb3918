// Time limits by class, how often data is asked for, escalation, and objections.

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::approve;
using testing::deliver;
using testing::mark_overdue;
using testing::refuse_request;

City city_with_rules(std::string_view rules) {
    City city;
    auto business = sections(k_beijing_sections);
    business["directory"] = boost::json::parse(rules);
    REQUIRE(city.start(business));
    return city;
}

Metadata metadata_of_cycle(UpdateCycle cycle) {
    Metadata metadata = pension_metadata();
    metadata.update_cycle = cycle;
    return metadata;
}

std::string grant_of(City& city, UpdateCycle cycle, std::optional<Frequency> frequency) {
    RequestArguments arguments = request_for(locked_entry(city, metadata_of_cycle(cycle)));
    arguments.frequency = frequency;
    const auto made = ask_for(city, arguments);
    REQUIRE(made);
    REQUIRE(approve(city, made->id));
    return made->id;
}

/// A grant with one delivery, "rows".
City city_with_delivery(std::string_view rules = "{}") {
    City city = city_with_rules(rules);
    REQUIRE(deliver(city, grant_of(city, UpdateCycle::daily, std::nullopt)));
    return city;
}

Result<ObjectResult> object(City& city, const std::string& reason = "amounts are missing",
                            std::uint32_t sequence = 1, const MemberId& sender = "AF") {
    return city.run<ObjectResult>(sender, "directory", "object",
                                  ObjectArguments{"AF/Q00001", sequence, reason});
}

Result<CorrectDeliveryResult> correct(City& city, std::string_view batch,
                                      const MemberId& sender = "AK") {
    return city.run<CorrectDeliveryResult>(
        sender, "directory", "correct_delivery",
        CorrectDeliveryArguments{"AF/O00001", digest_of(batch), 120});
}

Result<ReplyResult> reject(City& city, const std::string& reason, const MemberId& sender = "AK") {
    return city.run<ReplyResult>(sender, "directory", "reject_objection",
                                 ObjectionReasonArguments{"AF/O00001", reason});
}

Result<Nothing> withdraw(City& city, const std::string& reason, const MemberId& sender = "AF") {
    return city.run<Nothing>(sender, "directory", "withdraw_objection",
                             ObjectionReasonArguments{"AF/O00001", reason});
}

Objection read_objection(City& city) {
    const auto record = city.ask<Objection>("directory", "objection", IdArguments{"AF/O00001"});
    REQUIRE(record);
    return *record;
}

Standing standing(City& city, const MemberId& department = "AK") {
    const auto result = city.ask<Standing>("directory", "standing", StandingArguments{department});
    REQUIRE(result);
    return *result;
}

TEST_CASE("data that stands on the platform is answered within five days", "[directory]") {
    for (const SystemRunner runner : {SystemRunner::own, SystemRunner::platform}) {
        City city = beijing();
        const std::string entry = locked_entry(city, pension_metadata());
        REQUIRE(city.run<IdResult>("AK", "directory", "register_system",
                                   RegisterSystemArguments{"Pensions", 3, runner}));
        REQUIRE(city.run<RegisterTableResult>(
            "AK", "directory", "register_table",
            RegisterTableArguments{"AK/S00001", entry, "PENSION", {{"ID", "TEXT", "id_number"}}}));
        const auto made = ask_for(city, request_for(entry));
        const std::uint32_t days = runner == SystemRunner::platform ? 5 : 10;
        CHECK(read_request(city, made->id).deadline.due_ordinal == 1 + days);
    }
}

TEST_CASE("each time limit of the genesis has a range", "[directory]") {
    for (const char* name : {"platform_reply_days", "correction_days", "escalate_days"}) {
        for (const char* days : {"0", "251"}) {
            City city;
            CHECK(refusal(city.start(sections(R"({"directory": {")" + std::string(name) + R"(": )" +
                                              days + "}}"))) ==
                  codes::time_limit_out_of_range.name);
        }
    }
}

TEST_CASE("a request asks for data no more often than the entry is updated", "[directory]") {
    const std::pair<UpdateCycle, std::vector<Frequency>> allowed[] = {
        {UpdateCycle::real_time,
         {Frequency::once, Frequency::daily, Frequency::weekly, Frequency::monthly,
          Frequency::real_time}},
        {UpdateCycle::daily,
         {Frequency::once, Frequency::daily, Frequency::weekly, Frequency::monthly}},
        {UpdateCycle::weekly, {Frequency::once, Frequency::weekly, Frequency::monthly}},
        {UpdateCycle::monthly, {Frequency::once, Frequency::monthly}},
        {UpdateCycle::quarterly, {Frequency::once}},
        {UpdateCycle::yearly, {Frequency::once}}};
    for (const auto& [cycle, frequencies] : allowed) {
        for (const Frequency frequency : {Frequency::once, Frequency::daily, Frequency::weekly,
                                          Frequency::monthly, Frequency::real_time}) {
            City city = beijing();
            RequestArguments arguments = request_for(locked_entry(city, metadata_of_cycle(cycle)));
            arguments.frequency = frequency;
            const bool is_allowed =
                std::find(frequencies.begin(), frequencies.end(), frequency) != frequencies.end();
            CHECK(refusal(ask_for(city, arguments)) ==
                  (is_allowed ? "accepted" : std::string(codes::request_too_frequent.name)));
        }
    }
}

TEST_CASE("a grant for one delivery is used up on its day", "[directory]") {
    City city = beijing();
    const std::string grant = grant_of(city, UpdateCycle::real_time, Frequency::once);
    REQUIRE(deliver_rows(city, grant, "one", 1));
    REQUIRE(deliver_rows(city, grant, "its second part", 1));
    CHECK(refusal(deliver_rows(city, grant, "three", 1)) == codes::deliveries_of_day_used.name);
    close_days(city, 1);
    CHECK(refusal(deliver_rows(city, grant, "three", 1)) == codes::delivery_period_used.name);
}

TEST_CASE("weekly data is delivered on one day of a week, monthly on one of a month",
          "[directory]") {
    City city = beijing();  // Monday, 20 January 2020
    const std::string grant = grant_of(city, UpdateCycle::daily, Frequency::weekly);
    RequestArguments arguments = request_for("AK/D00001");
    arguments.frequency = Frequency::monthly;
    const auto monthly = ask_for(city, arguments);
    REQUIRE(approve(city, monthly->id));
    REQUIRE(deliver_rows(city, grant, "week 4", 1));
    REQUIRE(deliver_rows(city, monthly->id, "January", 1));
    close_days(city, 3);  // Thursday, 23 January
    CHECK(refusal(deliver_rows(city, grant, "week 4b", 1)) == codes::delivery_period_used.name);
    CHECK(refusal(deliver_rows(city, monthly->id, "January b", 1)) ==
          codes::delivery_period_used.name);
    close_days(city, 1);  // Monday, 3 February: both periods are new
    CHECK(deliver_rows(city, grant, "week 6", 1));
    CHECK(deliver_rows(city, monthly->id, "February", 1));
}

TEST_CASE("periods are weeks from Monday on and months", "[directory]") {
    CHECK(period_of(Frequency::weekly, "2020-01-20") == period_of(Frequency::weekly, "2020-01-26"));
    CHECK(period_of(Frequency::weekly, "2020-01-26") != period_of(Frequency::weekly, "2020-01-27"));
    CHECK(period_of(Frequency::monthly, "2019-12-31") !=
          period_of(Frequency::monthly, "2020-01-01"));
    CHECK(period_of(Frequency::monthly, "2019-12-01") ==
          period_of(Frequency::monthly, "2019-12-31"));
    CHECK(period_of(Frequency::once, "2019-12-01") == period_of(Frequency::once, "2099-12-31"));
    CHECK(period_of(Frequency::daily, "2020-01-20") != period_of(Frequency::daily, "2020-01-21"));
}

TEST_CASE("silence goes on to supervision without anybody's call and is counted", "[directory]") {
    City city = city_with_rules(R"({"reply_days": 2, "escalate_days": 3})");
    const std::string entry = locked_entry(city, wide_metadata());
    for (unsigned i = 1; i <= 3; ++i) REQUIRE(ask_for(city, wide_request(entry, i)));
    REQUIRE(approve(city, "AF/Q00001"));
    close_days(city, 3);
    CHECK(city.emitted("directory.overdue", "AF/Q00002"));
    CHECK_FALSE(city.emitted("directory.overdue", "AF/Q00001"));
    REQUIRE(refuse_request(city, "AF/Q00003", "late"));
    close_days(city, 2);
    CHECK(standing(city).waiting_escalated == 0);
    CHECK(city.context.events.size() == 1);
    close_days(city, 1);
    CHECK(city.emitted("directory.escalated", "AF/Q00002"));
    CHECK(city.context.events.size() == 2);
    CHECK(standing(city) == Standing{{2, 1, 0}, 1, 1});
    REQUIRE(refuse_request(city, "AF/Q00002", "very late"));
    CHECK(standing(city) == Standing{{3, 2, 1}, 0, 0});
    CHECK(standing(city, "AF") == Standing{});
    CHECK(refusal(city.ask<Standing>("directory", "standing", StandingArguments{"NOBODY"})) ==
          "query_not_found");
}

TEST_CASE("a close tells of twelve in all; a shorter limit finds the places that are left",
          "[directory]") {
    City city = city_with_rules(R"({"reply_days": 3, "escalate_days": 1})");
    const std::string entry = locked_entry(city, wide_metadata());
    for (unsigned i = 1; i <= 20; ++i) REQUIRE(ask_for(city, wide_request(entry, i)));
    close_days(city, 3);
    CHECK(city.context.events.size() == 1);
    // 20 overdue after day 4 and 20 escalated after day 5, in four closes, each told once.
    std::map<std::string, int> told;
    for (const std::size_t events : {12, 12, 12, 4, 0}) {
        close_days(city, 1);
        CHECK(city.context.events.size() == events + 1);
        for (const Event& event : city.context.events) ++told[event.name];
    }
    CHECK(told["directory.overdue"] == 20);
    CHECK(told["directory.escalated"] == 20);
}

TEST_CASE("a call tells of what is overdue behind what is not due yet", "[directory]") {
    City city = city_with_rules(R"({"reply_days": 1, "escalate_days": 2})");
    const std::string entry = locked_entry(city, wide_metadata());
    for (unsigned i = 1; i <= 30; ++i) REQUIRE(ask_for(city, wide_request(entry, i)));
    close_days(city, 2);
    CHECK(city.context.events.size() == 13);
    CHECK(*mark_overdue(city, 16) == MarkOverdueResult{16, 2});
    CHECK(*mark_overdue(city, 16) == MarkOverdueResult{2, 0});
}

TEST_CASE("a provider corrects what a requester objects to", "[directory]") {
    City city = city_with_delivery();
    const auto made = object(city);
    REQUIRE(made);
    CHECK(made->id == "AF/O00001");
    CHECK(made->due_date == "2020-02-11");  // ten business days
    CHECK(city.emitted("directory.objection", made->id));
    CHECK(read_objection(city).status == ObjectionStatus::open);
    CHECK(refusal(correct(city, "better", "AF")) == codes::objection_not_provider.name);
    CHECK(refusal(correct(city, "rows")) == codes::delivery_repeated.name);
    const auto corrected = correct(city, "better");
    REQUIRE(corrected);
    CHECK(*corrected == CorrectDeliveryResult{2, false});
    CHECK(city.emitted("directory.corrected", made->id));
    CHECK(read_objection(city).status == ObjectionStatus::corrected);
    CHECK(read_objection(city).correction == 2);
    CHECK(read_request(city, "AF/Q00001").delivered_that_day == 1);  // not counted
    const auto deliveries = city.ask<DeliveriesResult>("directory", "deliveries",
                                                       DeliveriesArguments{"AF/Q00001", {}, {}});
    CHECK(deliveries->deliveries[1].corrects == 1);
    CHECK(refusal(correct(city, "best")) == codes::objection_answered.name);
    CHECK(refusal(reject(city, "no")) == codes::objection_answered.name);
    CHECK(refusal(withdraw(city, "no")) == codes::objection_answered.name);
    CHECK(refusal(object(city)) == codes::delivery_objected.name);
    CHECK(object(city, "still wrong", 2)->id == "AF/O00002");
}

TEST_CASE("what is wrong with an objection or its answer is said", "[directory]") {
    City city = city_with_delivery();
    CHECK(refusal(object(city, " ")) == codes::objection_reason_missing.name);
    CHECK(refusal(object(city, "why", 2)) == codes::delivery_unknown.name);
    CHECK(refusal(object(city, "why", 1, "AB")) == codes::request_not_requester.name);
    CHECK(refusal(object(city, "why", 1, "BZB")) == codes::not_permitted.name);
    CHECK(refusal(reject(city, "why")) == codes::objection_unknown.name);
    REQUIRE(object(city));
    CHECK(refusal(reject(city, "")) == codes::objection_reason_missing.name);
    CHECK(refusal(reject(city, "why", "BZB")) == codes::not_permitted.name);
    CHECK(refusal(withdraw(city, "why", "AK")) == codes::objection_not_own.name);
    REQUIRE(withdraw(city, "our mistake"));
    CHECK(read_objection(city).status == ObjectionStatus::withdrawn);
    CHECK(read_objection(city).answer == "our mistake");
    close_days(city, 20);
    CHECK(standing(city).waiting == 0);
}

TEST_CASE("without a grant an objection is rejected, not corrected", "[directory]") {
    City city = city_with_delivery();
    REQUIRE(object(city));
    REQUIRE(revoke_grant(city, "AF/Q00001", "misuse"));
    CHECK(refusal(correct(city, "better")) == codes::grant_revoked.name);
    CHECK_FALSE(reject(city, "the grant is over")->late);
    CHECK(city.emitted("directory.objection_rejected", "AF/O00001"));
}

TEST_CASE("silence on an objection is overdue and escalated as on a request", "[directory]") {
    City city = city_with_delivery(R"({"correction_days": 1, "escalate_days": 1})");
    REQUIRE(object(city));
    close_days(city, 2);
    CHECK(city.emitted("directory.objection_overdue", "AF/O00001"));
    CHECK(read_objection(city).status == ObjectionStatus::overdue);
    close_days(city, 1);
    CHECK(city.emitted("directory.objection_escalated", "AF/O00001"));
    CHECK(standing(city).waiting_escalated == 1);
    CHECK(correct(city, "better")->late);
    CHECK(standing(city) == Standing{{2, 1, 1}, 0, 0});
}

TEST_CASE("objections are listed for who made them and who delivered", "[directory]") {
    City city = city_with_delivery();
    REQUIRE(deliver_rows(city, "AF/Q00001", "more", 1));
    REQUIRE(object(city));
    REQUIRE(object(city, "also wrong", 2));
    const auto list = [&](const char* query, const MemberId& department) {
        return *city.ask<ObjectionsResult>("directory", query,
                                           DepartmentPageArguments{department, {}, 1});
    };
    REQUIRE(list("objections", "AF").objections.size() == 1);
    CHECK(list("objections", "AF").next == "AF/O00001");
    CHECK(list("objections", "AK").objections.empty());
    REQUIRE(list("objections_received", "AK").objections.size() == 1);
    CHECK(list("objections_received", "AK").objections[0].sequence == 1);
    CHECK(list("objections_received", "AF").objections.empty());
}

}  // namespace
}  // namespace cityledger::ledger
