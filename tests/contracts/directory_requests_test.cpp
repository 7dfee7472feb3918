#include "ledger/contracts/directory/requests.hpp"

#include <functional>

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::acknowledge;
using testing::approve;
using testing::deliver;
using testing::mark_overdue;
using testing::refuse_request;

TEST_CASE("request, approve, deliver, acknowledge: the whole way of shared data", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto made = ask_for(city, request_for(entry));
    REQUIRE(made);
    CHECK(made->id == "AF/Q00001");
    CHECK(made->status == RequestStatus::pending);
    // Ten business days after Monday, 20 January, with the spring festival between.
    CHECK(made->due_date == "2020-02-11");
    CHECK(read_request(city, made->id).deadline.due_ordinal == 11);

    const auto reply = approve(city, made->id);
    REQUIRE(reply);
    CHECK_FALSE(reply->late);
    CHECK(city.emitted("directory.approved", made->id));
    CHECK(deliver(city, made->id)->sequence == 1);
    CHECK(city.emitted("directory.delivered", made->id));
    CHECK(acknowledge(city, made->id, 1, "rows")->matched);
    CHECK(city.emitted("directory.acknowledged", made->id));
    CHECK(refusal(acknowledge(city, made->id, 1, "rows")) ==
          codes::delivery_already_acknowledged.name);
}

TEST_CASE("a digest that differs is recorded and an alert goes out", "[directory]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    REQUIRE(approve(city, made->id));
    REQUIRE(deliver(city, made->id));
    const auto acknowledged = acknowledge(city, made->id, 1, "other rows");
    REQUIRE(acknowledged);
    CHECK_FALSE(acknowledged->matched);
    CHECK(city.emitted("directory.digest_mismatch", made->id));
    const auto deliveries = city.ask<DeliveriesResult>(
        "directory", "deliveries", DeliveriesArguments{made->id, std::nullopt, std::nullopt});
    REQUIRE(deliveries);
    REQUIRE(deliveries->deliveries.size() == 1);
    CHECK(deliveries->deliveries[0].acknowledged == digest_of("other rows"));
    CHECK_FALSE(deliveries->deliveries[0].matched);
}

TEST_CASE("what is wrong with a request is said", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto with = [&](const std::function<void(RequestArguments&)>& change) {
        RequestArguments arguments = request_for(entry);
        change(arguments);
        return refusal(ask_for(city, arguments));
    };
    CHECK(with([](auto& r) { r.directory = "AK/D00009"; }) == codes::directory_unknown.name);
    CHECK(with([](auto& r) { r.purpose = "\xE3\x80\x80"; }) == codes::request_purpose_missing.name);
    CHECK(with([](auto& r) { r.legal_basis = " \t"; }) == codes::request_basis_missing.name);
    CHECK(with([](auto& r) { r.purpose.clear(); }) == codes::request_purpose_missing.name);
    CHECK(with([](auto& r) { r.legal_basis.clear(); }) == codes::request_basis_missing.name);
    CHECK(with([](auto& r) { r.columns.clear(); }) == codes::request_columns_missing.name);
    CHECK(with([](auto& r) { r.columns = {"salary"}; }) == codes::request_column_unknown.name);
    CHECK(with([](auto& r) {
              r.columns = {"name", "name"};
          }) == codes::request_column_repeated.name);
    CHECK(with([](auto& r) { r.until_day = "2020-01-19"; }) == codes::request_until_past.name);
    CHECK(with([](auto& r) { r.until_day = "tomorrow"; }) == codes::date_malformed.name);
    CHECK(with([](auto& r) { r.responsibility = "AK/R00001"; }) ==
          codes::responsibility_not_own.name);
    CHECK(refusal(ask_for(city, request_for(entry), "AK")) == codes::request_to_self.name);
    CHECK(refusal(ask_for(city, request_for(entry), "BZB")) == codes::not_permitted.name);
    CHECK(with([](auto& r) { r.until_day = "2020-01-20"; }) == "accepted");
}

TEST_CASE("drafts and entries that are not shared cannot be requested", "[directory]") {
    City city = beijing();
    Metadata secret = pension_metadata();
    secret.sharing = Sharing::not_shared;
    secret.legal_basis = "Social insurance law, article 81";
    const std::string entry = locked_entry(city, secret);
    CHECK(refusal(ask_for(city, request_for(entry))) == codes::directory_not_shared.name);
    const auto draft =
        testing::register_directory(city, "AK", "AK/R00001", metadata_with_code("301001/0002"));
    REQUIRE(draft);
    CHECK(refusal(ask_for(city, request_for(draft->id))) == codes::directory_not_locked.name);
}

