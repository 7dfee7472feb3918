// Systems and tables: what is registered, what a probe finds, and what a silent change freezes.

#include <functional>

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::approve;
using testing::deliver;

std::vector<Column> pension_columns() {
    return {{"ID_NO", "VARCHAR(18)", "id_number"}, {"AMOUNT", "DECIMAL(12,2)", "amount"}};
}

std::string system_of(City& city, const MemberId& department = "AK") {
    const auto made =
        city.run<IdResult>(department, "directory", "register_system",
                           RegisterSystemArguments{"Pension payments", 3, SystemRunner::own});
    REQUIRE(made);
    return made->id;
}

Result<RegisterTableResult> register_table(City& city, const RegisterTableArguments& arguments,
                                           const MemberId& sender = "AK") {
    return city.run<RegisterTableResult>(sender, "directory", "register_table", arguments);
}

Result<ChangeTableResult> change_table(City& city, const std::vector<Column>& columns,
                                       const std::string& reason = "a new law",
                                       const MemberId& sender = "AK") {
    return city.run<ChangeTableResult>(sender, "directory", "change_table",
                                       ChangeTableArguments{"AK/T00001", columns, reason});
}

Result<Nothing> retire_table(City& city, const std::string& reason, const MemberId& sender = "AK") {
    return city.run<Nothing>(sender, "directory", "retire_table",
                             RetireTableArguments{"AK/T00001", reason});
}

Result<Nothing> retire_system(City& city, const std::string& reason,
                              const MemberId& sender = "AK") {
    return city.run<Nothing>(sender, "directory", "retire_system",
                             RetireSystemArguments{"AK/S00001", reason});
}

Result<ReportSchemaResult> report(City& city, const Digest& found, const MemberId& sender = "AK") {
    return city.run<ReportSchemaResult>(sender, "directory", "report_schema",
                                        ReportSchemaArguments{"AK/T00001", found});
}

Table read_table(City& city) {
    const auto table = city.ask<Table>("directory", "table", IdArguments{"AK/T00001"});
    REQUIRE(table);
    return *table;
}

/// AK/D00001 is locked, AK/T00001 in AK/S00001 holds its data.
City city_with_table(std::string_view genesis = R"({})") {
    City city;
    auto business = sections(k_beijing_sections);
    business["directory"] = boost::json::parse(genesis);
    REQUIRE(city.start(business));
    const std::string entry = locked_entry(city, pension_metadata());
    REQUIRE(register_table(city, {system_of(city), entry, "PENSION", pension_columns()}));
    return city;
}

std::string grant(City& city) {
    const auto made = ask_for(city, request_for("AK/D00001"));
    REQUIRE(approve(city, made->id));
    return made->id;
}

TEST_CASE("a department registers its systems and the tables that hold an entry's data",
          "[directory]") {
    City city = city_with_table();
    const auto system = city.ask<System>("directory", "system", IdArguments{"AK/S00001"});
    REQUIRE(system);
    CHECK(system->protection_level == 3);
    CHECK(system->status == SystemStatus::active);
    const Table table = read_table(city);
    CHECK(table.system == "AK/S00001");
    CHECK(table.directory == "AK/D00001");
    CHECK(table.status == TableStatus::sound);
    CHECK(table.revision == 1);
    CHECK(table.changed_on == "2020-01-20");
    // printf 'AMOUNT\tDECIMAL(12,2)\nID_NO\tVARCHAR(18)\n' | sha256sum
    CHECK(to_hex(table.schema_hash) ==
          "579f2e04caf176466edf99a91cc05a24523e18e888214b74e7a18ec2b7cbb842");
}

TEST_CASE("the hash of a schema does not depend on the order of its columns", "[directory]") {
    const std::vector<Column> one = {{"a", "text", "x"}, {"a b", "text", "y"}};
    const std::vector<Column> other = {{"a b", "text", "y"}, {"a", "text", "z"}};
    CHECK(schema_hash(one) == schema_hash(other));
    CHECK(schema_hash(one) == digest_of("a\ttext\na b\ttext\n"));
    CHECK(schema_hash(one) != schema_hash({{"a", "text", "x"}, {"a b", "date", "y"}}));
}

