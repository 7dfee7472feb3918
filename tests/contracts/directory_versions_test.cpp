// Changes of locked entries, who is alerted, and which grants live.

#include <functional>

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::apply_change;
using testing::approve;
using testing::deliver;
using testing::propose_change;

Metadata more_pensions() {
    Metadata metadata = pension_metadata();
    metadata.items.push_back({"since", "date"});
    return metadata;
}

/// The next version of an entry has these metadata.
ApplyChangeResult change_entry(City& city, const std::string& entry, const Metadata& metadata) {
    REQUIRE(propose_change(city, entry, metadata));
    const auto applied = apply_change(city, entry, metadata);
    REQUIRE(applied);
    return *applied;
}

Entry read_entry(City& city, const std::string& id) {
    const auto entry = city.ask<Entry>("directory", "directory", IdArguments{id});
    REQUIRE(entry);
    return *entry;
}

Result<TellChangeResult> tell_change(City& city, const MemberId& sender = "AF") {
    return city.run<TellChangeResult>(sender, "directory", "tell_change",
                                      ChangeArguments{"AK/D00001"});
}

std::string grant_for(City& city, const RequestArguments& arguments) {
    const auto made = ask_for(city, arguments);
    REQUIRE(made);
    REQUIRE(approve(city, made->id));
    return made->id;
}

/// `count` live grants on AK/D00001, which has columns c0 to c5.
City city_with_grants(unsigned count) {
    City city = beijing();
    const std::string entry = locked_entry(city, wide_metadata());
    for (unsigned i = 1; i <= count; ++i) grant_for(city, wide_request(entry, i));
    return city;
}

Metadata renamed(Metadata metadata) {
    metadata.name += " (new)";
    return metadata;
}

TEST_CASE("a change of a locked entry makes a version and keeps the old form", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    CHECK(read_entry(city, entry).version == 1);
    CHECK(read_entry(city, entry).version_since == "2020-01-20");
    const std::string grant = grant_for(city, request_for(entry));
    close_days(city, 1);

    REQUIRE(propose_change(city, entry, more_pensions()));
    CHECK(city.emitted("directory.change_proposed", entry));
    CHECK(read_entry(city, entry).metadata == pension_metadata());  // still in force
    const auto waits = city.ask<ProposedChange>("directory", "proposed_change", IdArguments{entry});
    CHECK(waits->metadata == more_pensions());
    CHECK(*apply_change(city, entry, more_pensions()) == ApplyChangeResult{2, 1, false});
    CHECK(city.emitted("directory.change_applied", entry));
    CHECK(city.emitted("directory.change_alert", grant));

    const Entry changed = read_entry(city, entry);
    CHECK(changed.version == 2);
    CHECK(changed.version_since == "2020-01-21");
    CHECK(changed.version_reason == "new law");
    CHECK(changed.metadata_hash == metadata_hash(more_pensions()));
    const auto version = [&](std::uint32_t number) {
        return city.ask<Version>("directory", "version", VersionArguments{entry, number});
    };
    CHECK(version(1)->metadata == pension_metadata());
    CHECK(version(1)->since == "2020-01-20");
    CHECK(version(2)->metadata == more_pensions());
    for (const std::uint32_t number : {0u, 3u}) {
        CHECK(refusal(version(number)) == codes::version_unknown.name);
    }
    CHECK(refusal(apply_change(city, entry, more_pensions())) == codes::change_not_proposed.name);
}

TEST_CASE("what is wrong with a change is said", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto with = [&](const Metadata& metadata, const std::string& reason = "new law",
                          const MemberId& sender = "AK") {
        return refusal(propose_change(city, entry, metadata, reason, sender));
    };
    CHECK(with(more_pensions(), " ") == codes::change_reason_missing.name);
    CHECK(with(more_pensions(), "why", "AF") == codes::directory_not_own.name);
    CHECK(with(more_pensions(), "why", "BZB") == codes::not_permitted.name);
    CHECK(with(pension_metadata()) == codes::change_of_nothing.name);
    CHECK(with(metadata_with_code("301001/0002")) == codes::change_of_code.name);
    Metadata nameless = more_pensions();
    nameless.name.clear();
    CHECK(with(nameless) == codes::directory_metadata_missing.name);
    CHECK(with(more_pensions()) == "accepted");
    for (const char* sender : {"AF", "BZB", "JCJ"}) {
        CHECK(refusal(apply_change(city, entry, more_pensions(), sender)) ==
              codes::not_permitted.name);
    }
    CHECK(refusal(apply_change(city, entry, more_pensions(), "AK")) ==
          codes::change_same_department.name);
    CHECK(refusal(apply_change(city, entry, nameless)) == codes::change_hash_differs.name);
    const auto withdraw = [&](const MemberId& sender) {
        return refusal(
            city.run<Nothing>(sender, "directory", "withdraw_change", ChangeArguments{entry}));
    };
    CHECK(withdraw("AF") == codes::directory_not_own.name);
    CHECK(withdraw("AK") == "accepted");
    CHECK(withdraw("AK") == codes::change_not_proposed.name);
    REQUIRE(testing::register_directory(city, "AK", "AK/R00001", metadata_with_code("301001/2")));
    CHECK(refusal(propose_change(city, "AK/D00002", more_pensions())) ==
          codes::directory_not_locked.name);
}

