// Tables of systems, what a probe finds in them, and what a suspicion freezes.

#include <algorithm>
#include <set>

#include "crypto/hash.hpp"
#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::Role;

/// Bytes that would make two schemas one text; also the rest of the control characters.
bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char character) {
        const auto byte = static_cast<unsigned char>(character);
        return byte < 0x20 || byte == 0x7F;
    });
}

bool is_malformed(std::string_view text) { return is_blank(text) || has_control(text); }

Status check_columns(const std::vector<Column>& columns, const Entry& entry) {
    if (columns.empty()) return refuse(codes::table_columns_missing, entry.id);
    std::set<std::string_view> items;
    for (const Item& item : entry.metadata.items) items.insert(item.name);
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Column& column = columns[i];
        if (is_malformed(column.name) || is_malformed(column.type)) {
            return refuse(codes::table_column_malformed, "columns[" + std::to_string(i) + "]");
        }
        if (!names.insert(column.name).second) {
            return refuse(codes::table_column_repeated, column.name);
        }
        if (!items.contains(column.item)) {
            return refuse(codes::table_item_unknown, column.name + " names " + column.item);
        }
    }
    return {};
}

/// "directory/table_name/AK/S00001/<name>": the table in force of this name.
std::string name_key(const Table& table) {
    return "directory/table_name/" + table.system + "/" + table.name;
}

std::string suspect_prefix(const std::string& entry) { return "directory/suspect/" + entry + "/"; }

/// By the day from which its entry is frozen, so that the first key tells of the whole entry.
std::string suspect_key(const Table& table) {
    return suspect_prefix(table.directory) + fixed_width(table.frozen_ordinal, k_ordinal_digits) +
           "/" + table.id;
}

std::string platform_prefix(const std::string& entry) {
    return "directory/on_platform/" + entry + "/";
}

void store_table(Context& context, const Table& table) {
    context.store(record_key(Kind::table, table.id), table);
}

void become_sound(Context& context, Table& table) {
    if (table.status != TableStatus::suspect) return;
    context.erase(Space::business, suspect_key(table));
    table.status = TableStatus::sound;
    table.reported_by.clear();
    table.found_hash.reset();
    table.frozen_ordinal = 0;
}

/// The name is free in the system, and the entry has a place for one more table.
Status check_place(Context& context, const Table& table) {
    if (is_malformed(table.name)) return refuse(codes::table_name_malformed, table.name);
    if (const auto same = context.load<IdResult>(name_key(table))) {
        return refuse(codes::table_repeated, table.name + " is " + same->id);
    }
    if (tables_of_entry(context, table.directory).size() >= k_max_tables_per_entry) {
        return refuse(codes::entry_tables_used, table.directory);
    }
    return {};
}

void enter_indexes(Context& context, const Table& table, SystemRunner run_by) {
    context.store(name_key(table), IdResult{table.id});
    context.put(Space::business, entry_tables_prefix(table.directory) + table.id, {});
    context.put(Space::business, system_tables_prefix(table.system) + table.id, {});
    if (run_by == SystemRunner::platform) {
        context.put(Space::business, platform_prefix(table.directory) + table.id, {});
    }
}

Result<RegisterTableResult> register_table(Context& context,
                                           const RegisterTableArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    const auto system = find_own_system(context, arguments.system);
    if (!system) return propagate(system);
    const auto entry = find_own_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (const auto status = check_locked(*entry); !status) return propagate(status);
    if (const auto status = check_columns(arguments.columns, *entry); !status) {
        return propagate(status);
    }
    Table table;
    table.department = context.sender();
    table.system = system->id;
    table.directory = entry->id;
    table.name = arguments.name;
    table.columns = arguments.columns;
    table.schema_hash = schema_hash(table.columns);
    table.changed_on = calendar::current_day(context).date;
    if (const auto status = check_place(context, table); !status) return propagate(status);
    const auto id = next_id(context, Kind::table);
    if (!id) return propagate(id);
    table.id = *id;
    enter_indexes(context, table, system->run_by);
    store_table(context, table);
    count(context, table.department, &Score::tables_registered);
    context.emit("directory.table_registered", table.id);
    return RegisterTableResult{table.id, table.schema_hash};
}

Status check_in_force(const Table& table) {
    if (table.status == TableStatus::retired) return refuse(codes::table_retired, table.id);
    return {};
}

/// In force, and the sender's own.
Result<Table> find_own_table(Context& context, const std::string& id) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    auto table = find_table(context, id);
    if (!table) return table;
    if (table->department != context.sender()) return refuse(codes::table_not_own, id);
    if (const auto status = check_in_force(*table); !status) return propagate(status);
    return table;
}

Result<ChangeTableResult> change_table(Context& context, const ChangeTableArguments& arguments) {
    auto table = find_own_table(context, arguments.table);
    if (!table) return propagate(table);
    if (const auto status = check_inventory_reason(table->id, arguments.reason); !status) {
        return propagate(status);
    }
    const auto entry = find_entry(context, table->directory);
    if (!entry) return propagate(entry);
    if (const auto status = check_columns(arguments.columns, *entry); !status) {
        return propagate(status);
    }
    if (arguments.columns == table->columns) return refuse(codes::table_unchanged, table->id);
    become_sound(context, *table);
    table->columns = arguments.columns;
    table->schema_hash = schema_hash(table->columns);
    table->changed_on = calendar::current_day(context).date;
    table->reason = arguments.reason;
    ++table->revision;
    store_table(context, *table);
    context.emit("directory.table_changed", table->id);
    return ChangeTableResult{table->revision, table->schema_hash};
}

