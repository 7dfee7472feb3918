#include "node/io/data/postgres_database.hpp"

#include <libpq-fe.h>

#include <charconv>

#include "node/data/data_codes.hpp"
#include "node/io/data/database_errors.hpp"

namespace cityledger::io {
namespace {

using data::Cell;
using data::Column;
using data::ColumnType;
using data::Row;

// Object identifiers of the built-in types (pg_type.dat); libpq has no names for them.
constexpr Oid k_boolean = 16;
constexpr Oid k_bytes = 17;
constexpr Oid k_integer_8 = 20;
constexpr Oid k_integer_2 = 21;
constexpr Oid k_integer_4 = 23;
constexpr Oid k_real = 700;
constexpr Oid k_double = 701;
constexpr Oid k_date = 1082;
constexpr Oid k_numeric = 1700;

struct FinishConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, FinishConnection>;
using Answer = std::unique_ptr<PGresult, ClearResult>;

ColumnType type_of(Oid type) {
    switch (type) {
        case k_boolean: return ColumnType::boolean;
        case k_bytes: return ColumnType::bytes;
        case k_integer_2:
        case k_integer_4:
        case k_integer_8: return ColumnType::integer;
        case k_date: return ColumnType::date;
        case k_real:
        case k_double:
        case k_numeric: return ColumnType::decimal;
        default: return ColumnType::text;
    }
}

/// Empty rather than nothing: libpq's messages end with a line break.
std::string words_of(const PGconn* connection) {
    std::string words = PQerrorMessage(connection);
    while (!words.empty() && words.back() == '\n') words.pop_back();
    return words;
}

/// bytea in the hex format: "\x00ff".
Bytes bytes_of(std::string_view text) {
    auto bytes = from_hex(text.substr(std::min<std::size_t>(2, text.size())));
    CHECK_INVARIANT(bytes.has_value());
    return *std::move(bytes);
}

Cell cell_at(const PGresult* answer, int row, int column) {
    if (PQgetisnull(answer, row, column) != 0) return {};
    const std::string_view text(PQgetvalue(answer, row, column),
                                static_cast<std::size_t>(PQgetlength(answer, row, column)));
    switch (type_of(PQftype(answer, column))) {
        case ColumnType::boolean: return std::int64_t{text == "t" ? 1 : 0};
        case ColumnType::bytes: return bytes_of(text);
        case ColumnType::integer: {
            std::int64_t number = 0;
            std::from_chars(text.data(), text.data() + text.size(), number);
            return number;
        }
        default: return std::string(text);
    }
}

/// A value as libpq takes it: text, and the type where the statement alone does not say it.
struct Parameter {
    std::string text;
    bool is_null = false;
    Oid type = 0;  ///< 0: as the statement needs it
};

Parameter parameter_of(const Cell& cell) {
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return {std::to_string(*number)};
    if (const auto* text = std::get_if<std::string>(&cell)) return {*text};
    if (const auto* bytes = std::get_if<Bytes>(&cell)) {
        return {"\\x" + to_hex(*bytes), false, k_bytes};
    }
    return {"", true};
}

/// The arrays that libpq wants; all answers come as text.
class Parameters {
public:
    explicit Parameters(const Row& cells) {
        for (const Cell& cell : cells) stored_.push_back(parameter_of(cell));
        for (const Parameter& one : stored_) {
            values_.push_back(one.is_null ? nullptr : one.text.c_str());
            types_.push_back(one.type);
        }
    }
    Answer ask(PGconn* connection, const std::string& sql) const {
        return Answer(PQexecParams(connection, sql.c_str(), count(), types_.data(), values_.data(),
                                   nullptr, nullptr, 0));
    }
    bool send(PGconn* connection, const std::string& sql) const {
        return PQsendQueryParams(connection, sql.c_str(), count(), types_.data(), values_.data(),
                                 nullptr, nullptr, 0) == 1;
    }

private:
    int count() const { return static_cast<int>(values_.size()); }
    std::vector<Parameter> stored_;
    std::vector<const char*> values_;
    std::vector<Oid> types_;
};

/// The server's words. Where they would show a value (SQLSTATE classes 22 and 23), its code alone.
Error refusal_in(const PGresult* answer, const PGconn* connection) {
    const char* field = answer != nullptr ? PQresultErrorField(answer, PG_DIAG_SQLSTATE) : nullptr;
    const std::string code = field != nullptr ? field : "";
    if (code.starts_with("22") || code.starts_with("23")) {
        return statement_refused("a value does not fit its column, SQLSTATE " + code);
    }
    return statement_refused(words_of(connection));
}

/// Row by row as they come (libpq's single-row mode): no more than a row is in memory here. The
/// answer is read to its end when the cursor goes.
class PostgresCursor : public data::RowCursor {
public:
    explicit PostgresCursor(PGconn* connection) : connection_(connection) {}
    PostgresCursor(const PostgresCursor&) = delete;
    PostgresCursor& operator=(const PostgresCursor&) = delete;
    ~PostgresCursor() override {
        if (const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> cancel(
                ended_ ? nullptr : PQgetCancel(connection_), PQfreeCancel);
            cancel) {
            std::array<char, 256> words{};
            PQcancel(cancel.get(), words.data(), static_cast<int>(words.size()));
        }
        while (const Answer rest{PQgetResult(connection_)}) {
        }
    }

