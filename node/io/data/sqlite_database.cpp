#include "node/io/data/sqlite_database.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>

#include "node/data/data_codes.hpp"
#include "node/io/data/database_errors.hpp"

namespace cityledger::io {
namespace {

using data::Cell;
using data::Column;
using data::ColumnType;
using data::Row;

constexpr int k_busy_timeout_ms = 10'000;

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

bool mentions(std::string_view type, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return type.find(word) != type.npos; });
}

/// What a declared type means: dates and booleans by name, else SQLite's own rules of affinity
/// (https://www.sqlite.org/datatype3.html, section 3.1).
ColumnType type_of(std::string declared) {
    for (char& c : declared) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    if (mentions(declared, {"BOOL"})) return ColumnType::boolean;
    if (declared == "DATE") return ColumnType::date;
    if (mentions(declared, {"DECIMAL"})) return ColumnType::decimal;
    if (mentions(declared, {"INT"})) return ColumnType::integer;
    if (mentions(declared, {"CHAR", "CLOB", "TEXT"})) return ColumnType::text;
    if (mentions(declared, {"BLOB"})) return ColumnType::bytes;
    return declared.empty() ? ColumnType::text : ColumnType::decimal;
}

/// The shortest text that reads back as the same number.
std::string text_of(double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
    return {text.data(), end.ptr};
}

Cell cell_at(sqlite3_stmt* statement, int index) {
    // A pointer of SQLite is null for an empty value.
    const auto size = [&] {
        return static_cast<std::size_t>(sqlite3_column_bytes(statement, index));
    };
    switch (sqlite3_column_type(statement, index)) {
        case SQLITE_NULL: return {};
        case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, index)};
        case SQLITE_FLOAT: return text_of(sqlite3_column_double(statement, index));
        case SQLITE_TEXT: {
            const auto* text = sqlite3_column_text(statement, index);
            return text == nullptr ? std::string()
                                   : std::string(reinterpret_cast<const char*>(text), size());
        }
        default: {
            const auto* bytes =
                static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, index));
            return bytes == nullptr ? Bytes() : Bytes(bytes, bytes + size());
        }
    }
}

