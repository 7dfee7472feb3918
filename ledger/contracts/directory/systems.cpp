#include "ledger/contracts/directory/systems.hpp"

#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

Result<IdResult> register_system(Context& context, const RegisterSystemArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    if (is_blank(arguments.name)) return refuse(codes::system_name_missing);
    if (arguments.protection_level == 0 || arguments.protection_level > k_max_protection_level) {
        return refuse(codes::protection_level_out_of_range,
                      std::to_string(arguments.protection_level));
    }
    const auto id = next_id(context, Kind::system);
    if (!id) return propagate(id);
    context.store(record_key(Kind::system, *id),
                  System{*id, context.sender(), arguments.name, arguments.protection_level,
                         arguments.run_by, SystemStatus::active, ""});
    context.emit("directory.system_registered", *id);
    return IdResult{*id};
}

Result<Nothing> retire_system(Context& context, const RetireSystemArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    auto record = find_own_system(context, arguments.system);
    if (!record) return propagate(record);
    if (const auto status = check_inventory_reason(record->id, arguments.reason); !status) {
        return propagate(status);
    }
    const std::string tables = system_tables_prefix(record->id);
    if (!context.scan(Space::business, tables, tables, 1).empty()) {
        return refuse(codes::system_has_tables, record->id);
    }
    record->status = SystemStatus::retired;
    record->reason = arguments.reason;
    context.store(record_key(Kind::system, record->id), *record);
    context.emit("directory.system_retired", record->id);
    return Nothing{};
}

}  // namespace

std::string system_tables_prefix(const std::string& system) {
    return "directory/system_tables/" + system + "/";
}

Result<System> find_system(Context& context, const std::string& id) {
    auto record = context.load<System>(record_key(Kind::system, id));
    if (!record) return refuse(codes::system_unknown, id);
    return *std::move(record);
}

Result<System> find_own_system(Context& context, const std::string& id) {
    auto record = find_system(context, id);
    if (!record) return record;
    if (record->department != context.sender()) return refuse(codes::system_not_own, id);
    if (record->status == SystemStatus::retired) return refuse(codes::system_retired, id);
    return record;
}

Status check_inventory_reason(const std::string& id, std::string_view reason) {
    if (is_blank(reason)) return refuse(codes::inventory_reason_missing, id);
    return {};
}

void add_system_operations(std::vector<Method>& operations) {
    operations.push_back(make_method("register_system",
                                     "A department registers an information system of its own.",
                                     register_system));
    operations.push_back(make_method(
        "retire_system", "A department retires a system that has no table in force, and says why.",
        retire_system));
}

}  // namespace cityledger::ledger::directory
