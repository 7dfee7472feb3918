#include "node/data/tables.hpp"

#include <algorithm>

#include "ledger/codec/json.hpp"
#include "node/data/data_codes.hpp"

namespace cityledger::data {
namespace {

namespace json = boost::json;

tl::unexpected<Error> malformed_tables(std::string where) {
    return refuse(codes::tables_malformed, std::move(where));
}

tl::unexpected<Error> no_table(std::string what) {
    return refuse(codes::fetch_no_table, std::move(what));
}

Result<ConnectedTable> read_table(const std::string& entry, const json::value& value) {
    const json::object* object = value.if_object();
    const json::value* name = object != nullptr ? object->if_contains("table") : nullptr;
    if (name == nullptr || !name->is_string()) return malformed_tables(entry + ".table");
    ConnectedTable table{std::string(name->get_string()), {}};
    for (const auto& [key, member] : *object) {
        if (key == "table") continue;
        if (key != "columns" || !member.is_object()) {
            return malformed_tables(entry + "." + std::string(key));
        }
        for (const auto& [item, column] : member.get_object()) {
            if (!column.is_string()) return malformed_tables(entry + "." + std::string(item));
            table.columns[item] = std::string(column.get_string());
        }
    }
    return table;
}

}  // namespace

Result<ConnectedTables> read_tables(std::string_view json_text) {
    const auto parsed = ledger::parse_json(json_text);
    if (!parsed) return malformed_tables(parsed.error().message());
    if (!parsed->is_object()) return malformed_tables("the whole is no object");
    ConnectedTables tables;
    for (const auto& [entry, value] : parsed->get_object()) {
        auto table = read_table(entry, value);
        if (!table) return propagate(table);
        tables[entry] = *std::move(table);
    }
    return tables;
}

Result<Selection> select_items(Database& database, const ConnectedTables& tables,
                               const std::string& entry, const std::vector<std::string>& items) {
    const auto found = tables.find(entry);
    if (found == tables.end()) return no_table(entry);
    const ConnectedTable& table = found->second;
    const auto known = database.columns_of(table.name);
    if (!known) return propagate(known);
    Selection selection;
    for (const std::string& item : items) {
        const auto renamed = table.columns.find(item);
        const std::string& wanted = renamed != table.columns.end() ? renamed->second : item;
        const auto column = std::find_if(known->begin(), known->end(),
                                         [&](const Column& one) { return one.name == wanted; });
        if (column == known->end()) return no_table(entry + ", item " + item);
        selection.columns.push_back({item, column->type});
        selection.sql += (selection.sql.empty() ? "SELECT " : ", ") + sql_name(wanted);
    }
    selection.sql += " FROM " + sql_name(table.name);
    return selection;
}

}  // namespace cityledger::data
