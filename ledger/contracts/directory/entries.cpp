#include "ledger/contracts/directory/entries.hpp"

#include <algorithm>
#include <set>

#include "crypto/hash.hpp"
#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::require_role;
using membership::Role;

constexpr std::string_view k_metadata_tag = "cityledger.directory.metadata.v1";
/// Class (1 digit), item (2) and catalogue (3) of the classification.
constexpr std::size_t k_classification_digits = 6;

bool is_digit(char character) { return character >= '0' && character <= '9'; }

bool is_resource_code(std::string_view code) {
    return code.size() >= k_classification_digits &&
           std::all_of(code.begin(), code.begin() + k_classification_digits, is_digit) &&
           std::all_of(code.begin(), code.end(),
                       [](char character) { return is_digit(character) || character == '/'; });
}

/// The first part of the core metadata that is missing; empty if all is there.
std::string missing_part(const Metadata& metadata) {
    if (metadata.name.empty()) return "name";
    if (metadata.resource_code.empty()) return "resource_code";
    if (metadata.abstract.empty()) return "abstract";
    if (metadata.items.empty()) return "items";
    for (std::size_t i = 0; i < metadata.items.size(); ++i) {
        const Item& item = metadata.items[i];
        if (item.name.empty()) return "items[" + std::to_string(i) + "].name";
        if (item.type.empty()) return "items[" + std::to_string(i) + "].type";
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
    if (metadata.sharing == Sharing::conditional && metadata.condition.value_or("").empty()) {
        return refuse(codes::sharing_condition_missing, metadata.name);
    }
    if (metadata.sharing == Sharing::not_shared && metadata.legal_basis.value_or("").empty()) {
        return refuse(codes::sharing_basis_missing, metadata.name);
    }
    return {};
}

Status check_metadata(const Metadata& metadata) {
    if (const std::string part = missing_part(metadata); !part.empty()) {
        return refuse(codes::directory_metadata_missing, part);
    }
    if (!is_resource_code(metadata.resource_code)) {
        return refuse(codes::resource_code_malformed, metadata.resource_code);
    }
    if (const auto status = check_items(metadata.items); !status) return status;
    return check_sharing(metadata);
}

Result<IdResult> register_responsibility(Context& context,
                                         const RegisterResponsibilityArguments& arguments) {
    if (const auto status = require_role(context, Role::department); !status) {
        return propagate(status);
    }
    if (arguments.text.empty()) return refuse(codes::responsibility_text_missing);
    if (arguments.legal_basis.empty()) return refuse(codes::responsibility_basis_missing);
    const auto id = next_id(context, context.sender(), Kind::responsibility);
    if (!id) return propagate(id);
    context.store(record_key(Kind::responsibility, *id),
                  Responsibility{*id, context.sender(), arguments.text, arguments.legal_basis,
                                 ResponsibilityStatus::pending, ""});
    context.emit("directory.responsibility_registered", *id);
    return IdResult{*id};
}

Result<Nothing> approve_responsibility(Context& context,
                                       const ApproveResponsibilityArguments& arguments) {
    if (const auto status = require_role(context, Role::staffing_office); !status) {
        return propagate(status);
    }
    auto responsibility = find_responsibility(context, arguments.responsibility);
    if (!responsibility) return propagate(responsibility);
    if (responsibility->status == ResponsibilityStatus::active) {
        return refuse(codes::responsibility_already_active, responsibility->id);
    }
    responsibility->status = ResponsibilityStatus::active;
    responsibility->approved_by = context.sender();
    context.store(record_key(Kind::responsibility, responsibility->id), *responsibility);
    context.emit("directory.responsibility_approved", responsibility->id);
    return Nothing{};
}

Result<IdResult> register_directory(Context& context, const RegisterDirectoryArguments& arguments) {
    if (const auto status = require_role(context, Role::department); !status) {
        return propagate(status);
    }
    if (const auto status = check_own_responsibility(context, arguments.responsibility); !status) {
        return propagate(status);
    }
    if (const auto status = check_metadata(arguments.metadata); !status) return propagate(status);
    const auto id = next_id(context, context.sender(), Kind::entry);
    if (!id) return propagate(id);
    context.store(record_key(Kind::entry, *id),
                  Entry{*id, context.sender(), arguments.responsibility, EntryStatus::draft,
                        Digest{}, arguments.metadata});
    context.emit("directory.draft", *id);
    return IdResult{*id};
}

Result<Nothing> update_directory(Context& context, const UpdateDirectoryArguments& arguments) {
    if (const auto status = require_role(context, Role::department); !status) {
        return propagate(status);
    }
    auto entry = find_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (entry->department != context.sender()) return refuse(codes::directory_not_own, entry->id);
    if (entry->status == EntryStatus::locked) return refuse(codes::directory_locked, entry->id);
    if (const auto status = check_metadata(arguments.metadata); !status) return propagate(status);
    entry->metadata = arguments.metadata;
    context.store(record_key(Kind::entry, entry->id), *entry);
    context.emit("directory.changed", entry->id);
    return Nothing{};
}

Result<LockDirectoryResult> lock_directory(Context& context,
                                           const LockDirectoryArguments& arguments) {
    if (const auto status = require_role(context, Role::chain_operator); !status) {
        return propagate(status);
    }
    auto entry = find_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (entry->status == EntryStatus::locked) {
        return refuse(codes::directory_already_locked, entry->id);
    }
    entry->status = EntryStatus::locked;
    entry->metadata_hash = metadata_hash(entry->metadata);
    context.store(record_key(Kind::entry, entry->id), *entry);
    context.emit("directory.locked", entry->id);
    return LockDirectoryResult{entry->metadata_hash};
}

}  // namespace

Digest metadata_hash(const Metadata& metadata) {
    return crypto::tagged_hash(k_metadata_tag, encode(metadata));
}

void add_entry_operations(std::vector<Method>& operations) {
    operations.push_back(make_method("register_responsibility",
                                     "A department registers a responsibility of its own.",
                                     register_responsibility));
    operations.push_back(make_method(
        "approve_responsibility",
        "The staffing office approves a responsibility, so that directory entries may root in it.",
        approve_responsibility));
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
}

}  // namespace cityledger::ledger::directory
