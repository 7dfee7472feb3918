#include "node/data/database.hpp"

namespace cityledger::data {

std::string sql_name(std::string_view identifier) {
    std::string text = "\"";
    for (const char c : identifier) {
        text += c;
        if (c == '"') text += c;
    }
    return text + '"';
}

Result<DatabaseTransaction> DatabaseTransaction::begin(Database& database) {
    if (const Status begun = database.execute("BEGIN", {}); !begun) return propagate(begun);
    return DatabaseTransaction(database);
}

DatabaseTransaction::DatabaseTransaction(DatabaseTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

DatabaseTransaction::~DatabaseTransaction() {
    // A connection that is lost has rolled back by itself, so a failure here changes nothing.
    if (database_ != nullptr) static_cast<void>(database_->execute("ROLLBACK", {}));
}

Status DatabaseTransaction::commit() {
    const Status committed = database_->execute("COMMIT", {});
    if (committed) database_ = nullptr;
    return committed;
}

Result<std::optional<Row>> select_one(Database& database, const std::string& sql,
                                      const Row& parameters) {
    const auto cursor = database.select(sql, parameters);
    if (!cursor) return propagate(cursor);
    Row row;
    const auto found = (*cursor)->next(row);
    if (!found) return propagate(found);
    if (!*found) return std::nullopt;
    return row;
}

}  // namespace cityledger::data