TEST_CASE("what is wrong with a system is said", "[directory]") {
    City city = city_with_table();
    const auto add = [&](const std::string& name, std::uint32_t level, const MemberId& sender) {
        return refusal(
            city.run<IdResult>(sender, "directory", "register_system",
                               RegisterSystemArguments{name, level, SystemRunner::platform}));
    };
    CHECK(add(" ", 3, "AK") == codes::system_name_missing.name);
    CHECK(add("Archive", 0, "AK") == codes::protection_level_out_of_range.name);
    CHECK(add("Archive", 6, "AK") == codes::protection_level_out_of_range.name);
    CHECK(add("Archive", 5, "BZB") == codes::not_permitted.name);
    CHECK(add("Archive", 1, "AK") == "accepted");
    CHECK(refusal(retire_system(city, "replaced")) == codes::system_has_tables.name);
    CHECK(refusal(retire_system(city, "replaced", "AF")) == codes::system_not_own.name);
    CHECK(refusal(city.ask<System>("directory", "system", IdArguments{"AK/S00009"})) ==
          codes::system_unknown.name);
    REQUIRE(retire_table(city, "moved"));
    CHECK(refusal(retire_system(city, "")) == codes::inventory_reason_missing.name);
    REQUIRE(retire_system(city, "replaced"));
    CHECK(city.emitted("directory.system_retired", "AK/S00001"));
    CHECK(refusal(retire_system(city, "again")) == codes::system_retired.name);
    CHECK(refusal(register_table(city, {"AK/S00001", "AK/D00001", "T", pension_columns()})) ==
          codes::system_retired.name);
}

TEST_CASE("what is wrong with a table is said", "[directory]") {
    City city = city_with_table();
    const auto with = [&](const std::function<void(RegisterTableArguments&)>& change,
                          const MemberId& sender = "AK") {
        RegisterTableArguments arguments{"AK/S00001", "AK/D00001", "SECOND", pension_columns()};
        change(arguments);
        return refusal(register_table(city, arguments, sender));
    };
    const auto nothing = [](auto&) {};
    CHECK(with(nothing, "BZB") == codes::not_permitted.name);
    CHECK(with(nothing, "AF") == codes::system_not_own.name);
    const std::string of_af = system_of(city, "AF");
    CHECK(with([&](auto& t) { t.system = of_af; }, "AF") == codes::directory_not_own.name);
    CHECK(with([](auto& t) { t.system = "AK/S00009"; }) == codes::system_unknown.name);
    CHECK(with([](auto& t) { t.directory = "AK/D00009"; }) == codes::directory_unknown.name);
    CHECK(with([](auto& t) { t.name = " "; }) == codes::table_name_malformed.name);
    CHECK(with([](auto& t) { t.name = "PEN\nSION"; }) == codes::table_name_malformed.name);
    CHECK(with([](auto& t) { t.name = "PENSION"; }) == codes::table_repeated.name);
    CHECK(with([](auto& t) { t.columns.clear(); }) == codes::table_columns_missing.name);
    const auto malformed = codes::table_column_malformed.name;
    CHECK(with([](auto& t) { t.columns[1].name = ""; }) == malformed);
    CHECK(with([](auto& t) { t.columns[1].name = "A\tB"; }) == malformed);
    CHECK(with([](auto& t) { t.columns[1].type = "\n"; }) == malformed);
    CHECK(with([](auto& t) { t.columns[1].name = "ID_NO"; }) == codes::table_column_repeated.name);
    CHECK(with([](auto& t) { t.columns[1].item = "salary"; }) == codes::table_item_unknown.name);
    REQUIRE(testing::register_directory(city, "AK", "AK/R00001", metadata_with_code("301001/2")));
    CHECK(with([](auto& t) { t.directory = "AK/D00002"; }) == codes::directory_not_locked.name);
    CHECK(with(nothing) == "accepted");
}

TEST_CASE("an entry has at most 64 tables in force", "[directory]") {
    City city = city_with_table();
    const auto add = [&](unsigned number) {
        return refusal(register_table(
            city, {"AK/S00001", "AK/D00001", "T" + std::to_string(number), pension_columns()}));
    };
    for (unsigned i = 2; i <= k_max_tables_per_entry; ++i) REQUIRE(add(i) == "accepted");
    CHECK(add(65) == codes::entry_tables_used.name);
    REQUIRE(retire_table(city, "merged"));
    CHECK(add(65) == "accepted");
}

TEST_CASE("a table changes with a reason and is retired for good", "[directory]") {
    City city = city_with_table();
    std::vector<Column> columns = pension_columns();
    CHECK(refusal(change_table(city, columns)) == codes::table_unchanged.name);
    columns.push_back({"NAME", "TEXT", "name"});
    CHECK(refusal(change_table(city, columns, " ")) == codes::inventory_reason_missing.name);
    CHECK(refusal(change_table(city, columns, "why", "AF")) == codes::table_not_own.name);
    const auto changed = change_table(city, columns);
    REQUIRE(changed);
    CHECK(changed->revision == 2);
    CHECK(changed->schema_hash == schema_hash(columns));
    CHECK(city.emitted("directory.table_changed", "AK/T00001"));
    CHECK(read_table(city).reason == "a new law");
    columns.back().item = "salary";
    CHECK(refusal(change_table(city, columns)) == codes::table_item_unknown.name);

    REQUIRE(retire_table(city, "moved"));
    CHECK(city.emitted("directory.table_retired", "AK/T00001"));
    CHECK(refusal(retire_table(city, "again")) == codes::table_retired.name);
    CHECK(refusal(report(city, digest_of("found"))) == codes::table_retired.name);
    // Its name is free again.
    CHECK(register_table(city, {"AK/S00001", "AK/D00001", "PENSION", pension_columns()}));
}

