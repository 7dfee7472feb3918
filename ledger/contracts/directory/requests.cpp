#include "ledger/contracts/directory/requests.hpp"

#include <algorithm>
#include <set>

#include "crypto/check.hpp"
#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::require_role;
using membership::Role;

constexpr std::string_view k_due_prefix = "directory/due/";
constexpr std::size_t k_max_remaining_counted = 100;

Status check_columns(const std::vector<std::string>& columns, const Entry& entry) {
    if (columns.empty()) return refuse(codes::request_columns_missing, entry.id);
    std::set<std::string_view> known;
    for (const Item& item : entry.metadata.items) known.insert(item.name);
    std::set<std::string_view> named;
    for (const std::string& column : columns) {
        if (!known.contains(column)) return refuse(codes::request_column_unknown, column);
        if (!named.insert(column).second) return refuse(codes::request_column_repeated, column);
    }
    return {};
}

Status check_request(Context& context, const RequestArguments& arguments, const Entry& entry) {
    if (entry.department == context.sender()) return refuse(codes::request_to_self, entry.id);
    if (entry.status != EntryStatus::locked) return refuse(codes::directory_not_locked, entry.id);
    if (entry.metadata.sharing == Sharing::not_shared) {
        return refuse(codes::directory_not_shared, entry.id);
    }
    if (const auto status = check_own_responsibility(context, arguments.responsibility); !status) {
        return status;
    }
    if (arguments.purpose.empty()) return refuse(codes::request_purpose_missing);
    if (arguments.legal_basis.empty()) return refuse(codes::request_basis_missing);
    if (const auto status = check_columns(arguments.columns, entry); !status) return status;
    if (arguments.until_day) {
        if (const auto date = parse_date(*arguments.until_day); !date) return propagate(date);
        // Dates of one fixed width: the order of texts is the order of days.
        if (*arguments.until_day < calendar::current_day(context).date) {
            return refuse(codes::request_until_past, *arguments.until_day);
        }
    }
    return {};
}

void store_request(Context& context, const Request& record) {
    context.store(record_key(Kind::request, record.id), record);
}

Result<RequestResult> request(Context& context, const RequestArguments& arguments) {
    if (const auto status = require_role(context, Role::department); !status) {
        return propagate(status);
    }
    const auto entry = find_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (const auto status = check_request(context, arguments, *entry); !status) {
        return propagate(status);
    }
    const auto rules = context.load<Rules>(k_rules_key);
    CHECK_INVARIANT(rules.has_value());
    const auto due = calendar::day_after(context, rules->reply_days);
    if (!due) return propagate(due);
    const auto id = next_id(context, context.sender(), Kind::request);
    if (!id) return propagate(id);
    Request record;
    record.id = *id;
    record.requester = context.sender();
    record.provider = entry->department;
    record.directory = entry->id;
    record.responsibility = arguments.responsibility;
    record.purpose = arguments.purpose;
    record.legal_basis = arguments.legal_basis;
    record.columns = arguments.columns;
    record.until_day = arguments.until_day;
    record.requested_on = calendar::current_day(context).date;
    record.due_ordinal = due->ordinal;
    context.emit("directory.requested", record.id);
    if (entry->metadata.sharing == Sharing::unconditional) {
        record.status = RequestStatus::approved;
        record.replied_on = record.requested_on;
        context.emit("directory.approved", record.id);
    } else {
        context.put(Space::business, due_key(record), {});
    }
    store_request(context, record);
    context.put(Space::derived, inbox_prefix(record.provider) + record.id, {});
    return RequestResult{record.id, record.status, due->date};
}

/// The request that the sender, its provider, may still answer.
Result<Request> answerable_request(Context& context, const std::string& id) {
    if (const auto status = require_role(context, Role::department); !status) {
        return propagate(status);
    }
    auto record = find_request(context, id);
    if (!record) return record;
    if (const auto status = check_provider(context, *record); !status) return propagate(status);
    if (record->status != RequestStatus::pending && record->status != RequestStatus::overdue) {
        return refuse(codes::request_already_answered, id);
    }
    return record;
}

/// Records the answer; late if the last day to reply has closed, marked overdue or not.
ReplyResult answer(Context& context, Request& record, RequestStatus status) {
    const calendar::BusinessDay today = calendar::current_day(context);
    if (record.status == RequestStatus::pending) {
        context.erase(Space::business, due_key(record));
    }
    record.status = status;
    record.replied_on = today.date;
    record.late = today.ordinal > record.due_ordinal;
    store_request(context, record);
    return {record.late};
}

Result<ReplyResult> approve(Context& context, const ApproveArguments& arguments) {
    auto record = answerable_request(context, arguments.request);
    if (!record) return propagate(record);
    context.emit("directory.approved", record->id);
    return answer(context, *record, RequestStatus::approved);
}

Result<ReplyResult> refuse_request(Context& context, const ReasonArguments& arguments) {
    auto record = answerable_request(context, arguments.request);
    if (!record) return propagate(record);
    if (const auto status = check_reason(arguments); !status) return propagate(status);
    record->reason = arguments.reason;
    context.emit("directory.refused", record->id);
    return answer(context, *record, RequestStatus::refused);
}

/// Those requests without a reply whose last day has closed, oldest first.
std::vector<std::string> closed_due_keys(Context& context, std::size_t limit) {
    const std::string open_day =
        std::string(k_due_prefix) + fixed_width(calendar::current_day(context).ordinal, 8);
    std::vector<std::string> keys;
    for (auto& [key, value] : context.scan(Space::business, k_due_prefix, k_due_prefix, limit)) {
        if (key >= open_day) break;
        keys.push_back(std::move(key));
    }
    return keys;
}

Result<MarkOverdueResult> mark_overdue(Context& context, const MarkOverdueArguments& arguments) {
    const auto sender = membership::require_member(context, context.sender());
    if (!sender) return propagate(sender);
    if (arguments.limit == 0 || arguments.limit > k_max_overdue_per_operation) {
        return refuse(codes::overdue_limit_out_of_range, std::to_string(arguments.limit));
    }
    const auto keys = closed_due_keys(context, arguments.limit + k_max_remaining_counted);
    MarkOverdueResult result;
    // "directory/due/", eight digits, "/", then the id.
    constexpr std::size_t id_begin = k_due_prefix.size() + 8 + 1;
    for (const std::string& key : keys) {
        if (result.marked == arguments.limit) break;
        auto record = find_request(context, key.substr(id_begin));
        CHECK_INVARIANT(record && record->status == RequestStatus::pending);
        record->status = RequestStatus::overdue;
        store_request(context, *record);
        context.erase(Space::business, key);
        context.emit("directory.overdue", record->id);
        ++result.marked;
    }
    result.remaining = static_cast<std::uint32_t>(keys.size()) - result.marked;
    return result;
}

}  // namespace

Status check_provider(Context& context, const Request& record) {
    if (record.provider != context.sender()) {
        return refuse(codes::request_not_provider, record.id);
    }
    return {};
}

Status check_reason(const ReasonArguments& arguments) {
    if (arguments.reason.empty()) return refuse(codes::request_reason_missing, arguments.request);
    return {};
}

void add_request_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "request", "A department asks for columns of another department's locked entry.", request));
    operations.push_back(
        make_method("approve", "The provider approves a request, in time or late.", approve));
    operations.push_back(
        make_method("refuse", "The provider refuses a request and says why.", refuse_request));
    operations.push_back(
        make_method("mark_overdue", "Any member marks requests whose last day to reply has closed.",
                    mark_overdue));
}

}  // namespace cityledger::ledger::directory
