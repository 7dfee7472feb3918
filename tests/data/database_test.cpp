// One test for both databases.

#include <fstream>

#include "node/data/data_codes.hpp"
#include "node/data/inbox.hpp"
#include "tests/data/databases_under_test.hpp"

namespace cityledger::data {
namespace {

using testing::all_rows;
using testing::databases_under_test;
using testing::open_or_fail;
using testing::ScratchFolder;

const std::vector<Column> k_columns = {
    {"name", ColumnType::text},       {"number", ColumnType::integer},
    {"share", ColumnType::decimal},   {"since", ColumnType::date},
    {"active", ColumnType::boolean},  {"photo", ColumnType::bytes},
    {"odd \"na'me", ColumnType::text}};

void make_table(Database& database, const std::string& name) {
    std::string sql;
    for (const Column& column : k_columns) {
        sql += (sql.empty() ? "" : ", ") + sql_name(column.name) + " " +
               database.type_name(column.type);
    }
    const Status made = database.execute("CREATE TABLE " + sql_name(name) + " (" + sql + ")", {});
    INFO((made ? std::string() : made.error().message()));
    REQUIRE(made);
}

const std::vector<Row> k_rows = {
    {"张三", std::int64_t{1}, "1.50", "2019-11-01", std::int64_t{1}, Bytes{0, 255, 92}, "x"},
    {"", INT64_MIN, "-0.001", "1900-01-01", std::int64_t{0}, Bytes{}, "tab\t, \\N and\nlines\r"},
    {std::monostate{}, INT64_MAX, "12345678901234567890.12", std::monostate{}, std::monostate{},
     std::monostate{}, "\\"},
};

TEST_CASE("typed values, NULL and Chinese come back from both databases as they were", "[data]") {
    const ScratchFolder folder;
    for (const std::string& name : databases_under_test(folder)) {
        CAPTURE(name);
        const auto database = open_or_fail(name);
        for (const std::string table : {"Residents", "a \"table\"; DROP TABLE x"}) {
            make_table(*database, table);
            const auto columns = database->columns_of(table);
            REQUIRE(columns);
            CHECK(*columns == k_columns);
            REQUIRE(database->insert(table, k_columns, k_rows));
            CHECK(all_rows(*database, "SELECT * FROM " + sql_name(table)) == k_rows);
        }
        CHECK(database->columns_of("nobody").error().code == codes::source_table_unknown);
        const auto none = database->execute("SELEC", {});
        REQUIRE_FALSE(none);
        CHECK(none.error().code == codes::database_refused);
        // The connection goes on after a refusal, and after a cursor that was not read to its end.
        {
            const auto cursor = database->select("SELECT * FROM \"Residents\"", {});
            REQUIRE(cursor);
            Row row;
            CHECK((*cursor)->next(row).value());
        }
        {
            const auto cursor = database->select("SELECT 1", {});
            REQUIRE(cursor);
            Row row;
            CHECK((*cursor)->next(row).value());
            CHECK_FALSE((*cursor)->next(row).value());
            CHECK_FALSE((*cursor)->next(row).value());
        }
        const auto one = select_one(*database, "SELECT name FROM \"Residents\" WHERE number = $1",
                                    {std::int64_t{1}});
        REQUIRE(one);
        CHECK(*one == Row{"张三"});
    }
}

TEST_CASE("a transaction that is not committed leaves nothing", "[data]") {
    const ScratchFolder folder;
    for (const std::string& name : databases_under_test(folder)) {
        CAPTURE(name);
        const auto database = open_or_fail(name);
        make_table(*database, "t");
        {
            const auto transaction = DatabaseTransaction::begin(*database);
            REQUIRE(transaction);
            REQUIRE(database->insert("t", k_columns, k_rows));
        }
        CHECK(all_rows(*database, "SELECT name FROM t").empty());
        auto transaction = DatabaseTransaction::begin(*database);
        REQUIRE(transaction);
        REQUIRE(database->insert("t", k_columns, k_rows));
        REQUIRE(transaction->commit());
        CHECK(all_rows(*database, "SELECT name FROM t").size() == k_rows.size());
    }
}

TEST_CASE("a value that does not fit is not repeated in the error", "[data]") {
    const ScratchFolder folder;
    for (const std::string& name : databases_under_test(folder)) {
        CAPTURE(name);
        const auto database = open_or_fail(name);
        REQUIRE(database->execute("CREATE TABLE t (n " + database->type_name(ColumnType::date) +
                                      ", CHECK (length(n || '') < 11))",
                                  {}));
        const Status stored =
            database->insert("t", {{"n", ColumnType::date}}, std::vector<Row>{{"Zhang San 1985"}});
        REQUIRE_FALSE(stored);
        CHECK(stored.error().code == codes::database_refused);
        CHECK(stored.error().detail.find("Zhang") == std::string::npos);
    }
}

TEST_CASE("a database that cannot be opened says why", "[data]") {
    const ScratchFolder folder;
    for (const std::string& name :
         {folder.file("none/test.sqlite"), std::string("postgresql://x:secret@127.0.0.1:1/none")}) {
        const auto database = io::open_database(name);
        REQUIRE_FALSE(database);
        CHECK(database.error().code == codes::database_unusable);
        CHECK(database.error().detail.find("secret") == std::string::npos);
    }
    std::ofstream(folder.file("text")) << "this is no database, and longer than a header of one. "
                                          "It goes on for a while, to be read as a page.";
    CHECK(io::open_database(folder.file("text")).error().code == codes::database_unusable);
}

/// The most memory that this process has used, in MiB.
std::size_t peak_mib() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word && word != "VmHWM:") {
    }
    std::size_t kib = 0;
    status >> kib;
    return kib / 1024;
}

TEST_CASE("a million rows stream through both databases in under 100 MB", "[data]") {
    constexpr std::int64_t k_many = 1'000'000;
    constexpr std::int64_t k_together = 1'000;
    const ScratchFolder folder;
    const std::size_t before_mib = peak_mib();
    for (const std::string& name : databases_under_test(folder)) {
        CAPTURE(name);
        const auto database = open_or_fail(name);
        const std::vector<Column> columns = {{"name", ColumnType::text},
                                             {"n", ColumnType::integer}};
        REQUIRE(database->execute("CREATE TABLE many (name " +
                                      database->type_name(ColumnType::text) + ", n " +
                                      database->type_name(ColumnType::integer) + ")",
                                  {}));
        auto transaction = DatabaseTransaction::begin(*database);
        REQUIRE(transaction);
        for (std::int64_t first = 0; first < k_many; first += k_together) {
            std::vector<Row> rows;
            for (std::int64_t n = first; n < first + k_together; ++n) {
                rows.push_back({"居民 " + std::to_string(n) + std::string(80, '.'), n});
            }
            REQUIRE(database->insert("many", columns, rows));
        }
        REQUIRE(transaction->commit());
        const auto cursor = database->select("SELECT name, n FROM many", {});
        REQUIRE(cursor);
        std::int64_t seen = 0;
        std::int64_t sum = 0;
        Row row;
        while ((*cursor)->next(row).value()) {
            ++seen;
            sum += std::get<std::int64_t>(row[1]);
        }
        CHECK(seen == k_many);
        CHECK(sum == k_many * (k_many - 1) / 2);
    }
    CHECK(peak_mib() - before_mib < 100);
}

}  // namespace
}  // namespace cityledger::data
