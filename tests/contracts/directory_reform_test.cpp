// Institutional reform: the duties of AK (social security) pass to AB, with all that hangs on them.

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::acknowledge;
using testing::approve;
using testing::close_request;
using testing::deliver;

constexpr const char* k_reason = "merged by the plan of 2020";
const auto k_reformed = codes::department_reformed.name;

Result<ReformResult> decide_reform(City& city, const MemberId& department,
                                   const MemberId& successor, const MemberId& sender = "BZB",
                                   const std::string& reason = k_reason,
                                   const std::string& basis = "plan, part 3") {
    return city.run<ReformResult>(sender, "directory", "decide_reform",
                                  DecideReformArguments{department, successor, reason, basis});
}

Result<ReformResult> continue_reform(City& city, const MemberId& department,
                                     const MemberId& sender = "AF") {
    return city.run<ReformResult>(sender, "directory", "continue_reform",
                                  ReformArguments{department});
}

Reform read_reform(City& city, const MemberId& department) {
    const auto reform = city.ask<Reform>("directory", "reform", ReformArguments{department});
    REQUIRE(reform);
    return *reform;
}

void finish_reform(City& city, const MemberId& department) {
    auto result = continue_reform(city, department);
    while (result && result->left > 0) result = continue_reform(city, department);
    REQUIRE(result);
}

std::size_t directories_of(City& city, const MemberId& department) {
    const auto page = city.ask<DirectoriesResult>(
        "directory", "directories",
        DepartmentPageArguments{department, std::nullopt, std::nullopt});
    REQUIRE(page);
    return page->directories.size();
}

std::vector<std::string> request_ids(City& city, const std::string& query,
                                     const MemberId& department) {
    const auto page = city.ask<RequestsResult>(
        "directory", query, DepartmentPageArguments{department, std::nullopt, std::nullopt});
    REQUIRE(page);
    std::vector<std::string> ids;
    for (const RequestSummary& request : page->requests) ids.push_back(request.id);
    return ids;
}

TEST_CASE("the duties of a department pass to its successor and work on there",
          "[directory][reform]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto granted = ask_for(city, request_for(entry));
    REQUIRE(approve(city, granted->id));
    REQUIRE(deliver(city, granted->id));
    RequestArguments second = request_for(entry);
    second.columns = {"name"};
    const auto open = ask_for(city, second);
    REQUIRE(open);
    const auto objection =
        city.run<ObjectResult>("AF", "directory", "object", ObjectArguments{granted->id, 1, "old"});
    REQUIRE(objection);

    // Responsibility, entry, two requests received, one objection received.
    const auto decided = decide_reform(city, "AK", "AB");
    REQUIRE(decided);
    CHECK(*decided == ReformResult{5, 0});
    CHECK(city.emitted("directory.reform_decided", "AK"));
    CHECK(city.emitted("directory.reform_finished", "AK"));
    dissolve(city, "AK");

    CHECK(directories_of(city, "AK") == 0);
    CHECK(directories_of(city, "AB") == 1);
    CHECK(request_ids(city, "inbox", "AK").empty());
    CHECK(request_ids(city, "inbox", "AB") == std::vector{granted->id, open->id});
    CHECK(refusal(approve(city, open->id, "AK")) == codes::not_permitted.name);
    REQUIRE(approve(city, open->id, "AB"));
    REQUIRE(deliver_rows(city, granted->id, "more rows", 5, "AB"));
    REQUIRE(acknowledge(city, granted->id, 2, "more rows"));
    REQUIRE(city.run<ReplyResult>("AB", "directory", "reject_objection",
                                  ObjectionReasonArguments{objection->id, "it is right"}));
    // Ids tell where things come from; what was delivered before was delivered by AK.
    CHECK(read_request(city, open->id).provider == "AB");
    CHECK(read_request(city, open->id).directory == entry);
    const auto trail = city.ask<TrailResult>("directory", "trail",
                                             TrailArguments{entry, std::nullopt, std::nullopt});
    REQUIRE(trail);
    REQUIRE(trail->lines.size() == 2);
    CHECK(trail->lines[0].delivery.provider == "AK");
    CHECK(trail->lines[1].delivery.provider == "AB");
    const Reform reform = read_reform(city, "AK");
    CHECK(reform.successor == "AB");
    CHECK(reform.reason == k_reason);
    CHECK(reform.decided_by == "BZB");
    CHECK(reform.finished_on == "2020-01-20");
    CHECK(reform.passed == 5);
}