    Result<bool> next(Row& row) override {
        const Answer answer(PQgetResult(connection_));
        const ExecStatusType state = answer ? PQresultStatus(answer.get()) : PGRES_TUPLES_OK;
        if (state == PGRES_SINGLE_TUPLE) {
            row.clear();
            for (int i = 0; i < PQnfields(answer.get()); ++i) {
                row.push_back(cell_at(answer.get(), 0, i));
            }
            return true;
        }
        ended_ = true;
        if (state != PGRES_TUPLES_OK) {
            return tl::unexpected(refusal_in(answer.get(), connection_));
        }
        return false;
    }

private:
    PGconn* connection_;
    bool ended_ = false;
};

class PostgresDatabase : public data::Database {
public:
    explicit PostgresDatabase(Connection connection) : connection_(std::move(connection)) {}

    Result<std::vector<Column>> columns_of(const std::string& table) override {
        if (const Status exists = check_exists(table); !exists) return propagate(exists);
        const Answer none = ask("SELECT * FROM " + data::sql_name(table) + " LIMIT 0", {});
        if (PQresultStatus(none.get()) != PGRES_TUPLES_OK) return refused(none);
        std::vector<Column> columns;
        for (int i = 0; i < PQnfields(none.get()); ++i) {
            columns.push_back({PQfname(none.get(), i), type_of(PQftype(none.get(), i))});
        }
        return columns;
    }

    Result<std::vector<data::DeclaredColumn>> declared_columns(const std::string& table) override {
        if (const Status exists = check_exists(table); !exists) return propagate(exists);
        const Answer answer =
            ask("SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE "
                "attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                {data::sql_name(table)});
        if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) return refused(answer);
        std::vector<data::DeclaredColumn> columns;
        for (int i = 0; i < PQntuples(answer.get()); ++i) {
            columns.push_back({PQgetvalue(answer.get(), i, 0), PQgetvalue(answer.get(), i, 1)});
        }
        return columns;
    }

    Result<std::unique_ptr<data::RowCursor>> select(const std::string& sql,
                                                    const Row& cells) override {
        const bool sent = Parameters(cells).send(connection_.get(), sql);
        if (!sent || PQsetSingleRowMode(connection_.get()) != 1) return refused(nullptr);
        return std::make_unique<PostgresCursor>(connection_.get());
    }

    Status execute(const std::string& sql, const Row& parameters) override {
        const Answer answer = ask(sql, parameters);
        if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return refused(answer);
        return {};
    }