TEST_CASE("unconditional sharing is approved at once by rule", "[directory]") {
    City city = beijing();
    Metadata open = pension_metadata();
    open.sharing = Sharing::unconditional;
    const auto made = ask_for(city, request_for(locked_entry(city, open)));
    REQUIRE(made);
    CHECK(made->status == RequestStatus::approved);
    CHECK(city.emitted("directory.approved", made->id));
    CHECK(refusal(approve(city, made->id)) == codes::request_already_answered.name);
    CHECK(deliver(city, made->id));
    close_days(city, 12);
    CHECK(mark_overdue(city, 16)->marked == 0);
}

TEST_CASE("only the provider answers, once, and says why it refuses", "[directory]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    CHECK(refusal(approve(city, made->id, "AF")) == codes::request_not_provider.name);
    CHECK(refusal(approve(city, made->id, "BZB")) == codes::not_permitted.name);
    CHECK(refusal(approve(city, "AF/Q00009")) == codes::request_unknown.name);
    CHECK(refusal(refuse_request(city, made->id, " ")) == codes::request_reason_missing.name);
    REQUIRE(refuse_request(city, made->id, "the purpose does not need amounts"));
    CHECK(city.emitted("directory.refused", made->id));
    CHECK(read_request(city, made->id).reason == "the purpose does not need amounts");
    CHECK(refusal(approve(city, made->id)) == codes::request_already_answered.name);
    CHECK(refusal(deliver(city, made->id)) == codes::request_not_granted.name);
    CHECK(refusal(revoke_grant(city, made->id, "why")) == codes::request_not_granted.name);
}

TEST_CASE("silence becomes overdue only after the tenth business day has closed", "[directory]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    close_days(city, 10);  // the due day, 11 February, is open
    CHECK(city.ask<calendar::TodayResult>("calendar", "today", Nothing{})->date == made->due_date);
    CHECK(*mark_overdue(city, 16) == MarkOverdueResult{0, 0});
    CHECK(read_request(city, made->id).status == RequestStatus::pending);
    close_days(city, 1);  // makes it overdue, without anybody's call
    CHECK(city.emitted("directory.overdue", made->id));
    CHECK(read_request(city, made->id).status == RequestStatus::overdue);
    CHECK(refusal(deliver(city, made->id)) == codes::request_not_granted.name);

    const auto reply = approve(city, made->id);
    REQUIRE(reply);
    CHECK(reply->late);
    CHECK(read_request(city, made->id).late);
    CHECK(deliver(city, made->id));
    CHECK(*mark_overdue(city, 16) == MarkOverdueResult{0, 0});
}

TEST_CASE("an answer on the due day is in time, one on the day after is late", "[directory]") {
    for (const int days : {10, 11}) {
        City city = beijing();
        const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
        close_days(city, days);
        const auto reply = refuse_request(city, made->id, "no need");
        REQUIRE(reply);
        CHECK(reply->late == (days == 11));
        close_days(city, 1);
        CHECK(mark_overdue(city, 16)->marked == 0);
    }
}

TEST_CASE("a close tells of twelve overdue, oldest first; the rest waits for the next or a call",
          "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, wide_metadata());
    for (unsigned i = 1; i <= 60; ++i) REQUIRE(ask_for(city, wide_request(entry, i)));
    close_days(city, 10);
    CHECK(city.context.events.size() == 1);
    REQUIRE(ask_for(city, wide_request(entry, 61)));  // due later
    close_days(city, 1);
    CHECK(city.context.events.size() == 13);
    CHECK(city.emitted("directory.overdue", "AF/Q00001"));
    CHECK(city.emitted("directory.overdue", "AF/Q00012"));
    CHECK(read_request(city, "AF/Q00060").status == RequestStatus::overdue);  // also untold
    for (const std::uint32_t limit : {0u, 17u}) {
        CHECK(refusal(mark_overdue(city, limit)) == codes::overdue_limit_out_of_range.name);
    }
    CHECK(*mark_overdue(city, 16) == MarkOverdueResult{16, 32});
    CHECK(city.emitted("directory.overdue", "AF/Q00013"));
    CHECK(city.emitted("directory.overdue", "AF/Q00028"));
    close_days(city, 1);  // its twelve are told already
    CHECK(city.context.events.size() == 1);
    close_days(city, 1);
    CHECK(city.context.events.size() == 9);
    CHECK(city.emitted("directory.overdue", "AF/Q00029"));
    CHECK(city.emitted("directory.overdue", "AF/Q00036"));
    CHECK(*mark_overdue(city, 16) == MarkOverdueResult{16, 8});
    CHECK(*mark_overdue(city, 16) == MarkOverdueResult{8, 0});
    CHECK(*mark_overdue(city, 16) == MarkOverdueResult{0, 0});
    CHECK(read_request(city, "AF/Q00061").status == RequestStatus::pending);
}

