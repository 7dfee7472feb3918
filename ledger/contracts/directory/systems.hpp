#pragma once
// Directory: the systems of a department (系统目录) and their tables (库表目录). A table holds data
// of a locked entry; the hash of its columns stands on the chain, so that a probe beside the
// database can tell whether somebody changed the table without saying so. See directory.hpp.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contracts/directory/entries.hpp"

namespace cityledger::ledger {
namespace directory {

/// Who runs a system: the department itself, or the operator on the city's platform, where the data
/// is aggregated already.
enum class SystemRunner : std::uint8_t { own, platform };
enum class SystemStatus : std::uint8_t { active, retired };
/// sound -> suspect, when a report's hash differs; suspect -> sound, by a change or a matching
/// report; both -> retired.
enum class TableStatus : std::uint8_t { sound, suspect, retired };

}  // namespace directory

template <>
struct EnumNames<directory::SystemRunner> {
    static constexpr std::string_view names[] = {"own", "platform"};
};
template <>
struct EnumNames<directory::SystemStatus> {
    static constexpr std::string_view names[] = {"active", "retired"};
};
template <>
struct EnumNames<directory::TableStatus> {
    static constexpr std::string_view names[] = {"sound", "suspect", "retired"};
};

namespace directory {

inline constexpr std::uint32_t k_max_columns = 128;
inline constexpr std::uint32_t k_max_table_name_bytes = 64;
inline constexpr std::uint32_t k_max_type_bytes = 32;
/// Not retired, so that a change of the entry can look at all of them.
inline constexpr std::uint32_t k_max_tables_per_entry = 64;
/// Classified protection of information systems (等级保护), GB/T 22240.
inline constexpr std::uint32_t k_max_protection_level = 5;

// ---- systems ----------------------------------------------------------------------------------

/// Operation `register_system`, by a department for itself.
struct RegisterSystemArguments {
    std::string name;
    std::uint32_t protection_level = 0;  ///< 等保, 1 to 5
    SystemRunner run_by = SystemRunner::own;

    bool operator==(const RegisterSystemArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_short_text_bytes>("name", name),
                field("protection_level", protection_level), field("run_by", run_by));
    }
};

/// Operation `retire_system`, by its department, when none of its tables is in force any more.
struct RetireSystemArguments {
    std::string system;
    std::string reason;

    bool operator==(const RetireSystemArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("system", system),
                limited<k_max_long_text_bytes>("reason", reason));
    }
};

/// Record, and result of the query `system`.
struct System {
    std::string id;
    MemberId department;
    std::string name;
    std::uint32_t protection_level = 0;
    SystemRunner run_by = SystemRunner::own;
    SystemStatus status = SystemStatus::active;
    std::string reason;  ///< of the retirement

    bool operator==(const System&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("department", department),
                limited<k_max_short_text_bytes>("name", name),
                field("protection_level", protection_level), field("run_by", run_by),
                field("status", status), limited<k_max_long_text_bytes>("reason", reason));
    }
};

// ---- tables -----------------------------------------------------------------------------------

/// A column of a table, and the item of the entry whose data it holds.
struct Column {
    std::string name;
    std::string type;  ///< in the words of the database
    std::string item;

    bool operator==(const Column&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_item_name_bytes>("name", name),
                limited<k_max_type_bytes>("type", type),
                limited<k_max_item_name_bytes>("item", item));
    }
};

/// SHA-256 over one line "name TAB type LF" for each column, in ascending order of the names'
/// bytes: what a probe beside the database computes, with any tool.
[[nodiscard]] Digest schema_hash(const std::vector<Column>& columns);

/// Operation `register_table`, by the department of both the system and the locked entry.
struct RegisterTableArguments {
    std::string system;
    std::string directory;
    std::string name;  ///< once among the tables in force of a system
    std::vector<Column> columns;

    bool operator==(const RegisterTableArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("system", system),
                limited<k_max_id_bytes>("directory", directory),
                limited<k_max_table_name_bytes>("name", name),
                limited<k_max_columns>("columns", columns));
    }
};

