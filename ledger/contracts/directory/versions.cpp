#include "ledger/contracts/directory/versions.hpp"

#include <algorithm>
#include <set>

#include "crypto/check.hpp"
#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::require_role;
using membership::Role;

std::string proposal_key(const std::string& entry) { return "directory/proposal/" + entry; }

std::string version_prefix(const std::string& entry) { return "directory/version/" + entry + "/"; }

std::string version_key(const std::string& entry, std::uint32_t number) {
    return version_prefix(entry) + fixed_width(number, 10);
}

Version current_version(const Entry& entry) {
    return {entry.id,
            entry.version,
            entry.version_since,
            entry.version_reason,
            entry.metadata_hash,
            entry.metadata};
}

/// How far the holders of grants on an entry are told of its last change.
struct Telling {
    std::string last_key;  ///< in the index of live grants
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_key_bytes>("last_key", last_key));
    }
};

std::string telling_key(const std::string& entry) { return std::string(k_telling_prefix) + entry; }

/// What a table in force holds cannot leave the entry: the table changes first.
Status check_items_stay(Context& context, const Entry& entry, const Metadata& changed) {
    std::set<std::string_view> items;
    for (const Item& item : changed.items) items.insert(item.name);
    for (const std::string& id : tables_of_entry(context, entry.id)) {
        const auto table = find_table(context, id);
        CHECK_INVARIANT(table.has_value());  // the index holds tables in force only
        for (const Column& column : table->columns) {
            if (items.contains(column.item)) continue;
            return refuse(codes::change_item_in_table, id + ": " + column.item);
        }
    }
    return {};
}

/// Locked, and the sender's own.
Result<Entry> changeable_entry(Context& context, const std::string& id) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    auto entry = find_own_entry(context, id);
    if (!entry) return entry;
    if (const auto status = check_locked(*entry); !status) return propagate(status);
    return entry;
}

Result<ProposeChangeResult> propose_change(Context& context,
                                           const ProposeChangeArguments& arguments) {
    const auto entry = changeable_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (is_blank(arguments.reason)) return refuse(codes::change_reason_missing, entry->id);
    if (const auto status = check_metadata(arguments.metadata); !status) return propagate(status);
    if (arguments.metadata.resource_code != entry->metadata.resource_code) {
        return refuse(codes::change_of_code, entry->id);
    }
    if (arguments.metadata == entry->metadata) return refuse(codes::change_of_nothing, entry->id);
    if (const auto status = check_items_stay(context, *entry, arguments.metadata); !status) {
        return propagate(status);
    }
    const ProposedChange change{entry->id, arguments.reason, calendar::current_day(context).date,
                                metadata_hash(arguments.metadata), arguments.metadata};
    context.store(proposal_key(entry->id), change);
    context.emit("directory.change_proposed", entry->id);
    return ProposeChangeResult{change.metadata_hash};
}

Result<ProposedChange> find_change(Context& context, const std::string& entry) {
    auto change = context.load<ProposedChange>(proposal_key(entry));
    if (!change) return refuse(codes::change_not_proposed, entry);
    return *std::move(change);
}

Result<Nothing> withdraw_change(Context& context, const ChangeArguments& arguments) {
    const auto entry = changeable_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    const auto change = find_change(context, entry->id);
    if (!change) return propagate(change);
    context.erase(Space::business, proposal_key(entry->id));
    context.emit("directory.change_withdrawn", entry->id);
    return Nothing{};
}

/// An operator; of an operator's entry also a second office, as for its lock.
Status check_may_apply(Context& context, const Entry& entry) {
    if (entry.department == context.sender()) {
        return refuse(codes::change_same_department, entry.id);
    }
    const auto owner = membership::find_member(context, entry.department);
    if (owner && owner->has_role(Role::chain_operator)) {
        const auto sender = membership::require_any_role(
            context, {Role::chain_operator, Role::staffing_office, Role::auditor});
        return sender ? Status{} : propagate(sender);
    }
    return require_role(context, Role::chain_operator);
}

/// Alerts the next holders of grants that live today, from behind this key of the index.
TellChangeResult tell_holders(Context& context, const Entry& entry, const std::string& after) {
    const std::string prefix = live_prefix(entry.id);
    const std::string today = prefix + calendar::current_day(context).date;
    auto grants = context.scan(Space::business, prefix, std::max(today, after + '\0'),
                               k_max_alerts_per_operation + 1);
    TellChangeResult result;
    result.more = grants.size() > k_max_alerts_per_operation;
    if (result.more) grants.pop_back();
    for (const auto& [key, value] : grants) {
        auto grant = find_request(context, Context::decode_record<IdResult>(value).id);
        CHECK_INVARIANT(grant.has_value());  // the index holds requests
        if (!tell_version(context, *grant, entry)) continue;
        context.store(record_key(Kind::request, grant->id), *grant);
        ++result.alerted;
    }
    if (result.more) {
        context.store(telling_key(entry.id), Telling{grants.back().first});
    } else {
        context.erase(Space::business, telling_key(entry.id));
    }
    return result;
}

