// Departments that are dissolved: what refers to them is refused, and has an end.

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::approve;
using testing::close_request;
using testing::deliver;
using testing::refuse_request;

const auto k_gone = codes::department_gone.name;

TEST_CASE("a grant delivers nothing to a department that is dissolved", "[directory]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    REQUIRE(approve(city, made->id));
    dissolve(city, "AF");
    CHECK(refusal(deliver(city, made->id)) == k_gone);
    REQUIRE(revoke_grant(city, made->id, "the department is dissolved", "AD"));
    CHECK(read_request(city, made->id).status == RequestStatus::revoked);
}

TEST_CASE("a department that is none any more gets nothing either", "[directory]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    REQUIRE(approve(city, made->id));
    REQUIRE(city.run<Nothing>("AD", "membership", "revoke_role",
                              membership::RoleArguments{"AF", membership::Role::department}));
    CHECK(refusal(deliver(city, made->id)) == k_gone);
}

TEST_CASE("nothing is asked of a dissolved department, and what was asked is closed",
          "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto made = ask_for(city, request_for(entry));
    REQUIRE(made);
    CHECK(refusal(close_request(city, made->id, "why", "AD")) == codes::request_not_closable.name);
    dissolve(city, "AK");
    RequestArguments second = request_for(entry);
    second.columns = {"name"};
    CHECK(refusal(ask_for(city, second)) == k_gone);

    CHECK(refusal(close_request(city, made->id, " ", "AD")) == codes::request_reason_missing.name);
    CHECK(refusal(close_request(city, made->id, "why", "AB")) == codes::not_permitted.name);
    REQUIRE(close_request(city, made->id, "the provider is dissolved", "AD"));
    CHECK(city.emitted("directory.closed", made->id));
    CHECK(read_request(city, made->id).status == RequestStatus::closed);
    CHECK(read_request(city, made->id).reason == "the provider is dissolved");
    CHECK(refusal(close_request(city, made->id, "again", "AD")) ==
          codes::request_already_answered.name);
    close_days(city, 12);  // its due day passes without a mark
    CHECK(read_request(city, made->id).status == RequestStatus::closed);
}

TEST_CASE("an overdue request to a dissolved department can be closed", "[directory]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    close_days(city, 11);
    CHECK(read_request(city, made->id).status == RequestStatus::overdue);
    dissolve(city, "AK");
    REQUIRE(close_request(city, made->id, "the provider is dissolved", "AD"));
}

TEST_CASE("a request of a dissolved department is not approved; provider or operator end it",
          "[directory]") {
    for (const bool by_provider : {true, false}) {
        City city = beijing();
        const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
        dissolve(city, "AF");
        CHECK(refusal(approve(city, made->id)) == k_gone);
        if (by_provider) {
            REQUIRE(refuse_request(city, made->id, "the requester is dissolved"));
        } else {
            REQUIRE(close_request(city, made->id, "the requester is dissolved", "AD"));
        }
    }
}

TEST_CASE("a requester takes back what nobody has answered, and may ask again", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto made = ask_for(city, request_for(entry));
    REQUIRE(close_request(city, made->id, "the purpose is gone", "AF"));
    CHECK(refusal(approve(city, made->id)) == codes::request_already_answered.name);
    const auto again = ask_for(city, request_for(entry));
    REQUIRE(again);
    REQUIRE(approve(city, again->id));
    CHECK(refusal(close_request(city, again->id, "late", "AF")) ==
          codes::request_already_answered.name);
}

TEST_CASE("nothing of a dissolved department is approved or locked", "[directory]") {
    City city = beijing();
    const std::string active = responsibility_of(city, "AK");
    const auto draft = testing::register_directory(city, "AK", active, pension_metadata());
    const auto pending = city.run<IdResult>("AK", "directory", "register_responsibility",
                                            RegisterResponsibilityArguments{"text", "basis"});
    dissolve(city, "AK");
    CHECK(refusal(city.run<Nothing>("BZB", "directory", "approve_responsibility",
                                    ApproveResponsibilityArguments{pending->id})) == k_gone);
    REQUIRE(decide_responsibility(city, "refuse_responsibility", pending->id, "dissolved"));
    CHECK(refusal(city.run<LockDirectoryResult>("AD", "directory", "lock_directory",
                                                LockDirectoryArguments{draft->id})) == k_gone);
}

}  // namespace
}  // namespace cityledger::ledger
