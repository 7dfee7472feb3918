#pragma once
// Which columns of a department's database hold the items of a directory entry: what the chain's
// table directory (库表目录) says. A requester names items, never tables or columns.

#include "ledger/contracts/directory/systems.hpp"
#include "node/data/database.hpp"

namespace cityledger::data {

/// What to select for some items: columns as the requester sees them, and the statement.
struct Selection {
    std::vector<Column> columns;
    std::string sql;
};

/// From the first of these tables that is in this database and has a column for every item;
/// fetch_no_table if there is none.
[[nodiscard]] Result<Selection> select_items(Database& database,
                                             const std::vector<ledger::directory::Table>& tables,
                                             const std::vector<std::string>& items);

/// The hash of a table's columns as they are in the database: that of the chain, if nobody changed
/// the table without saying so. source_table_unknown.
[[nodiscard]] Result<Digest> probe_schema(Database& database, const std::string& table);

}  // namespace cityledger::data
