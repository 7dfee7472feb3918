#pragma once
// Every database that this machine has: a file of SQLite, and PostgreSQL where
// scripts/with-postgres has started one (it sets CITYLEDGER_TEST_POSTGRES).

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "node/io/data/databases.hpp"

namespace cityledger::data::testing {

/// An empty folder that goes with the test.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = std::filesystem::temp_directory_path() / "cityledger-data-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

inline std::unique_ptr<Database> open_or_fail(const std::string& name) {
    auto database = io::open_database(name);
    INFO((database ? std::string() : database.error().message()));
    REQUIRE(database);
    return *std::move(database);
}

/// Names of databases with none of our tables in them.
inline std::vector<std::string> databases_under_test(const ScratchFolder& folder) {
    std::vector<std::string> names{folder.file("test.sqlite")};
    if (const char* uri = std::getenv("CITYLEDGER_TEST_POSTGRES")) {
        const auto database = open_or_fail(uri);
        REQUIRE(database->execute("DROP SCHEMA public CASCADE", {}));
        REQUIRE(database->execute("CREATE SCHEMA public", {}));
        names.emplace_back(uri);
    }
    return names;
}

inline std::vector<Row> all_rows(Database& database, const std::string& sql) {
    const auto cursor = database.select(sql, {});
    INFO((cursor ? std::string() : cursor.error().message()));
    REQUIRE(cursor);
    std::vector<Row> rows;
    Row row;
    while (true) {
        const auto more = (*cursor)->next(row);
        REQUIRE(more);
        if (!*more) return rows;
        rows.push_back(row);
    }
}

}  // namespace cityledger::data::testing