int bind(sqlite3_stmt* statement, int position, const Cell& cell) {
    if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        return sqlite3_bind_int64(statement, position, *number);
    }
    if (const auto* text = std::get_if<std::string>(&cell)) {
        return sqlite3_bind_text64(statement, position, text->data(), text->size(),
                                   SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    if (const auto* bytes = std::get_if<Bytes>(&cell)) {
        // A null pointer would bind NULL.
        static constexpr std::uint8_t k_nothing = 0;
        const auto* start = bytes->empty() ? &k_nothing : bytes->data();
        return sqlite3_bind_blob64(statement, position, start, bytes->size(), SQLITE_TRANSIENT);
    }
    return sqlite3_bind_null(statement, position);
}

class SqliteCursor : public data::RowCursor {
public:
    SqliteCursor(sqlite3* database, Statement statement)
        : database_(database), statement_(std::move(statement)) {}

    Result<bool> next(Row& row) override {
        if (ended_) return false;  // a further step would begin anew
        const int state = sqlite3_step(statement_.get());
        ended_ = state != SQLITE_ROW;
        if (state == SQLITE_DONE) return false;
        if (state != SQLITE_ROW)
            return tl::unexpected(statement_refused(sqlite3_errmsg(database_)));
        row.clear();
        for (int i = 0; i < sqlite3_column_count(statement_.get()); ++i) {
            row.push_back(cell_at(statement_.get(), i));
        }
        return true;
    }

private:
    sqlite3* database_;
    Statement statement_;
    bool ended_ = false;
};

class SqliteDatabase : public data::Database {
public:
    explicit SqliteDatabase(std::unique_ptr<sqlite3, CloseDatabase> database)
        : database_(std::move(database)) {}

    Result<std::vector<Column>> columns_of(const std::string& table) override {
        const auto declared = declared_columns(table);
        if (!declared) return propagate(declared);
        std::vector<Column> columns;
        for (const auto& column : *declared) columns.push_back({column.name, type_of(column.type)});
        return columns;
    }

    Result<std::vector<data::DeclaredColumn>> declared_columns(const std::string& table) override {
        const auto cursor = select("SELECT name, type FROM pragma_table_info($1)", {table});
        if (!cursor) return propagate(cursor);
        std::vector<data::DeclaredColumn> columns;
        Row row;
        while (true) {
            const auto more = (*cursor)->next(row);
            if (!more) return propagate(more);
            if (!*more) break;
            columns.push_back({std::get<std::string>(row[0]), std::get<std::string>(row[1])});
        }
        if (columns.empty()) return tl::unexpected(no_such_table(table));
        return columns;
    }

    Result<std::unique_ptr<data::RowCursor>> select(const std::string& sql,
                                                    const Row& parameters) override {
        auto statement = prepare(sql, parameters);
        if (!statement) return propagate(statement);
        return std::make_unique<SqliteCursor>(database_.get(), *std::move(statement));
    }

    Status execute(const std::string& sql, const Row& parameters) override {
        const auto statement = prepare(sql, parameters);
        if (!statement) return propagate(statement);
        return run(statement->get());
    }

    Status insert(const std::string& table, const std::vector<Column>& columns,
                  std::span<const Row> rows) override {
        std::string names;
        std::string places;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            names += (i == 0 ? "" : ", ") + data::sql_name(columns[i].name);
            places += (i == 0 ? "?" : ", ?");
        }
        const auto statement = prepare(
            "INSERT INTO " + data::sql_name(table) + " (" + names + ") VALUES (" + places + ")",
            {});
        if (!statement) return propagate(statement);
        for (const Row& row : rows) {
            CHECK_INVARIANT(row.size() == columns.size());
            sqlite3_reset(statement->get());
            if (const Status bound = bind_all(statement->get(), row); !bound) return bound;
            if (const Status done = run(statement->get()); !done) return done;
        }
        return {};
    }

    std::string type_name(ColumnType type) const override {
        switch (type) {
            case ColumnType::integer: return "INTEGER";
            case ColumnType::boolean: return "BOOLEAN";
            case ColumnType::bytes: return "BLOB";
            case ColumnType::date: return "DATE";
            // NUMERIC would turn 1.50 into 1.5.
            case ColumnType::decimal: return "DECIMAL_TEXT";
            case ColumnType::text: break;
        }
        return "TEXT";
    }

private:
    Error refused() { return statement_refused(sqlite3_errmsg(database_.get())); }

    Result<Statement> prepare(const std::string& sql, const Row& parameters) {
        sqlite3_stmt* raw = nullptr;
        const int state = sqlite3_prepare_v2(database_.get(), sql.data(),
                                             static_cast<int>(sql.size()), &raw, nullptr);
        Statement statement(raw);
        if (state != SQLITE_OK) return tl::unexpected(refused());
        if (const Status bound = bind_all(raw, parameters); !bound) return propagate(bound);
        return statement;
    }

    Status bind_all(sqlite3_stmt* statement, const Row& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (bind(statement, static_cast<int>(i) + 1, cells[i]) != SQLITE_OK) {
                return tl::unexpected(refused());
            }
        }
        return {};
    }

    Status run(sqlite3_stmt* statement) {
        int state = sqlite3_step(statement);
        while (state == SQLITE_ROW) state = sqlite3_step(statement);
        if (state != SQLITE_DONE) return tl::unexpected(refused());
        return {};
    }

    std::unique_ptr<sqlite3, CloseDatabase> database_;
};

}  // namespace

Result<std::unique_ptr<data::Database>> open_sqlite(const std::string& path) {
    const mode_t before = ::umask(0177);
    sqlite3* raw = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW;
    const int state = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
    ::umask(before);
    std::unique_ptr<sqlite3, CloseDatabase> database(raw);
    std::string problem = state == SQLITE_OK ? "" : sqlite3_errstr(state);
    // The file is read, and its journal made, by the first statement.
    if (problem.empty()) {
        sqlite3_busy_timeout(raw, k_busy_timeout_ms);
        const int begun = sqlite3_exec(
            raw, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF",
            nullptr, nullptr, nullptr);
        if (begun != SQLITE_OK) problem = sqlite3_errmsg(raw);
    }
    if (!problem.empty()) return tl::unexpected(no_database(path + ": " + problem));
    return std::make_unique<SqliteDatabase>(std::move(database));
}

}  // namespace cityledger::io
