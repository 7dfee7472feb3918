#include "ledger/contracts/directory/entries.hpp"

#include <set>

#include "crypto/hash.hpp"
#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::require_role;
using membership::Role;

constexpr std::string_view k_metadata_tag = "cityledger.directory.metadata.v1";

/// The first part of the core metadata that is missing; empty if all is there.
std::string missing_part(const Metadata& metadata) {
    if (is_blank(metadata.name)) return "name";
    if (is_blank(metadata.resource_code)) return "resource_code";
    if (is_blank(metadata.abstract)) return "abstract";
    if (metadata.items.empty()) return "items";
    for (std::size_t i = 0; i < metadata.items.size(); ++i) {
        const Item& item = metadata.items[i];
        if (is_blank(item.name)) return "items[" + std::to_string(i) + "].name";
        if (is_blank(item.type)) return "items[" + std::to_string(i) + "].type";
    }
    return {};
}

Status check_items(const std::vector<Item>& items) {
    std::set<std::string_view> names;
    for (const Item& item : items) {
        if (!names.insert(item.name).second) {
            return refuse(codes::directory_item_repeated, item.name);
        }
    }
    return {};
}

Status check_sharing(const Metadata& metadata) {
    if (metadata.sharing == Sharing::conditional && is_blank(metadata.condition.value_or(""))) {
        return refuse(codes::sharing_condition_missing, metadata.name);
    }
    if (metadata.sharing == Sharing::not_shared && is_blank(metadata.legal_basis.value_or(""))) {
        return refuse(codes::sharing_basis_missing, metadata.name);
    }
    return {};
}

/// The code is the entry's, if it is no other entry's.
Status take_code(Context& context, const std::string& code, const std::string& entry) {
    const std::string key = code_key(code);
    const auto taken = context.load<IdResult>(key);
    if (taken && taken->id != entry) {
        return refuse(codes::resource_code_taken, code + " is of " + taken->id);
    }
    context.store(key, IdResult{entry});
    return {};
}

Result<IdResult> register_directory(Context& context, const RegisterDirectoryArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    if (const auto status = check_own_responsibility(context, arguments.responsibility); !status) {
        return propagate(status);
    }
    if (const auto status = check_metadata(arguments.metadata); !status) return propagate(status);
    const auto id = next_id(context, Kind::entry);
    if (!id) return propagate(id);
    const auto taken = take_code(context, arguments.metadata.resource_code, *id);
    if (!taken) return propagate(taken);
    context.store(record_key(Kind::entry, *id),
                  Entry{*id, context.sender(), arguments.responsibility, EntryStatus::draft,
                        Digest{}, 0, "", "", arguments.metadata});
    count(context, context.sender(), &Score::entries_registered);
    context.emit("directory.draft", *id);
    return IdResult{*id};
}

Result<Nothing> update_directory(Context& context, const UpdateDirectoryArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    auto entry = find_own_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (entry->status == EntryStatus::locked) return refuse(codes::directory_locked, entry->id);
    if (const auto status = check_metadata(arguments.metadata); !status) return propagate(status);
    context.erase(Space::business, code_key(entry->metadata.resource_code));
    const auto taken = take_code(context, arguments.metadata.resource_code, entry->id);
    if (!taken) return propagate(taken);
    entry->status = EntryStatus::draft;  // what a second office was to sign is no more
    entry->metadata_hash = Digest{};
    entry->metadata = arguments.metadata;
    context.store(record_key(Kind::entry, entry->id), *entry);
    context.emit("directory.changed", entry->id);
    return Nothing{};
}

/// Not locked, of a department that lives, under a responsibility that holds.
Result<Entry> lockable_entry(Context& context, const std::string& id) {
    auto entry = find_entry(context, id);
    if (!entry) return entry;
    if (entry->status == EntryStatus::locked) {
        return refuse(codes::directory_already_locked, entry->id);
    }
    if (const auto status = check_department(context, entry->department); !status) {
        return propagate(status);
    }
    const auto root = find_responsibility(context, entry->responsibility);
    if (!root) return propagate(root);
    if (const auto status = check_active(*root); !status) return propagate(status);
    return entry;
}

LockDirectoryResult record_lock(Context& context, Entry& entry, EntryStatus status) {
    entry.status = status;
    entry.metadata_hash = metadata_hash(entry.metadata);
    if (status == EntryStatus::locked) {
        entry.version = 1;
        entry.version_since = calendar::current_day(context).date;
        count(context, entry.department, &Score::entries_locked);
    }
    context.store(record_key(Kind::entry, entry.id), entry);
    context.emit(status == EntryStatus::locked ? "directory.locked" : "directory.lock_proposed",
                 entry.id);
    return {entry.metadata_hash, status};
}

Result<LockDirectoryResult> lock_directory(Context& context,
                                           const LockDirectoryArguments& arguments) {
    if (const auto status = require_role(context, Role::chain_operator); !status) {
        return propagate(status);
    }
    auto entry = lockable_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (entry->department != context.sender()) {
        return record_lock(context, *entry, EntryStatus::locked);
    }
    if (entry->status == EntryStatus::countersign) {
        return refuse(codes::lock_already_proposed, entry->id);
    }
    return record_lock(context, *entry, EntryStatus::countersign);
}

Result<LockDirectoryResult> countersign_lock(Context& context,
                                             const CountersignLockArguments& arguments) {
    const auto sender =
        membership::require_any_role(context, {Role::staffing_office, Role::auditor});
    if (!sender) return propagate(sender);
    auto entry = lockable_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (entry->department == sender->id) return refuse(codes::lock_same_department, entry->id);
    if (entry->status != EntryStatus::countersign) {
        return refuse(codes::lock_not_proposed, entry->id);
    }
    if (entry->metadata_hash != arguments.metadata_hash) {
        return refuse(codes::lock_hash_differs, entry->id);
    }
    return record_lock(context, *entry, EntryStatus::locked);
}

}  // namespace

Status check_resource_code(std::string_view code) {
    if (!is_resource_code(code)) return refuse(codes::resource_code_malformed, std::string(code));
    return {};
}

Status check_metadata(const Metadata& metadata) {
    if (const std::string part = missing_part(metadata); !part.empty()) {
        return refuse(codes::directory_metadata_missing, part);
    }
    if (const auto status = check_resource_code(metadata.resource_code); !status) return status;
    if (const auto status = check_items(metadata.items); !status) return status;
    return check_sharing(metadata);
}

Digest metadata_hash(const Metadata& metadata) {
    return crypto::tagged_hash(k_metadata_tag, encode(metadata));
}

void add_entry_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "register_directory",
        "A department registers a data directory entry under a responsibility of its own.",
        register_directory));
    operations.push_back(make_method("update_directory",
                                     "A department replaces the metadata of a draft of its own.",
                                     update_directory));
    operations.push_back(make_method(
        "lock_directory", "An operator locks an entry: its metadata can be requested, not changed.",
        lock_directory));
    operations.push_back(make_method("countersign_lock",
                                     "A staffing office or an auditor countersigns the lock of an "
                                     "entry that is the operator's own.",
                                     countersign_lock));
}

}  // namespace cityledger::ledger::directory