struct RegisterTableResult {
    std::string id;
    Digest schema_hash;

    bool operator==(const RegisterTableResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id), field("schema_hash", schema_hash));
    }
};

/// Operation `change_table`, by its department: other columns, and why. Ends a suspicion.
struct ChangeTableArguments {
    std::string table;
    std::vector<Column> columns;
    std::string reason;

    bool operator==(const ChangeTableArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("table", table), limited<k_max_columns>("columns", columns),
                limited<k_max_long_text_bytes>("reason", reason));
    }
};

struct ChangeTableResult {
    std::uint32_t revision = 0;
    Digest schema_hash;

    bool operator==(const ChangeTableResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("revision", revision), field("schema_hash", schema_hash));
    }
};

/// Operation `retire_table`, by its department.
struct RetireTableArguments {
    std::string table;
    std::string reason;

    bool operator==(const RetireTableArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("table", table),
                limited<k_max_long_text_bytes>("reason", reason));
    }
};

/// Operation `report_schema`, by the table's department, an operator or an auditor: the hash that a
/// probe found in the database.
struct ReportSchemaArguments {
    std::string table;
    Digest found_hash;

    bool operator==(const ReportSchemaArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("table", table), field("found_hash", found_hash));
    }
};

struct ReportSchemaResult {
    TableStatus status = TableStatus::sound;
    /// The first business day on which nothing is delivered from the entry; 0 if sound.
    std::uint32_t frozen_ordinal = 0;

    bool operator==(const ReportSchemaResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("status", status), field("frozen_ordinal", frozen_ordinal));
    }
};

/// Record, and result of the query `table`.
struct Table {
    std::string id;
    MemberId department;
    std::string system;
    std::string directory;
    std::string name;
    std::vector<Column> columns;
    Digest schema_hash;
    TableStatus status = TableStatus::sound;
    std::uint32_t revision = 1;  ///< 1, 2, ... with each change
    std::string changed_on;      ///< the day of this revision
    std::string reason;          ///< of the last change, or of the retirement
    // Of the report that made it suspect; empty, absent and 0 while it is sound.
    MemberId reported_by;
    std::optional<Digest> found_hash;
    std::uint32_t frozen_ordinal = 0;

    bool operator==(const Table&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("department", department),
                limited<k_max_id_bytes>("system", system),
                limited<k_max_id_bytes>("directory", directory),
                limited<k_max_table_name_bytes>("name", name),
                limited<k_max_columns>("columns", columns), field("schema_hash", schema_hash),
                field("status", status), field("revision", revision),
                limited<k_date_bytes>("changed_on", changed_on),
                limited<k_max_long_text_bytes>("reason", reason),
                limited<k_max_member_id_bytes>("reported_by", reported_by),
                field("found_hash", found_hash), field("frozen_ordinal", frozen_ordinal));
    }
};

// ---- queries ----------------------------------------------------------------------------------

/// Query `systems`: of a department.
struct SystemsResult {
    std::vector<System> systems;
    std::optional<std::string> next;

    bool operator==(const SystemsResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("systems", systems), field("next", next));
    }
};

struct TableSummary {
    std::string id;
    std::string system;
    std::string directory;
    std::string name;
    Digest schema_hash;
    TableStatus status = TableStatus::sound;

    bool operator==(const TableSummary&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id), limited<k_max_id_bytes>("system", system),
                limited<k_max_id_bytes>("directory", directory),
                limited<k_max_table_name_bytes>("name", name), field("schema_hash", schema_hash),
                field("status", status));
    }
};

/// Queries `tables` (of a department) and `tables_of_entry` (in force).
struct TablesResult {
    std::vector<TableSummary> tables;
    std::optional<std::string> next;

    bool operator==(const TablesResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("tables", tables), field("next", next));
    }
};

}  // namespace directory
}  // namespace cityledger::ledger
