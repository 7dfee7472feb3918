#include "ledger/contracts/directory/entries.hpp"

#include <functional>

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::register_directory;

Result<IdResult> register_responsibility(City& city, const MemberId& sender,
                                         const std::string& text, const std::string& basis) {
    return city.run<IdResult>(sender, "directory", "register_responsibility",
                              RegisterResponsibilityArguments{text, basis});
}

Result<Nothing> approve_responsibility(City& city, const MemberId& sender, const std::string& id) {
    return city.run<Nothing>(sender, "directory", "approve_responsibility",
                             ApproveResponsibilityArguments{id});
}

Result<Nothing> update(City& city, const MemberId& sender, const std::string& entry,
                       const Metadata& metadata) {
    return city.run<Nothing>(sender, "directory", "update_directory",
                             UpdateDirectoryArguments{entry, metadata});
}

Result<LockDirectoryResult> lock_entry(City& city, const MemberId& sender,
                                       const std::string& entry) {
    return city.run<LockDirectoryResult>(sender, "directory", "lock_directory",
                                         LockDirectoryArguments{entry});
}

TEST_CASE("a responsibility is pending until the staffing office approves it", "[directory]") {
    City city = beijing();
    const auto made = register_responsibility(city, "AK", "Pays pensions", "Article 10");
    REQUIRE(made);
    CHECK(made->id == "AK/R00001");
    CHECK(city.emitted("directory.responsibility_registered", "AK/R00001"));
    const auto read = [&] {
        return *city.ask<Responsibility>("directory", "responsibility", IdArguments{made->id});
    };
    CHECK(read().status == ResponsibilityStatus::pending);
    CHECK(refusal(approve_responsibility(city, "AK", made->id)) == codes::not_permitted.name);
    REQUIRE(approve_responsibility(city, "BZB", made->id));
    CHECK(read().status == ResponsibilityStatus::active);
    CHECK(read().decided_by == "BZB");
    CHECK(refusal(approve_responsibility(city, "BZB", made->id)) ==
          codes::responsibility_already_active.name);
    CHECK(refusal(approve_responsibility(city, "BZB", "AK/R00002")) ==
          codes::responsibility_unknown.name);
}

TEST_CASE("a responsibility needs a department, a text and a legal basis", "[directory]") {
    City city = beijing();
    CHECK(refusal(register_responsibility(city, "BZB", "text", "basis")) ==
          codes::not_permitted.name);
    CHECK(refusal(register_responsibility(city, "AK", "", "basis")) ==
          codes::responsibility_text_missing.name);
    CHECK(refusal(register_responsibility(city, "AK", "text", "")) ==
          codes::responsibility_basis_missing.name);
    // White space, also that of Chinese text and that of zero width, is no text.
    for (const char* blank :
         {" ", "\t\n", "\xE3\x80\x80", "\xC2\xA0 ", "\xE2\x80\x8B", "\xE2\x80\x83"}) {
        CHECK(refusal(register_responsibility(city, "AK", blank, "basis")) ==
              codes::responsibility_text_missing.name);
        CHECK(refusal(register_responsibility(city, "AK", "text", blank)) ==
              codes::responsibility_basis_missing.name);
    }
    CHECK(register_responsibility(city, "AK", " \xE2\x80\x94", "\xE3\x80\x81"));  // dash and comma
}

TEST_CASE("no responsibility, no directory", "[directory]") {
    City city = beijing();
    const Metadata metadata = pension_metadata();
    CHECK(refusal(register_directory(city, "AK", "AK/R00001", metadata)) ==
          codes::responsibility_unknown.name);
    REQUIRE(register_responsibility(city, "AK", "Pays pensions", "Article 10"));
    CHECK(refusal(register_directory(city, "AK", "AK/R00001", metadata)) ==
          codes::responsibility_not_active.name);
    REQUIRE(approve_responsibility(city, "BZB", "AK/R00001"));
    CHECK(refusal(register_directory(city, "AF", "AK/R00001", metadata)) ==
          codes::responsibility_not_own.name);
    CHECK(refusal(register_directory(city, "BZB", "AK/R00001", metadata)) ==
          codes::not_permitted.name);
    const auto entry = register_directory(city, "AK", "AK/R00001", metadata);
    REQUIRE(entry);
    CHECK(entry->id == "AK/D00001");
    CHECK(city.emitted("directory.draft", "AK/D00001"));
}