    Status insert(const std::string& table, const std::vector<Column>& columns,
                  std::span<const Row> rows) override {
        std::string names;
        for (const Column& column : columns) {
            names += (names.empty() ? "" : ", ") + data::sql_name(column.name);
        }
        const Answer begun =
            ask("COPY " + data::sql_name(table) + " (" + names + ") FROM STDIN", {});
        if (PQresultStatus(begun.get()) != PGRES_COPY_IN) return refused(begun);
        std::string text;
        for (const Row& row : rows) {
            CHECK_INVARIANT(row.size() == columns.size());
            for (const Cell& cell : row) append_copy_text(text, cell, &cell == &row.front());
            text += '\n';
        }
        const bool passed =
            PQputCopyData(connection_.get(), text.data(), static_cast<int>(text.size())) == 1 &&
            PQputCopyEnd(connection_.get(), nullptr) == 1;
        Status status;
        if (!passed) status = refused(nullptr);
        while (const Answer answer{PQgetResult(connection_.get())}) {
            const bool stored = PQresultStatus(answer.get()) == PGRES_COMMAND_OK;
            if (!stored && status) status = refused(answer);
        }
        return status;
    }

    std::string type_name(ColumnType type) const override {
        switch (type) {
            case ColumnType::integer: return "BIGINT";
            case ColumnType::boolean: return "BOOLEAN";
            case ColumnType::bytes: return "BYTEA";
            case ColumnType::date: return "DATE";
            case ColumnType::decimal: return "NUMERIC";
            case ColumnType::text: break;
        }
        return "TEXT";
    }

private:
    Status check_exists(const std::string& table) {
        // to_regclass reads its argument as SQL does: the quotes keep case and odd characters.
        const Answer exists = ask("SELECT to_regclass($1) IS NOT NULL", {data::sql_name(table)});
        if (PQresultStatus(exists.get()) != PGRES_TUPLES_OK) return refused(exists);
        const bool found = std::string_view(PQgetvalue(exists.get(), 0, 0)) == "t";
        return found ? Status() : Status(tl::unexpected(no_such_table(table)));
    }

    Answer ask(const std::string& sql, const Row& cells) {
        return Parameters(cells).ask(connection_.get(), sql);
    }

    tl::unexpected<Error> refused(const Answer& answer) {
        return tl::unexpected(refusal_in(answer.get(), connection_.get()));
    }

    /// The text format of COPY: tab between columns, \N for NULL, a backslash before what has a
    /// meaning of its own.
    static void append_copy_text(std::string& text, const Cell& cell, bool is_first) {
        if (!is_first) text += '\t';
        const Parameter value = parameter_of(cell);
        if (value.is_null) {
            text += "\\N";
            return;
        }
        for (const char c : value.text) {
            switch (c) {
                case '\\': text += "\\\\"; break;
                case '\t': text += "\\t"; break;
                case '\n': text += "\\n"; break;
                case '\r': text += "\\r"; break;
                default: text += c;
            }
        }
    }

    Connection connection_;
};

/// What this code relies on, whatever the server's defaults are.
constexpr const char* k_session =
    "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; "
    "SET bytea_output = 'hex'; SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1";

void ignore_notice(void*, const PGresult*) {}

}  // namespace

Result<std::unique_ptr<data::Database>> open_postgres(const std::string& uri) {
    Connection connection(PQconnectdb(uri.c_str()));
    if (connection == nullptr || PQstatus(connection.get()) != CONNECTION_OK) {
        return tl::unexpected(no_database(connection ? words_of(connection.get()) : ""));
    }
    PQsetNoticeReceiver(connection.get(), ignore_notice, nullptr);
    const Answer set(PQexec(connection.get(), k_session));
    if (PQresultStatus(set.get()) != PGRES_COMMAND_OK) {
        return tl::unexpected(no_database(words_of(connection.get())));
    }
    return std::make_unique<PostgresDatabase>(std::move(connection));
}

}  // namespace cityledger::io