TEST_CASE("what the department asked for and was granted is its successor's",
          "[directory][reform]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto granted = ask_for(city, request_for(entry));
    REQUIRE(approve(city, granted->id));
    REQUIRE(deliver(city, granted->id));
    RequestArguments second = request_for(entry);
    second.columns = {"name"};
    const auto open = ask_for(city, second);
    const auto objection =
        city.run<ObjectResult>("AF", "directory", "object", ObjectArguments{granted->id, 1, "old"});
    REQUIRE(decide_reform(city, "AF", "AB"));

    CHECK(request_ids(city, "requests", "AB") == std::vector{granted->id, open->id});
    const auto held = city.ask<GrantsResult>(
        "directory", "grants_held", DepartmentPageArguments{"AB", std::nullopt, std::nullopt});
    REQUIRE(held);
    REQUIRE(held->grants.size() == 1);
    CHECK(held->grants[0].requester == "AB");
    REQUIRE(acknowledge(city, granted->id, 1, "rows", "AB"));
    REQUIRE(close_request(city, open->id, "not needed", "AB"));
    REQUIRE(city.run<Nothing>("AB", "directory", "withdraw_objection",
                              ObjectionReasonArguments{objection->id, "it is right"}));
    // The same may be asked again: nothing is left of it as an open request.
    second.responsibility = "AF/R00001";
    REQUIRE(ask_for(city, second, "AB"));
}

TEST_CASE("what the two sides asked of each other ends with the reform", "[directory][reform]") {
    const bool provider_passes = GENERATE(true, false);
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto granted = ask_for(city, request_for(entry));
    REQUIRE(approve(city, granted->id));
    REQUIRE(deliver(city, granted->id));
    RequestArguments second = request_for(entry);
    second.columns = {"name"};
    const auto open = ask_for(city, second);
    const auto objection =
        city.run<ObjectResult>("AF", "directory", "object", ObjectArguments{granted->id, 1, "old"});
    REQUIRE(objection);
    const MemberId successor = provider_passes ? "AF" : "AK";
    REQUIRE(decide_reform(city, provider_passes ? "AK" : "AF", successor));

    CHECK(city.emitted("directory.revoked", granted->id));
    CHECK(city.emitted("directory.closed", open->id));
    CHECK(city.emitted("directory.objection_withdrawn", objection->id));
    CHECK(read_request(city, granted->id).status == RequestStatus::revoked);
    CHECK(read_request(city, open->id).status == RequestStatus::closed);
    CHECK(read_request(city, open->id).reason == k_reason);
    CHECK(read_request(city, open->id).provider == successor);
    CHECK(read_request(city, open->id).requester == successor);
    const auto grants =
        city.ask<GrantsResult>("directory", "grants_on",
                               GrantsOnArguments{entry, std::nullopt, std::nullopt, std::nullopt});
    REQUIRE(grants);
    CHECK(grants->grants.empty());
    const auto standing = city.ask<Standing>("directory", "standing", StandingArguments{successor});
    REQUIRE(standing);
    CHECK(standing->waiting == 0);
    close_days(city, 20);  // nothing of it is told as overdue
    CHECK_FALSE(city.emitted("directory.overdue", open->id));
}

TEST_CASE("systems and tables pass on, and a suspicion with them", "[directory][reform]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto system =
        city.run<IdResult>("AK", "directory", "register_system",
                           RegisterSystemArguments{"pensions", 3, SystemRunner::own});
    REQUIRE(system);
    const auto table = city.run<RegisterTableResult>(
        "AK", "directory", "register_table",
        RegisterTableArguments{system->id, entry, "PENSION", {{"ID", "TEXT", "id_number"}}});
    REQUIRE(table);
    REQUIRE(city.run<ReportSchemaResult>("JCJ", "directory", "report_schema",
                                         ReportSchemaArguments{table->id, digest_of("other")}));
    REQUIRE(decide_reform(city, "AK", "AB"));
    REQUIRE(city.run<ChangeTableResult>(
        "AB", "directory", "change_table",
        ChangeTableArguments{table->id, {{"ID", "CHAR(18)", "id_number"}}, "declared"}));
    REQUIRE(city.run<RegisterTableResult>(
        "AB", "directory", "register_table",
        RegisterTableArguments{system->id, entry, "NAMES", {{"NAME", "TEXT", "name"}}}));
    const auto tables = city.ask<TablesResult>(
        "directory", "tables", DepartmentPageArguments{"AB", std::nullopt, std::nullopt});
    REQUIRE(tables);
    CHECK(tables->tables.size() == 2);
}