TEST_CASE("a table changed in silence freezes the grants on its entry after days of grace",
          "[directory]") {
    City city = city_with_table(R"({"freeze_days": 2})");
    const std::string request = grant(city);
    const Digest sound = read_table(city).schema_hash;
    CHECK(report(city, sound)->status == TableStatus::sound);
    CHECK(city.emitted("directory.table_sound", "AK/T00001"));

    const auto found = report(city, digest_of("found"), "JCJ");
    REQUIRE(found);
    CHECK(*found == ReportSchemaResult{TableStatus::suspect, 3});
    CHECK(city.emitted("directory.table_suspect", "AK/T00001"));
    CHECK(read_table(city).reported_by == "JCJ");
    close_days(city, 1);
    CHECK(report(city, digest_of("still"), "AD")->frozen_ordinal == 3);  // not later
    CHECK(deliver(city, request));
    close_days(city, 1);
    CHECK(refusal(deliver_rows(city, request, "more", 1)) == codes::grant_frozen.name);
    CHECK(refusal(report(city, sound)) == codes::suspicion_of_another.name);

    std::vector<Column> columns = pension_columns();
    columns[0].type = "CHAR(18)";
    REQUIRE(change_table(city, columns));
    CHECK(read_table(city).status == TableStatus::sound);
    CHECK(read_table(city).reported_by.empty());
    CHECK(deliver_rows(city, request, "more", 1));
}

TEST_CASE("a matching report of an office ends a freeze, one of the department its own suspicion",
          "[directory]") {
    City city = city_with_table(R"({"freeze_days": 0})");
    const std::string request = grant(city);
    const Digest sound = read_table(city).schema_hash;
    REQUIRE(report(city, digest_of("found")));
    CHECK(refusal(deliver(city, request)) == codes::grant_frozen.name);
    CHECK(report(city, sound)->status == TableStatus::sound);
    CHECK(deliver_rows(city, request, "first", 1));

    REQUIRE(report(city, digest_of("found")));
    REQUIRE(report(city, digest_of("found"), "AD"));  // now an office has found it, too
    CHECK(refusal(report(city, sound)) == codes::suspicion_of_another.name);
    CHECK(report(city, sound, "JCJ")->status == TableStatus::sound);
    CHECK(deliver_rows(city, request, "second", 1));
}

TEST_CASE("who has no office reports nothing of others' tables", "[directory]") {
    City city = city_with_table();
    CHECK(refusal(report(city, digest_of("found"), "AF")) == codes::not_permitted.name);
    CHECK(refusal(city.run<ReportSchemaResult>("AD", "directory", "report_schema",
                                               ReportSchemaArguments{"AK/T00009", Digest{}})) ==
          codes::table_unknown.name);
}

TEST_CASE("one suspect table of several freezes an entry until it is retired", "[directory]") {
    City city = city_with_table(R"({"freeze_days": 0})");
    const std::string request = grant(city);
    REQUIRE(register_table(city, {"AK/S00001", "AK/D00001", "SECOND", pension_columns()}));
    REQUIRE(report(city, digest_of("found"), "AD"));
    CHECK(refusal(deliver(city, request)) == codes::grant_frozen.name);
    REQUIRE(retire_table(city, "dropped"));
    CHECK(deliver(city, request));
}

TEST_CASE("the days of grace have a range", "[directory]") {
    City city;
    CHECK(refusal(city.start(sections(R"({"directory": {"freeze_days": 251}})"))) ==
          codes::time_limit_out_of_range.name);
}

TEST_CASE("systems and tables are listed by department and by entry", "[directory]") {
    City city = city_with_table();
    for (const char* name : {"A", "B"}) {
        REQUIRE(register_table(city, {"AK/S00001", "AK/D00001", name, pension_columns()}));
    }
    REQUIRE(retire_table(city, "dropped"));
    const auto systems =
        city.ask<SystemsResult>("directory", "systems", DepartmentPageArguments{"AK", {}, {}});
    REQUIRE(systems);
    CHECK(systems->systems.size() == 1);
    const auto page =
        city.ask<TablesResult>("directory", "tables", DepartmentPageArguments{"AK", {}, 2});
    REQUIRE(page);
    REQUIRE(page->tables.size() == 2);
    CHECK(page->tables[0].status == TableStatus::retired);
    CHECK(page->next == "AK/T00002");
    const auto of_entry = city.ask<TablesResult>("directory", "tables_of_entry",
                                                 EntryPageArguments{"AK/D00001", {}, {}});
    REQUIRE(of_entry);
    REQUIRE(of_entry->tables.size() == 2);
    CHECK(of_entry->tables[0].id == "AK/T00002");
    CHECK_FALSE(of_entry->next);
}

}  // namespace
}  // namespace cityledger::ledger