TEST_CASE("nothing under a withdrawn responsibility is changed", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    REQUIRE(propose_change(city, entry, more_pensions()));
    REQUIRE(decide_responsibility(city, "withdraw_responsibility", "AK/R00001", "moved"));
    CHECK(refusal(apply_change(city, entry, more_pensions())) ==
          codes::responsibility_not_active.name);
}

TEST_CASE("a second office applies the change of an operator's entry", "[directory]") {
    City city = beijing();
    const std::string responsibility = responsibility_of(city, "AD");
    const auto entry = testing::register_directory(city, "AD", responsibility, pension_metadata());
    REQUIRE(city.run<LockDirectoryResult>("AD", "directory", "lock_directory",
                                          LockDirectoryArguments{entry->id}));
    REQUIRE(city.run<LockDirectoryResult>(
        "JCJ", "directory", "countersign_lock",
        CountersignLockArguments{entry->id, metadata_hash(pension_metadata())}));
    REQUIRE(propose_change(city, entry->id, more_pensions(), "new law", "AD"));
    CHECK(refusal(apply_change(city, entry->id, more_pensions())) ==
          codes::change_same_department.name);
    CHECK(refusal(apply_change(city, entry->id, more_pensions(), "AF")) ==
          codes::not_permitted.name);
    CHECK(apply_change(city, entry->id, more_pensions(), "BZB")->version == 2);
}

TEST_CASE("an item that a table holds leaves the entry only after the table", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    REQUIRE(city.run<IdResult>("AK", "directory", "register_system",
                               RegisterSystemArguments{"Pensions", 3, SystemRunner::own}));
    const std::vector<Column> columns = {{"ID", "TEXT", "id_number"}, {"AMOUNT", "INT", "amount"}};
    REQUIRE(city.run<RegisterTableResult>(
        "AK", "directory", "register_table",
        RegisterTableArguments{"AK/S00001", entry, "PENSION", columns}));
    Metadata less = pension_metadata();
    less.items.pop_back();
    CHECK(refusal(propose_change(city, entry, less)) == codes::change_item_in_table.name);
    REQUIRE(city.run<ChangeTableResult>(
        "AK", "directory", "change_table",
        ChangeTableArguments{"AK/T00001", {columns.front()}, "amounts have moved"}));
    REQUIRE(propose_change(city, entry, less));
    // A table may have come since the proposal.
    REQUIRE(city.run<RegisterTableResult>(
        "AK", "directory", "register_table",
        RegisterTableArguments{"AK/S00001", entry, "AMOUNT", columns}));
    CHECK(refusal(apply_change(city, entry, less)) == codes::change_item_in_table.name);
}

TEST_CASE("after a change a grant delivers only what the entry still has and shares",
          "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const std::string grant = grant_for(city, request_for(entry));
    RequestArguments names = request_for(entry);
    names.columns = {"name"};
    const auto waiting = ask_for(city, names);
    Metadata less = pension_metadata();
    less.items.erase(less.items.begin() + 1);  // name
    change_entry(city, entry, less);
    CHECK(refusal(approve(city, waiting->id)) == codes::grant_column_gone.name);
    CHECK(deliver(city, grant));
    less.items.pop_back();  // amount
    change_entry(city, entry, less);
    CHECK(refusal(deliver_rows(city, grant, "more", 1)) == codes::grant_column_gone.name);

    Metadata secret = pension_metadata();
    secret.sharing = Sharing::not_shared;
    secret.legal_basis = "Social insurance law, article 81";
    change_entry(city, entry, secret);
    CHECK(refusal(deliver_rows(city, grant, "more", 1)) == codes::directory_not_shared.name);
}

