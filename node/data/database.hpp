#pragma once
// A department's database, as far as exchanging rows needs it. SQLite and PostgreSQL implement it
// (node/io/data); what is written once in SQL above it runs on both.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "node/data/row.hpp"

namespace cityledger::data {

/// Rows of a SELECT, one after the other, without all of them in memory.
class RowCursor {
public:
    virtual ~RowCursor() = default;
    /// False at the end, and from then on; `row` then has no meaning. database_refused.
    [[nodiscard]] virtual Result<bool> next(Row& row) = 0;
};

/// A column as the database declares it, "amount", "numeric(12,2)".
struct DeclaredColumn {
    std::string name;
    std::string type;

    bool operator==(const DeclaredColumn&) const = default;
};

/// One connection; for one thread. Refusals of the database are database_refused with its words.
class Database {
public:
    virtual ~Database() = default;
    /// Columns in their order; source_table_unknown.
    [[nodiscard]] virtual Result<std::vector<Column>> columns_of(const std::string& table) = 0;
    /// The same with the types in the database's own words; source_table_unknown.
    [[nodiscard]] virtual Result<std::vector<DeclaredColumn>> declared_columns(
        const std::string& table) = 0;
    /// Parameters are $1, $2, ... in their order of appearance. A cursor sees the state as of the
    /// call (a snapshot), and must be gone before the next statement.
    [[nodiscard]] virtual Result<std::unique_ptr<RowCursor>> select(const std::string& sql,
                                                                    const Row& parameters) = 0;
    [[nodiscard]] virtual Status execute(const std::string& sql, const Row& parameters) = 0;
    /// Appends rows of exactly these columns.
    [[nodiscard]] virtual Status insert(const std::string& table,
                                        const std::vector<Column>& columns,
                                        std::span<const Row> rows) = 0;
    /// How a new table says this type.
    [[nodiscard]] virtual std::string type_name(ColumnType type) const = 0;
};

/// An identifier in double quotes, whatever characters it has.
[[nodiscard]] std::string sql_name(std::string_view identifier);

/// Ends by rolling back unless `commit` succeeded.
class DatabaseTransaction {
public:
    [[nodiscard]] static Result<DatabaseTransaction> begin(Database& database);
    ~DatabaseTransaction();
    DatabaseTransaction(DatabaseTransaction&& other) noexcept;
    DatabaseTransaction& operator=(DatabaseTransaction&&) = delete;
    [[nodiscard]] Status commit();

private:
    explicit DatabaseTransaction(Database& database) : database_(&database) {}
    Database* database_;
};

/// The first row, or nothing if there is none.
[[nodiscard]] Result<std::optional<Row>> select_one(Database& database, const std::string& sql,
                                                    const Row& parameters);

}  // namespace cityledger::data