TEST_CASE("much passes in parts, and until all has passed neither side interferes",
          "[directory][reform]") {
    City city = beijing();
    const std::string entry = locked_entry(city, wide_metadata());
    constexpr std::uint32_t k_requests = 23;
    for (unsigned number = 1; number <= k_requests; ++number) {
        REQUIRE(ask_for(city, wide_request(entry, number)));
    }
    const auto first = decide_reform(city, "AK", "AB");
    REQUIRE(first);
    CHECK(*first == ReformResult{10, 15});  // responsibility, entry and 8 of 23 requests

    // The department does nothing any more, nothing new is asked of it.
    CHECK(refusal(approve(city, "AF/Q00023")) == k_reformed);
    CHECK(refusal(register_directory(city, "AK", "AK/R00001", pension_metadata())) == k_reformed);
    // The successor answers what it has got, and asks for nothing before it has all.
    REQUIRE(approve(city, "AF/Q00001", "AB"));
    CHECK(refusal(approve(city, "AF/Q00023", "AB")) == codes::request_not_provider.name);
    const std::string own = responsibility_of(city, "AB");
    const std::string af = responsibility_of(city, "AF");
    const auto other = register_directory(city, "AF", af, metadata_with_code("301001/0002"));
    REQUIRE(other);
    REQUIRE(city.run<LockDirectoryResult>("AD", "directory", "lock_directory",
                                          LockDirectoryArguments{other->id}));
    RequestArguments asked = request_for(other->id);
    asked.responsibility = own;
    CHECK(refusal(ask_for(city, asked, "AB")) == codes::reform_unfinished.name);
    // No reform of a side before this one is finished.
    CHECK(refusal(decide_reform(city, "AB", "AF")) == codes::reform_unfinished.name);
    CHECK(refusal(decide_reform(city, "AK", "AF")) == codes::reform_decided.name);
    CHECK(refusal(decide_reform(city, "AF", "AK")) == k_reformed);

    CHECK(*continue_reform(city, "AK") == ReformResult{10, 5});
    CHECK(read_reform(city, "AK").finished_on.empty());
    CHECK(*continue_reform(city, "AK") == ReformResult{5, 0});
    CHECK(*continue_reform(city, "AK") == ReformResult{0, 0});
    CHECK(read_reform(city, "AK").passed == 25);
    REQUIRE(ask_for(city, asked, "AB"));
    CHECK(refusal(decide_reform(city, "AK", "AF")) == codes::reform_decided.name);
    // The chain goes on: what AB has got passes on with what is its own.
    REQUIRE(decide_reform(city, "AB", "AD"));
    finish_reform(city, "AB");
    CHECK(read_request(city, "AF/Q00023").provider == "AD");
    CHECK(directories_of(city, "AD") == 1);
}

TEST_CASE("an operation passes on as much as its budget allows, at the worst",
          "[directory][reform]") {
    City city = beijing();
    const std::string entry = locked_entry(city, wide_metadata());
    constexpr std::uint32_t k_requests = 30;
    for (unsigned number = 1; number <= k_requests; ++number) {
        REQUIRE(ask_for(city, wide_request(entry, number)));
    }
    close_days(city, 20);  // overdue and escalated, so that each end is counted in two months
    REQUIRE(decide_reform(city, "AK", "AF"));
    finish_reform(city, "AK");
    for (unsigned number = 1; number <= k_requests; ++number) {
        const std::string id = (number < 10 ? "AF/Q0000" : "AF/Q000") + std::to_string(number);
        CHECK(read_request(city, id).status == RequestStatus::closed);
    }
    // Silence between the sides stays the provider's that it was.
    const auto score = city.ask<Score>("directory", "score", ScoreArguments{"AK", "2020-02"});
    REQUIRE(score);
    CHECK(score->overdue == k_requests);
}

