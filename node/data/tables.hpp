#pragma once
// Which table of a department's database holds the data of which directory entry. Known to the
// provider alone: a requester names items of the entry, never tables or columns.

#include <map>
#include <string>

#include "crypto/result.hpp"
#include "node/data/database.hpp"

namespace cityledger::data {

struct ConnectedTable {
    std::string name;
    std::map<std::string, std::string> columns;  ///< item to column, where the names differ
};

/// By the id of the directory entry, "AK/D00001".
using ConnectedTables = std::map<std::string, ConnectedTable>;

/// {"AK/D00001": {"table": "insured", "columns": {"person": "person_tag"}}, ...}; tables_malformed.
[[nodiscard]] Result<ConnectedTables> read_tables(std::string_view json_text);

/// What to select for these items: columns as the requester sees them, and the statement.
struct Selection {
    std::vector<Column> columns;
    std::string sql;
};

/// fetch_no_table if the entry has no table here, or the table no column for an item.
[[nodiscard]] Result<Selection> select_items(Database& database, const ConnectedTables& tables,
                                             const std::string& entry,
                                             const std::vector<std::string>& items);

}  // namespace cityledger::data