TEST_CASE("an operation alerts fourteen holders; the rest by calls, or with their next delivery",
          "[directory]") {
    City city = city_with_grants(40);
    const std::string entry = "AK/D00001";
    CHECK(change_entry(city, entry, renamed(wide_metadata())) == ApplyChangeResult{2, 14, true});
    CHECK(city.emitted("directory.change_alert", "AF/Q00014"));
    REQUIRE(deliver(city, "AF/Q00030"));
    CHECK(city.emitted("directory.change_alert", "AF/Q00030"));
    CHECK(read_request(city, "AF/Q00030").told_version == 2);
    REQUIRE(revoke_grant(city, "AF/Q00014", "the place where the telling stopped"));
    close_days(city, 1);
    CHECK(city.emitted("directory.alerts_waiting", entry));
    CHECK(*tell_change(city) == TellChangeResult{14, true});
    CHECK(city.emitted("directory.change_alert", "AF/Q00028"));
    CHECK(*tell_change(city) == TellChangeResult{11, false});  // all but the 30th
    CHECK(*tell_change(city) == TellChangeResult{0, false});
    close_days(city, 1);
    CHECK_FALSE(city.emitted("directory.alerts_waiting", entry));
    REQUIRE(deliver_rows(city, "AF/Q00030", "more", 1));
    CHECK_FALSE(city.emitted("directory.change_alert", "AF/Q00030"));
    CHECK(refusal(tell_change(city, "NOBODY")) == codes::member_unknown.name);
}

TEST_CASE("a change while another is told starts the telling anew", "[directory]") {
    City city = city_with_grants(20);
    change_entry(city, "AK/D00001", renamed(wide_metadata()));
    CHECK(change_entry(city, "AK/D00001", renamed(renamed(wide_metadata()))) ==
          ApplyChangeResult{3, 14, true});
    CHECK(*tell_change(city) == TellChangeResult{6, false});
    CHECK(read_request(city, "AF/Q00020").told_version == 3);
}

TEST_CASE("only live grants are alerted, and an approval tells of a change before it",
          "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    RequestArguments arguments = request_for(entry);
    arguments.until_day = "2020-01-20";
    grant_for(city, arguments);
    const std::string revoked = grant_for(city, request_for(entry));
    REQUIRE(revoke_grant(city, revoked, "misuse"));
    const auto pending = ask_for(city, request_for(entry));
    close_days(city, 1);
    CHECK(change_entry(city, entry, more_pensions()) == ApplyChangeResult{2, 0, false});
    REQUIRE(approve(city, pending->id));
    CHECK(city.emitted("directory.change_alert", pending->id));
}

TEST_CASE("the forms of an entry are paged", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    Metadata metadata = pension_metadata();
    for (int i = 0; i < 3; ++i) change_entry(city, entry, metadata = renamed(metadata));
    const auto page = [&](std::optional<std::uint32_t> after) {
        return *city.ask<VersionsResult>("directory", "versions",
                                         VersionsArguments{entry, after, 2});
    };
    CHECK(page({}).versions.size() == 2);
    CHECK(page({}).next == 2u);
    REQUIRE(page(2).versions.size() == 1);
    CHECK(page(2).versions[0].number == 3);
    CHECK_FALSE(page(2).next);
}

TEST_CASE("live grants are found by holder, by entry and by column", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    RequestArguments arguments = request_for(entry);
    const std::string open = grant_for(city, arguments);
    arguments.until_day = "2020-01-21";
    const std::string second = grant_for(city, arguments);
    arguments.until_day = "2020-01-20";
    arguments.columns = {"name"};
    const std::string first = grant_for(city, arguments);
    const auto held = [&](std::optional<std::string> after, std::uint32_t limit) {
        return *city.ask<GrantsResult>("directory", "grants_held",
                                       DepartmentPageArguments{"AF", std::move(after), limit});
    };
    REQUIRE(held({}, 2).grants.size() == 2);
    CHECK(held({}, 2).grants[0].id == first);
    CHECK(held({}, 2).next == second);
    REQUIRE(held(second, 2).grants.size() == 1);
    CHECK(held(second, 2).grants[0].id == open);
    const auto on = [&](std::optional<std::string> column) {
        return *city.ask<GrantsResult>("directory", "grants_on",
                                       GrantsOnArguments{entry, std::move(column), {}, {}});
    };
    CHECK(on({}).grants.size() == 3);
    REQUIRE(on("name").grants.size() == 1);
    CHECK(on("name").grants[0].id == first);
    close_days(city, 1);
    CHECK(on("name").grants.empty());
    CHECK(held({}, 9).grants.size() == 2);
    REQUIRE(revoke_grant(city, open, "over"));
    CHECK(held({}, 9).grants.size() == 1);
    CHECK(refusal(city.ask<GrantsResult>("directory", "grants_held",
                                         DepartmentPageArguments{"AF", "AF/Q00009", 1})) ==
          codes::request_unknown.name);
}

TEST_CASE("an entry is found by its resource code", "[directory]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto find = [&](const std::string& code) {
        return city.ask<Entry>("directory", "directory_by_code", ResourceCodeArguments{code});
    };
    CHECK(find("301001/1")->id == entry);  // zeros in front do not count
    CHECK(refusal(find("301001")) == codes::resource_code_malformed.name);
    CHECK(refusal(find("301001/2")) == "query_not_found");
}

}  // namespace
}  // namespace cityledger::ledger
