#include "node/data/tables.hpp"

#include <algorithm>

#include "node/data/data_codes.hpp"

namespace cityledger::data {
namespace {

namespace directory = ledger::directory;

/// The name of the column that holds the item; null if none does.
const std::string* column_of(const directory::Table& table, const std::string& item) {
    const auto found =
        std::find_if(table.columns.begin(), table.columns.end(),
                     [&](const directory::Column& column) { return column.item == item; });
    return found == table.columns.end() ? nullptr : &found->name;
}

/// Nothing if the table, or a column for an item, is not on the chain or not in the database.
Result<std::optional<Selection>> select_from(Database& database, const directory::Table& table,
                                             const std::vector<std::string>& items) {
    const auto present = database.columns_of(table.name);
    if (!present && present.error().code == codes::source_table_unknown) return std::nullopt;
    if (!present) return propagate(present);
    Selection selection;
    for (const std::string& item : items) {
        const std::string* name = column_of(table, item);
        if (name == nullptr) return std::nullopt;
        const auto column = std::find_if(present->begin(), present->end(),
                                         [&](const Column& one) { return one.name == *name; });
        if (column == present->end()) return std::nullopt;
        selection.columns.push_back({item, column->type});
        selection.sql += (selection.sql.empty() ? "SELECT " : ", ") + sql_name(*name);
    }
    selection.sql += " FROM " + sql_name(table.name);
    return selection;
}

}  // namespace

Result<Selection> select_items(Database& database, const std::vector<directory::Table>& tables,
                               const std::vector<std::string>& items) {
    for (const directory::Table& table : tables) {
        auto selection = select_from(database, table, items);
        if (!selection) return propagate(selection);
        if (*selection) return **std::move(selection);
    }
    return refuse(codes::fetch_no_table, std::to_string(tables.size()) + " tables of the entry");
}

Result<Digest> probe_schema(Database& database, const std::string& table) {
    const auto declared = database.declared_columns(table);
    if (!declared) return propagate(declared);
    std::vector<directory::Column> columns;
    for (const DeclaredColumn& column : *declared) {
        columns.push_back({column.name, column.type, ""});
    }
    return directory::schema_hash(columns);
}

}  // namespace cityledger::data