TEST_CASE("nothing is asked of an entry whose reform has not reached it", "[directory][reform]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    for (int i = 0; i < 12; ++i) responsibility_of(city, "AK");
    REQUIRE(decide_reform(city, "AK", "AB"));
    CHECK(refusal(ask_for(city, request_for(entry))) == k_reformed);
    finish_reform(city, "AK");
    REQUIRE(ask_for(city, request_for(entry)));
}

TEST_CASE("a deadline passes on as it is, and a silence is the successor's",
          "[directory][reform]") {
    City city = beijing();
    const auto open = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    const std::uint32_t due = read_request(city, open->id).deadline.due_ordinal;
    close_days(city, 11);
    CHECK(read_request(city, open->id).status == RequestStatus::overdue);
    REQUIRE(decide_reform(city, "AK", "AB"));
    CHECK(read_request(city, open->id).deadline.due_ordinal == due);
    CHECK(read_request(city, open->id).status == RequestStatus::overdue);
    close_days(city, 5);
    CHECK(city.emitted("directory.escalated", open->id));
    CHECK(approve(city, open->id, "AB")->late);
    const auto standing = city.ask<Standing>("directory", "standing", StandingArguments{"AB"});
    CHECK(standing->tally == Tally{1, 1, 1});
}

TEST_CASE("a department that was dissolved without a reform can have its duties passed on later",
          "[directory][reform]") {
    City city = beijing();
    const auto open = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    dissolve(city, "AK");
    REQUIRE(decide_reform(city, "AK", "AB"));
    REQUIRE(approve(city, open->id, "AB"));
}

TEST_CASE("a reform whose successor is dissolved midway gets another one", "[directory][reform]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    for (int i = 0; i < 12; ++i) responsibility_of(city, "AK");
    REQUIRE(decide_reform(city, "AK", "AB"));
    dissolve(city, "AB");
    CHECK(refusal(continue_reform(city, "AK")) == codes::department_gone.name);
    REQUIRE(decide_reform(city, "AK", "AF"));
    CHECK(read_reform(city, "AK").successor == "AF");
    CHECK(directories_of(city, "AF") == 1);
    REQUIRE(decide_reform(city, "AB", "AF"));  // what AB had got
    const auto reforms = city.ask<ReformsResult>("directory", "reforms",
                                                 ReformsArguments{std::nullopt, std::nullopt});
    REQUIRE(reforms);
    REQUIRE(reforms->reforms.size() == 2);
    CHECK(reforms->reforms[0].department == "AB");
    CHECK(read_reform(city, "AB").passed == 10);
}

TEST_CASE("only the staffing office decides on a reform, of two sides that are not its own",
          "[directory][reform]") {
    City city = beijing();
    CHECK(refusal(decide_reform(city, "AK", "AB", "AD")) == codes::not_permitted.name);
    CHECK(refusal(decide_reform(city, "AK", "AK")) == codes::reform_to_itself.name);
    CHECK(refusal(decide_reform(city, "ZZ", "AB")) == codes::member_unknown.name);
    CHECK(refusal(decide_reform(city, "JCJ", "AB")) == codes::reform_of_no_department.name);
    CHECK(refusal(decide_reform(city, "AK", "JCJ")) == codes::department_gone.name);
    CHECK(refusal(decide_reform(city, "AK", "AB", "BZB", " ")) ==
          codes::reform_reason_missing.name);
    CHECK(refusal(decide_reform(city, "AK", "AB", "BZB", k_reason, "")) ==
          codes::reform_basis_missing.name);
    CHECK(refusal(continue_reform(city, "AK")) == codes::reform_unknown.name);
    CHECK(refusal(continue_reform(city, "AK", "AA")) == codes::member_unknown.name);
    REQUIRE(city.run<Nothing>("AD", "membership", "grant_role",
                              membership::RoleArguments{"AB", membership::Role::staffing_office}));
    CHECK(refusal(decide_reform(city, "AK", "AB", "AB")) == codes::reform_same_department.name);
    CHECK(refusal(decide_reform(city, "AB", "AK", "AB")) == codes::reform_same_department.name);
}

}  // namespace
}  // namespace cityledger::ledger
