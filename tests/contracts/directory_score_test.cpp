// Scores by month: what is counted, in which month, and for whom.

#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::acknowledge;
using testing::approve;
using testing::close_request;
using testing::deliver;

Score read_score(City& city, const MemberId& department, const std::string& month) {
    const auto score = city.ask<Score>("directory", "score", ScoreArguments{department, month});
    REQUIRE(score);
    return *score;
}

/// Closes days until this one is open.
void close_until(City& city, const std::string& date) {
    while (city.ask<calendar::TodayResult>("calendar", "today", Nothing{})->date < date) {
        close_days(city, 1);
    }
}

TEST_CASE("what is done is counted in the month in which it is done", "[directory][score]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    close_until(city, "2020-02-03");
    REQUIRE(approve(city, made->id));
    REQUIRE(deliver(city, made->id));
    CHECK_FALSE(acknowledge(city, made->id, 1, "other rows")->matched);
    const auto objection =
        city.run<ObjectResult>("AF", "directory", "object", ObjectArguments{made->id, 1, "wrong"});
    REQUIRE(objection);
    REQUIRE(city.run<CorrectDeliveryResult>(
        "AK", "directory", "correct_delivery",
        CorrectDeliveryArguments{objection->id, digest_of("right rows"), 3}));

    Score january;
    january.department = "AK";
    january.month = "2020-01";
    january.requests_received = 1;
    january.entries_registered = 1;
    january.entries_locked = 1;
    CHECK(read_score(city, "AK", "2020-01") == january);
    Score february;
    february.department = "AK";
    february.month = "2020-02";
    february.answered_in_time = 1;
    february.deliveries = 2;
    february.digests_differed = 1;
    february.objections_received = 1;
    february.objections_corrected = 1;
    CHECK(read_score(city, "AK", "2020-02") == february);
    CHECK(read_score(city, "AF", "2020-02").deliveries == 0);
}

TEST_CASE("tables, alarms and changes are the keeper's", "[directory][score]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    REQUIRE(city.run<IdResult>("AK", "directory", "register_system",
                               RegisterSystemArguments{"pensions", 3, SystemRunner::own}));
    const auto table = city.run<RegisterTableResult>(
        "AK", "directory", "register_table",
        RegisterTableArguments{"AK/S00001", entry, "PENSION", {{"ID", "TEXT", "id_number"}}});
    REQUIRE(table);
    for (const char* found : {"other", "third"}) {  // one alarm: the table is suspect already
        REQUIRE(city.run<ReportSchemaResult>("JCJ", "directory", "report_schema",
                                             ReportSchemaArguments{table->id, digest_of(found)}));
    }
    Metadata changed = pension_metadata();
    changed.abstract = "since 2020";
    REQUIRE(propose_change(city, entry, changed));
    REQUIRE(apply_change(city, entry, changed));
    const Score score = read_score(city, "AK", "2020-01");
    CHECK(score.tables_registered == 1);
    CHECK(score.schema_alarms == 1);
    CHECK(score.entries_changed == 1);
}

TEST_CASE("a silence counts in the month whose close made it one, answered or not",
          "[directory][score]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    close_until(city, "2020-02-17");
    const auto made = ask_for(city, request_for(entry));
    REQUIRE(made->due_date == "2020-03-02");
    RequestArguments second = request_for(entry);
    second.columns = {"name"};
    const auto other = ask_for(city, second);
    REQUIRE(other);
    close_until(city, "2020-03-02");
    CHECK(read_score(city, "AK", "2020-03").overdue == 0);  // the last day is not over
    close_until(city, "2020-03-03");
    CHECK(read_score(city, "AK", "2020-03").overdue == 2);
    CHECK(read_score(city, "AK", "2020-03").escalated == 0);
    close_until(city, "2020-04-01");
    const Score waiting = read_score(city, "AK", "2020-03");
    CHECK(waiting.overdue == 2);
    CHECK(waiting.escalated == 2);
    // The answer in April adds nothing to the silence of March, nor does a request taken back.
    REQUIRE(approve(city, made->id)->late);
    REQUIRE(close_request(city, other->id, "not needed", "AF"));
    CHECK(read_score(city, "AK", "2020-03") == waiting);
    CHECK(read_score(city, "AK", "2020-04").answered_late == 1);
    CHECK(read_score(city, "AK", "2020-04").overdue == 0);
}

TEST_CASE("a late answer to an objection is counted as that", "[directory][score]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    REQUIRE(approve(city, made->id));
    REQUIRE(deliver(city, made->id));
    const auto objection =
        city.run<ObjectResult>("AF", "directory", "object", ObjectArguments{made->id, 1, "wrong"});
    close_until(city, "2020-03-02");
    REQUIRE(city.run<ReplyResult>("AK", "directory", "reject_objection",
                                  ObjectionReasonArguments{objection->id, "it is right"}));
    const Score march = read_score(city, "AK", "2020-03");
    CHECK(march.objections_rejected == 1);
    CHECK(march.objections_late == 1);
    CHECK(march.answered_late == 0);
    CHECK(read_score(city, "AK", "2020-02").overdue == 1);
}

TEST_CASE("all departments stand in the scores, page by page", "[directory][score]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    responsibility_of(city, "AB");
    const auto first =
        city.ask<ScoresResult>("directory", "scores", ScoresArguments{"2020-01", std::nullopt, 2});
    REQUIRE(first);
    REQUIRE(first->scores.size() == 2);
    CHECK(first->scores[0].department == "AB");
    CHECK(first->scores[1].department == "AF");
    CHECK(first->next == "AF");
    const auto second =
        city.ask<ScoresResult>("directory", "scores", ScoresArguments{"2020-01", "AF", 2});
    REQUIRE(second);
    REQUIRE(second->scores.size() == 1);
    CHECK(second->scores[0].entries_locked == 1);
    CHECK_FALSE(second->next);
    CHECK_FALSE(
        city.ask<ScoresResult>("directory", "scores", ScoresArguments{"2020-13", std::nullopt, 2}));
    CHECK_FALSE(city.ask<Score>("directory", "score", ScoreArguments{"AK", "2020-1"}));
    CHECK_FALSE(city.ask<Score>("directory", "score", ScoreArguments{"ZZ", "2020-01"}));
}

}  // namespace
}  // namespace cityledger::ledger