Result<ApplyChangeResult> apply_change(Context& context, const ApplyChangeArguments& arguments) {
    auto entry = find_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (const auto status = check_may_apply(context, *entry); !status) return propagate(status);
    const auto change = find_change(context, entry->id);
    if (!change) return propagate(change);
    if (change->metadata_hash != arguments.metadata_hash) {
        return refuse(codes::change_hash_differs, entry->id);
    }
    if (const auto status = check_source(context, *entry); !status) return propagate(status);
    if (const auto status = check_items_stay(context, *entry, change->metadata); !status) {
        return propagate(status);
    }
    context.store(version_key(entry->id, entry->version), current_version(*entry));
    context.erase(Space::business, proposal_key(entry->id));
    ++entry->version;
    entry->version_since = calendar::current_day(context).date;
    entry->version_reason = change->reason;
    entry->metadata_hash = change->metadata_hash;
    entry->metadata = change->metadata;
    context.store(record_key(Kind::entry, entry->id), *entry);
    count(context, entry->department, &Score::entries_changed);
    context.emit("directory.change_applied", entry->id);
    const TellChangeResult told = tell_holders(context, *entry, "");
    return ApplyChangeResult{entry->version, told.alerted, told.more};
}

Result<TellChangeResult> tell_change(Context& context, const ChangeArguments& arguments) {
    const auto sender = membership::require_member(context, context.sender());
    if (!sender) return propagate(sender);
    const auto entry = find_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    const auto telling = context.load<Telling>(telling_key(entry->id));
    if (!telling) return TellChangeResult{};
    return tell_holders(context, *entry, telling->last_key);
}

Result<ProposedChange> query_proposed_change(Context& context, const IdArguments& arguments) {
    return find_change(context, arguments.id);
}

Result<Version> query_version(Context& context, const VersionArguments& arguments) {
    const auto entry = find_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (entry->version != 0 && arguments.number == entry->version) return current_version(*entry);
    auto version = context.load<Version>(version_key(entry->id, arguments.number));
    if (!version) {
        return refuse(codes::version_unknown,
                      entry->id + " version " + std::to_string(arguments.number));
    }
    return *std::move(version);
}

Result<VersionsResult> query_versions(Context& context, const VersionsArguments& arguments) {
    const auto limit = membership::check_page_limit(arguments.limit);
    if (!limit) return propagate(limit);
    const auto entry = find_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    VersionsResult result;
    const std::string after = version_key(entry->id, arguments.after.value_or(0)) + '\0';
    for (const auto& [key, value] :
         context.scan(Space::business, version_prefix(entry->id), after, *limit + 1)) {
        if (result.versions.size() == *limit) {
            result.next = result.versions.back().number;
            break;
        }
        const auto version = Context::decode_record<Version>(value);
        result.versions.push_back(
            {version.number, version.since, version.reason, version.metadata_hash});
    }
    return result;
}

}  // namespace

bool tell_version(Context& context, Request& grant, const Entry& entry) {
    if (grant.told_version == entry.version) return false;
    grant.told_version = entry.version;
    context.emit("directory.change_alert", grant.id);
    return true;
}

void add_version_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "propose_change", "A department proposes other metadata for its locked entry and says why.",
        propose_change));
    operations.push_back(
        make_method("withdraw_change", "A department takes its proposal back.", withdraw_change));
    operations.push_back(make_method("apply_change",
                                     "An operator (for an operator's entry also a staffing office "
                                     "or an auditor) makes a proposal the next version; the first "
                                     "14 holders of live grants are alerted.",
                                     apply_change));
    operations.push_back(make_method(
        "tell_change", "Any member has the next 14 holders alerted of an entry's last change.",
        tell_change));
}

void add_version_queries(std::vector<Method>& queries) {
    queries.push_back(make_method("proposed_change",
                                  "The change of an entry that waits, by the "
                                  "entry's id.",
                                  query_proposed_change));
    queries.push_back(make_method("version", "A form that an entry had or has.", query_version));
    queries.push_back(
        make_method("versions", "The forms that an entry had before.", query_versions));
}

}  // namespace cityledger::ledger::directory