Result<Nothing> retire_table(Context& context, const RetireTableArguments& arguments) {
    auto table = find_own_table(context, arguments.table);
    if (!table) return propagate(table);
    if (const auto status = check_inventory_reason(table->id, arguments.reason); !status) {
        return propagate(status);
    }
    become_sound(context, *table);
    table->status = TableStatus::retired;
    table->reason = arguments.reason;
    context.erase(Space::business, name_key(*table));
    context.erase(Space::business, entry_tables_prefix(table->directory) + table->id);
    context.erase(Space::business, system_tables_prefix(table->system) + table->id);
    context.erase(Space::business, platform_prefix(table->directory) + table->id);
    store_table(context, *table);
    context.emit("directory.table_retired", table->id);
    return Nothing{};
}

/// The department of the table, or who supervises it: anybody else could freeze what is not its
/// own.
Status check_may_report(Context& context, const Table& table) {
    if (table.department == context.sender()) return require_department(context);
    const auto sender =
        membership::require_any_role(context, {Role::chain_operator, Role::auditor});
    return sender ? Status{} : propagate(sender);
}

/// The department does not clear itself of what an office has found.
Status check_may_clear(Context& context, const Table& table) {
    if (context.sender() == table.department && table.reported_by != table.department) {
        return refuse(codes::suspicion_of_another, table.id + " by " + table.reported_by);
    }
    return {};
}

ReportSchemaResult become_suspect(Context& context, Table& table, const Digest& found) {
    if (table.status != TableStatus::suspect) {
        table.frozen_ordinal =
            calendar::current_day(context).ordinal + time_limits(context).freeze_days;
        table.reported_by = context.sender();
        count(context, table.department, &Score::schema_alarms);
    } else if (table.reported_by == table.department) {
        table.reported_by = context.sender();  // an office has found it, too
    }
    table.status = TableStatus::suspect;
    table.found_hash = found;
    context.put(Space::business, suspect_key(table), {});
    store_table(context, table);
    context.emit("directory.table_suspect", table.id);
    return {table.status, table.frozen_ordinal};
}

Result<ReportSchemaResult> report_schema(Context& context, const ReportSchemaArguments& arguments) {
    auto table = find_table(context, arguments.table);
    if (!table) return propagate(table);
    if (const auto status = check_may_report(context, *table); !status) return propagate(status);
    if (const auto status = check_in_force(*table); !status) return propagate(status);
    if (arguments.found_hash != table->schema_hash) {
        return become_suspect(context, *table, arguments.found_hash);
    }
    if (table->status == TableStatus::suspect) {
        if (const auto status = check_may_clear(context, *table); !status) {
            return propagate(status);
        }
        become_sound(context, *table);
        store_table(context, *table);
    }
    context.emit("directory.table_sound", table->id);
    return ReportSchemaResult{table->status, 0};
}

}  // namespace

Digest schema_hash(const std::vector<Column>& columns) {
    std::vector<std::string> lines;
    for (const Column& column : columns) lines.push_back(column.name + "\t" + column.type + "\n");
    // No name holds a character below the tab, so lines stand in the order of the names.
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line;
    return crypto::sha256(as_bytes(text));
}

std::string entry_tables_prefix(const std::string& entry) {
    return "directory/entry_tables/" + entry + "/";
}

std::vector<std::string> tables_of_entry(Context& context, const std::string& entry) {
    const std::string prefix = entry_tables_prefix(entry);
    std::vector<std::string> ids;
    for (const auto& [key, value] :
         context.scan(Space::business, prefix, prefix, k_max_tables_per_entry)) {
        ids.push_back(key.substr(prefix.size()));
    }
    return ids;
}

bool is_on_platform(Context& context, const std::string& entry) {
    const std::string prefix = platform_prefix(entry);
    return !context.scan(Space::business, prefix, prefix, 1).empty();
}

Result<Table> find_table(Context& context, const std::string& id) {
    auto record = context.load<Table>(record_key(Kind::table, id));
    if (!record) return refuse(codes::table_unknown, id);
    return *std::move(record);
}

Status check_not_frozen(Context& context, const std::string& entry) {
    const std::string prefix = suspect_prefix(entry);
    const auto first = context.scan(Space::business, prefix, prefix, 1);
    if (first.empty()) return {};
    const std::string& key = first[0].first;
    const std::string today = fixed_width(calendar::current_day(context).ordinal, k_ordinal_digits);
    if (key.substr(prefix.size(), k_ordinal_digits) > today) return {};
    return refuse(codes::grant_frozen,
                  key.substr(prefix.size() + k_ordinal_digits + 1) + " is suspect");
}

void add_table_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "register_table", "A department registers a table that holds data of its locked entry.",
        register_table));
    operations.push_back(make_method(
        "change_table", "A department changes the columns of a table and says why.", change_table));
    operations.push_back(
        make_method("retire_table", "A department retires a table and says why.", retire_table));
    operations.push_back(make_method(
        "report_schema",
        "The department, an operator or an auditor reports the hash that a probe found: one that "
        "differs makes the table suspect and, after some days, freezes the grants on its entry.",
        report_schema));
}

}  // namespace cityledger::ledger::directory
