// Queries of systems and tables.

#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

Result<System> query_system(Context& context, const IdArguments& arguments) {
    return find_system(context, arguments.id);
}

Result<Table> query_table(Context& context, const IdArguments& arguments) {
    return find_table(context, arguments.id);
}

Result<SystemsResult> query_systems(Context& context, const DepartmentPageArguments& arguments) {
    const auto page = read_records(context, Kind::system, arguments);
    if (!page) return propagate(page);
    SystemsResult result{{}, page->next};
    for (const auto& [id, value] : page->entries) {
        result.systems.push_back(Context::decode_record<System>(value));
    }
    return result;
}

TableSummary summary_of(const Table& table) {
    return {table.id, table.system, table.directory, table.name, table.schema_hash, table.status};
}

Result<TablesResult> query_tables(Context& context, const DepartmentPageArguments& arguments) {
    const auto page = read_records(context, Kind::table, arguments);
    if (!page) return propagate(page);
    TablesResult result{{}, page->next};
    for (const auto& [id, value] : page->entries) {
        result.tables.push_back(summary_of(Context::decode_record<Table>(value)));
    }
    return result;
}

Result<TablesResult> query_tables_of_entry(Context& context, const EntryPageArguments& arguments) {
    const auto page = read_page(context, Space::business, entry_tables_prefix(arguments.directory),
                                "", arguments.after, arguments.limit);
    if (!page) return propagate(page);
    TablesResult result{{}, page->next};
    for (const auto& [id, value] : page->entries) {
        const auto table = find_table(context, id);
        if (!table) return propagate(table);
        result.tables.push_back(summary_of(*table));
    }
    return result;
}

}  // namespace

void add_inventory_queries(std::vector<Method>& queries) {
    queries.push_back(make_method("system", "A system by its id.", query_system));
    queries.push_back(make_method("table", "A table by its id.", query_table));
    queries.push_back(make_method("systems", "Systems of a department.", query_systems));
    queries.push_back(make_method("tables", "Tables of a department.", query_tables));
    queries.push_back(make_method("tables_of_entry", "Tables in force that hold data of an entry.",
                                  query_tables_of_entry));
}

}  // namespace cityledger::ledger::directory
