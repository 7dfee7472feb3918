// How much, how often and what is delivered; requests that are open twice or over.

#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::approve;
using testing::close_request;
using testing::deliver;
using testing::refuse_request;

/// A live grant on an entry of this cycle.
std::string grant_of(City& city, UpdateCycle cycle) {
    Metadata metadata = pension_metadata();
    metadata.update_cycle = cycle;
    const auto made = ask_for(city, request_for(locked_entry(city, metadata)));
    REQUIRE(approve(city, made->id));
    return made->id;
}

TEST_CASE("a batch is delivered once per request", "[directory]") {
    City city = beijing();
    const std::string grant = grant_of(city, UpdateCycle::daily);
    REQUIRE(deliver_rows(city, grant, "rows", 1));
    CHECK(refusal(deliver_rows(city, grant, "rows", 1)) == codes::delivery_repeated.name);
    close_days(city, 1);
    CHECK(refusal(deliver_rows(city, grant, "rows", 1)) == codes::delivery_repeated.name);
    CHECK(deliver_rows(city, grant, "other rows", 1)->sequence == 2);
}

TEST_CASE("a delivery has 1 to 1,000,000,000 rows", "[directory]") {
    City city = beijing();
    const std::string grant = grant_of(city, UpdateCycle::daily);
    const auto out_of_range = codes::delivery_rows_out_of_range.name;
    CHECK(refusal(deliver_rows(city, grant, "none", 0)) == out_of_range);
    CHECK(refusal(deliver_rows(city, grant, "many", k_max_delivery_rows + 1)) == out_of_range);
    CHECK(refusal(deliver_rows(city, grant, "all", ~std::uint64_t{0})) == out_of_range);
    CHECK(deliver_rows(city, grant, "one", 1));
    CHECK(deliver_rows(city, grant, "most", k_max_delivery_rows));
}

TEST_CASE("the deliveries of a day follow the update cycle of the entry", "[directory]") {
    const std::pair<UpdateCycle, std::uint32_t> cycles[] = {
        {UpdateCycle::real_time, 96}, {UpdateCycle::daily, 4},     {UpdateCycle::weekly, 2},
        {UpdateCycle::monthly, 2},    {UpdateCycle::quarterly, 2}, {UpdateCycle::yearly, 2}};
    for (const auto& [cycle, most] : cycles) {
        City city = beijing();
        const std::string grant = grant_of(city, cycle);
        for (std::uint32_t i = 0; i < most; ++i) {
            REQUIRE(deliver_rows(city, grant, "rows " + std::to_string(i), 1));
        }
        CHECK(refusal(deliver_rows(city, grant, "one more", 1)) ==
              codes::deliveries_of_day_used.name);
        close_days(city, 1);
        CHECK(deliver_rows(city, grant, "one more", 1)->sequence == most + 1);
        CHECK(read_request(city, grant).delivered_that_day == 1);
    }
}

TEST_CASE("a request whose own last day is over is not approved; it is refused or closed",
          "[directory]") {
    for (const bool by_provider : {true, false}) {
        City city = beijing();
        RequestArguments arguments = request_for(locked_entry(city, pension_metadata()));
        arguments.until_day = "2020-01-21";
        const auto made = ask_for(city, arguments);
        close_days(city, 1);  // its last day is open
        CHECK(refusal(close_request(city, made->id, "over", "AD")) ==
              codes::request_not_closable.name);
        close_days(city, 1);
        CHECK(refusal(approve(city, made->id)) == codes::request_expired.name);
        if (by_provider) {
            CHECK(refuse_request(city, made->id, "over"));
        } else {
            CHECK(close_request(city, made->id, "over", "AD"));
        }
    }
}

TEST_CASE("the same request is open once, in whatever order its columns stand", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    responsibility_of(city, "AB");
    const auto open = codes::request_already_open.name;
    RequestArguments arguments = request_for(entry);
    const auto made = ask_for(city, arguments);
    REQUIRE(made);
    CHECK(refusal(ask_for(city, arguments)) == open);
    arguments.columns = {"amount", "id_number"};
    arguments.purpose = "in other words";
    CHECK(refusal(ask_for(city, arguments)) == open);
    arguments.columns = {"amount"};
    CHECK(ask_for(city, arguments));
    responsibility_of(city, "AF");
    arguments = request_for(entry);
    arguments.responsibility = "AF/R00002";
    CHECK(ask_for(city, arguments));
    arguments.responsibility = "AB/R00001";
    CHECK(ask_for(city, arguments, "AB"));

    close_days(city, 11);  // overdue is open, too
    CHECK(refusal(ask_for(city, request_for(entry))) == open);
    REQUIRE(refuse_request(city, made->id, "not now"));
    CHECK(ask_for(city, request_for(entry)));
}

}  // namespace
}  // namespace cityledger::ledger