TEST_CASE("without any call each close tells of the next twelve, and of none twice",
          "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, wide_metadata());
    for (unsigned i = 1; i <= 30; ++i) REQUIRE(ask_for(city, wide_request(entry, i)));
    REQUIRE(approve(city, "AF/Q00030"));  // an answer needs no place
    close_days(city, 10);
    for (const std::size_t told : {12, 12, 5, 0}) {
        close_days(city, 1);
        CHECK(city.context.events.size() == told + 1);
    }
}

TEST_CASE("nothing is delivered after a grant is revoked or over", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    RequestArguments arguments = request_for(entry);
    arguments.until_day = "2020-01-21";
    const auto limited_grant = ask_for(city, arguments);
    REQUIRE(approve(city, limited_grant->id));
    const auto open_grant = ask_for(city, request_for(entry));
    REQUIRE(approve(city, open_grant->id));

    close_days(city, 1);
    CHECK(deliver(city, limited_grant->id));
    close_days(city, 1);
    CHECK(refusal(deliver(city, limited_grant->id)) == codes::grant_expired.name);

    CHECK(refusal(deliver(city, open_grant->id, "AF")) == codes::request_not_provider.name);
    CHECK(refusal(revoke_grant(city, open_grant->id, "", "AD")) ==
          codes::request_reason_missing.name);
    CHECK(refusal(revoke_grant(city, open_grant->id, "misuse", "AF")) == codes::not_permitted.name);
    REQUIRE(revoke_grant(city, open_grant->id, "misuse", "AD"));
    CHECK(city.emitted("directory.revoked", open_grant->id));
    CHECK(refusal(deliver(city, open_grant->id)) == codes::grant_revoked.name);
    CHECK(refusal(revoke_grant(city, open_grant->id, "again")) == codes::grant_revoked.name);
}

TEST_CASE("only the requester acknowledges, and only what was delivered", "[directory]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    REQUIRE(approve(city, made->id));
    REQUIRE(deliver(city, made->id));
    CHECK(refusal(acknowledge(city, made->id, 1, "rows", "AB")) ==
          codes::request_not_requester.name);
    CHECK(refusal(acknowledge(city, made->id, 2, "rows")) == codes::delivery_unknown.name);
    CHECK(refusal(acknowledge(city, made->id, 0, "rows")) == codes::delivery_unknown.name);
}

TEST_CASE("requests are listed for the requester and for the provider", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, wide_metadata());
    for (unsigned i = 1; i <= 3; ++i) REQUIRE(ask_for(city, wide_request(entry, i)));
    const auto list = [&](const char* query, const MemberId& department) {
        return city.ask<RequestsResult>("directory", query,
                                        DepartmentPageArguments{department, {}, 2});
    };
    CHECK(list("requests", "AF")->requests.size() == 2);
    CHECK(list("requests", "AF")->next == "AF/Q00002");
    CHECK(list("requests", "AK")->requests.empty());
    CHECK(list("inbox", "AK")->requests.size() == 2);
    CHECK(list("inbox", "AF")->requests.empty());
    const auto rest = city.ask<RequestsResult>("directory", "inbox",
                                               DepartmentPageArguments{"AK", "AF/Q00002", 2});
    REQUIRE(rest->requests.size() == 1);
    CHECK(rest->requests[0].id == "AF/Q00003");
}

TEST_CASE("the time to reply comes from the genesis", "[directory]") {
    for (const char* days : {"0", "251"}) {
        City city;
        CHECK(refusal(city.start(sections(R"({"directory": {"reply_days": )" + std::string(days) +
                                          "}}"))) == codes::reply_days_out_of_range.name);
    }
    City city;
    auto business = sections(k_beijing_sections);
    business["directory"] = {{"reply_days", 2}};
    REQUIRE(city.start(business));
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    CHECK(made->due_date == "2020-01-22");
}

}  // namespace
}  // namespace cityledger::ledger
