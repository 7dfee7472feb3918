// What one office cannot do alone: the operator's own entries, decisions on responsibilities.

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::approve;
using testing::close_request;
using testing::deliver;

Result<LockDirectoryResult> lock(City& city, const std::string& entry) {
    return city.run<LockDirectoryResult>("AD", "directory", "lock_directory",
                                         LockDirectoryArguments{entry});
}

Result<LockDirectoryResult> countersign(City& city, const std::string& entry, const Digest& hash,
                                        const MemberId& sender) {
    return city.run<LockDirectoryResult>(sender, "directory", "countersign_lock",
                                         CountersignLockArguments{entry, hash});
}

EntryStatus status_of(City& city, const std::string& entry) {
    return city.ask<Entry>("directory", "directory", IdArguments{entry})->status;
}

/// A draft of the operator's own.
std::string own_draft(City& city) {
    const std::string root = responsibility_of(city, "AD");
    return testing::register_directory(city, "AD", root, pension_metadata())->id;
}

TEST_CASE("an operator does not lock its own entry alone", "[directory]") {
    for (const char* office : {"BZB", "JCJ"}) {  // staffing office, auditor
        City city = beijing();
        const std::string entry = own_draft(city);
        const Digest hash = metadata_hash(pension_metadata());
        CHECK(refusal(countersign(city, entry, hash, office)) == codes::lock_not_proposed.name);
        const auto proposed = lock(city, entry);
        REQUIRE(proposed);
        CHECK(*proposed == LockDirectoryResult{hash, EntryStatus::countersign});
        CHECK(city.emitted("directory.lock_proposed", entry));
        responsibility_of(city, "AF");
        CHECK(refusal(ask_for(city, request_for(entry))) == codes::directory_not_locked.name);
        CHECK(refusal(lock(city, entry)) == codes::lock_already_proposed.name);
        CHECK(refusal(countersign(city, entry, hash, "AK")) == codes::not_permitted.name);
        CHECK(refusal(countersign(city, entry, digest_of("other"), office)) ==
              codes::lock_hash_differs.name);
        const auto locked = countersign(city, entry, hash, office);
        REQUIRE(locked);
        CHECK(*locked == LockDirectoryResult{hash, EntryStatus::locked});
        CHECK(city.emitted("directory.locked", entry));
        CHECK(refusal(countersign(city, entry, hash, office)) ==
              codes::directory_already_locked.name);
        CHECK(ask_for(city, request_for(entry)));
    }
}

TEST_CASE("a department that is also auditor does not countersign its own lock", "[directory]") {
    City city = beijing();
    const std::string entry = own_draft(city);
    REQUIRE(city.run<Nothing>("AD", "membership", "grant_role",
                              membership::RoleArguments{"AD", membership::Role::auditor}));
    REQUIRE(lock(city, entry));
    CHECK(refusal(countersign(city, entry, metadata_hash(pension_metadata()), "AD")) ==
          codes::lock_same_department.name);
}

TEST_CASE("what waits for a second office is a draft again when it is edited", "[directory]") {
    City city = beijing();
    const std::string entry = own_draft(city);
    const auto proposed = lock(city, entry);
    Metadata other = pension_metadata();
    other.abstract = "something else";
    REQUIRE(city.run<Nothing>("AD", "directory", "update_directory",
                              UpdateDirectoryArguments{entry, other}));
    CHECK(status_of(city, entry) == EntryStatus::draft);
    CHECK(refusal(countersign(city, entry, proposed->metadata_hash, "BZB")) ==
          codes::lock_not_proposed.name);
}

TEST_CASE("the staffing office refuses a responsibility and says why", "[directory]") {
    City city = beijing();
    const auto made = city.run<IdResult>("AK", "directory", "register_responsibility",
                                         RegisterResponsibilityArguments{"text", "basis"});
    const auto refuse_it = [&](const std::string& reason, const MemberId& sender) {
        return refusal(
            decide_responsibility(city, "refuse_responsibility", made->id, reason, sender));
    };
    CHECK(refuse_it("no such task", "AD") == codes::not_permitted.name);
    CHECK(refuse_it("\xE3\x80\x80", "BZB") == codes::responsibility_reason_missing.name);
    CHECK(refuse_it("no such task", "BZB") == "accepted");
    CHECK(city.emitted("directory.responsibility_refused", made->id));
    CHECK(refuse_it("no such task", "BZB") == codes::responsibility_not_pending.name);
    const auto record =
        city.ask<Responsibility>("directory", "responsibility", IdArguments{made->id});
    CHECK(record->status == ResponsibilityStatus::refused);
    CHECK(record->decided_by == "BZB");
    CHECK(record->reason == "no such task");
    CHECK(refusal(testing::register_directory(city, "AK", made->id, pension_metadata())) ==
          codes::responsibility_not_active.name);
    // Refused is not for ever: the office may approve after all.
    CHECK(city.run<Nothing>("BZB", "directory", "approve_responsibility",
                            ApproveResponsibilityArguments{made->id}));
}

TEST_CASE("a department that is also staffing office does not decide on its own responsibility",
          "[directory]") {
    City city = beijing();
    REQUIRE(city.run<Nothing>("AD", "membership", "grant_role",
                              membership::RoleArguments{"AK", membership::Role::staffing_office}));
    const auto made = city.run<IdResult>("AK", "directory", "register_responsibility",
                                         RegisterResponsibilityArguments{"text", "basis"});
    const auto approve_as = [&](const MemberId& sender) {
        return refusal(city.run<Nothing>(sender, "directory", "approve_responsibility",
                                         ApproveResponsibilityArguments{made->id}));
    };
    CHECK(approve_as("AK") == codes::responsibility_same_department.name);
    CHECK(approve_as("BZB") == "accepted");
}

TEST_CASE("under a withdrawn responsibility nothing is newly requested, approved or locked",
          "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, wide_metadata());
    const auto draft =
        testing::register_directory(city, "AK", "AK/R00001", metadata_with_code("301001/0002"));
    const auto granted = ask_for(city, wide_request(entry, 1));
    REQUIRE(approve(city, granted->id));
    const auto open = ask_for(city, wide_request(entry, 2));
    const auto withdraw = [&](const std::string& id, const std::string& reason) {
        return refusal(decide_responsibility(city, "withdraw_responsibility", id, reason));
    };
    const auto inactive = codes::responsibility_not_active.name;
    CHECK(withdraw("AK/R00001", " ") == codes::responsibility_reason_missing.name);
    CHECK(withdraw("AK/R00001", "the task has moved") == "accepted");
    CHECK(city.emitted("directory.responsibility_withdrawn", "AK/R00001"));
    CHECK(withdraw("AK/R00001", "again") == inactive);

    CHECK(refusal(ask_for(city, wide_request(entry, 3))) == inactive);
    CHECK(refusal(approve(city, open->id)) == inactive);
    CHECK(refusal(lock(city, draft->id)) == inactive);
    CHECK(close_request(city, open->id, "the task has moved", "AD"));
    CHECK(deliver(city, granted->id));  // a live grant ends by revoke
}

TEST_CASE("a request under a responsibility that its requester lost is not approved",
          "[directory]") {
    City city = beijing();
    const auto made = ask_for(city, request_for(locked_entry(city, pension_metadata())));
    REQUIRE(decide_responsibility(city, "withdraw_responsibility", "AF/R00001", "moved"));
    CHECK(refusal(approve(city, made->id)) == codes::responsibility_not_active.name);
}

}  // namespace
}  // namespace cityledger::ledger