TEST_CASE("each missing part of the core metadata is refused", "[directory]") {
    City city = beijing();
    const std::string responsibility = responsibility_of(city, "AK");
    const auto with = [&](const std::function<void(Metadata&)>& change) {
        Metadata metadata = pension_metadata();
        change(metadata);
        return refusal(register_directory(city, "AK", responsibility, metadata));
    };
    const auto missing = codes::directory_metadata_missing.name;
    CHECK(with([](Metadata& m) { m.name.clear(); }) == missing);
    CHECK(with([](Metadata& m) { m.resource_code.clear(); }) == missing);
    CHECK(with([](Metadata& m) { m.abstract.clear(); }) == missing);
    CHECK(with([](Metadata& m) { m.items.clear(); }) == missing);
    CHECK(with([](Metadata& m) { m.items[1].name.clear(); }) == missing);
    CHECK(with([](Metadata& m) { m.items[2].type.clear(); }) == missing);
    CHECK(with([](Metadata& m) { m.items[2].name = "name"; }) ==
          codes::directory_item_repeated.name);
    CHECK(with([](Metadata& m) { m.name = " "; }) == missing);
    CHECK(with([](Metadata& m) { m.abstract = "\xE3\x80\x80"; }) == missing);
    CHECK(with([](Metadata& m) { m.items[1].name = "\t"; }) == missing);
    CHECK(with([](Metadata& m) { m.items[2].type = " "; }) == missing);
    for (const char* code :
         {"30100", "3010A1", "A01001/1", "301001-1", "999999", "000000////", "301001", "301001/",
          "301001/0000", "301001/1/2", "401001/1", "001001/1", "300001/1", "301000/1", "30100/1",
          "301001/1234567890123", "/1", "301001/1a", "301001/ 1"}) {
        INFO(code);
        CHECK(with([&](Metadata& m) { m.resource_code = code; }) ==
              codes::resource_code_malformed.name);
    }
    CHECK(with([](Metadata& m) { m.condition = " "; }) == codes::sharing_condition_missing.name);
    CHECK(with([](Metadata& m) {
              m.sharing = Sharing::not_shared;
              m.legal_basis = "\xE3\x80\x80";
          }) == codes::sharing_basis_missing.name);
    CHECK(with([](Metadata& m) { m.condition.reset(); }) == codes::sharing_condition_missing.name);
    CHECK(with([](Metadata& m) { m.sharing = Sharing::not_shared; }) ==
          codes::sharing_basis_missing.name);
    CHECK(with([](Metadata& m) {
              m.sharing = Sharing::not_shared;
              m.legal_basis = "Social insurance law, article 81";
          }) == "accepted");
    CHECK(with([](Metadata& m) {
              m.sharing = Sharing::unconditional;
              m.resource_code = "301001/2";
              m.condition.reset();
          }) == "accepted");
}

TEST_CASE("a draft is edited by its owner, locked by the operator, and then stays as it is",
          "[directory]") {
    City city = beijing();
    const std::string responsibility = responsibility_of(city, "AK");
    const std::string entry =
        register_directory(city, "AK", responsibility, pension_metadata())->id;
    Metadata better = pension_metadata();
    better.abstract = "Monthly pension payments since 2010";
    CHECK(refusal(update(city, "AF", entry, better)) == codes::directory_not_own.name);
    CHECK(refusal(update(city, "AK", "AK/D00009", better)) == codes::directory_unknown.name);
    REQUIRE(update(city, "AK", entry, better));
    CHECK(city.emitted("directory.changed", entry));
    CHECK(refusal(lock_entry(city, "AK", entry)) == codes::not_permitted.name);
    const auto locked = lock_entry(city, "AD", entry);
    REQUIRE(locked);
    CHECK(locked->metadata_hash == metadata_hash(better));
    CHECK(refusal(update(city, "AK", entry, pension_metadata())) == codes::directory_locked.name);
    CHECK(refusal(lock_entry(city, "AD", entry)) == codes::directory_already_locked.name);
    const auto record = city.ask<Entry>("directory", "directory", IdArguments{entry});
    REQUIRE(record);
    CHECK(record->metadata == better);
    CHECK(record->status == EntryStatus::locked);
    CHECK(record->metadata_hash == metadata_hash(better));
}

TEST_CASE("no two entries of the chain share a resource code", "[directory]") {
    City city = beijing();
    const std::string of_ak = responsibility_of(city, "AK");
    const std::string of_af = responsibility_of(city, "AF");
    const auto taken = codes::resource_code_taken.name;
    const auto register_code = [&](const MemberId& sender, const std::string& root,
                                   const std::string& code) {
        return refusal(register_directory(city, sender, root, metadata_with_code(code)));
    };
    CHECK(register_code("AK", of_ak, "301001/0001") == "accepted");
    CHECK(register_code("AK", of_ak, "301001/0001") == taken);
    CHECK(register_code("AF", of_af, "301001/0001") == taken);
    CHECK(register_code("AF", of_af, "301001/1") == taken);  // the same number
    CHECK(register_code("AF", of_af, "301001/10") == "accepted");
    CHECK(register_code("AF", of_af, "3010010/1") == "accepted");  // a sub-catalogue
    CHECK(register_code("AF", of_af, "103100123/000000000001") == "accepted");

    // A draft keeps its code, may take another one, and leaves the old one to others.
    CHECK(refusal(update(city, "AK", "AK/D00001", metadata_with_code("301001/10"))) == taken);
    CHECK(register_code("AF", of_af, "301001/01") == taken);
    REQUIRE(update(city, "AK", "AK/D00001", metadata_with_code("301001/1")));
    REQUIRE(update(city, "AK", "AK/D00001", metadata_with_code("301001/2")));
    CHECK(register_code("AF", of_af, "301001/1") == "accepted");
}

TEST_CASE("the hash of the metadata changes with each field", "[directory]") {
    const Metadata first = pension_metadata();
    Metadata second = first;
    second.items[2].type = "text";
    CHECK(metadata_hash(first) != metadata_hash(second));
    second = first;
    second.update_cycle = UpdateCycle::daily;
    CHECK(metadata_hash(first) != metadata_hash(second));
}

TEST_CASE("entries of a department are read page by page", "[directory]") {
    City city = beijing();
    const std::string responsibility = responsibility_of(city, "AK");
    for (int i = 0; i < 12; ++i) {
        REQUIRE(register_directory(city, "AK", responsibility,
                                   metadata_with_code("301001/" + std::to_string(i + 1))));
    }
    DepartmentPageArguments arguments{"AK", std::nullopt, 10};
    const auto first = city.ask<DirectoriesResult>("directory", "directories", arguments);
    REQUIRE(first);
    CHECK(first->directories.size() == 10);
    CHECK(first->next == "AK/D00010");
    arguments.after = first->next;
    const auto second = city.ask<DirectoriesResult>("directory", "directories", arguments);
    REQUIRE(second->directories.size() == 2);
    CHECK(second->directories[0].id == "AK/D00011");
    CHECK_FALSE(second->next);
    arguments = {"AK", std::nullopt, std::nullopt};
    const auto rooted =
        city.ask<ResponsibilitiesResult>("directory", "responsibilities", arguments);
    REQUIRE(rooted);
    CHECK(rooted->responsibilities.size() == 1);
    arguments.limit = 0;
    CHECK(refusal(city.ask<DirectoriesResult>("directory", "directories", arguments)) ==
          codes::page_limit_out_of_range.name);
}

TEST_CASE("the numbers of a department end at 99,999", "[directory]") {
    City city = beijing();
    const std::uint32_t last_but_one = 99'998;
    city.context.put(Space::business, "directory/sequence/AK/R", encode(last_but_one));
    CHECK(register_responsibility(city, "AK", "text", "basis")->id == "AK/R99999");
    CHECK(refusal(register_responsibility(city, "AK", "text", "basis")) ==
          codes::directory_sequence_exhausted.name);
    CHECK(register_responsibility(city, "AF", "text", "basis")->id == "AF/R00001");
}

}  // namespace
}  // namespace cityledger::ledger
