#include "ledger/contracts/directory/requests.hpp"

#include <algorithm>
#include <set>

#include "crypto/check.hpp"
#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

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

Status check_shared(const Entry& entry) {
    if (entry.metadata.sharing == Sharing::not_shared) {
        return refuse(codes::directory_not_shared, entry.id);
    }
    return {};
}

Status check_request(Context& context, const RequestArguments& arguments, const Entry& entry) {
    if (entry.department == context.sender()) return refuse(codes::request_to_self, entry.id);
    if (const auto status = check_locked(entry); !status) return status;
    if (const auto status = check_shared(entry); !status) return status;
    if (const auto status = check_source(context, entry); !status) return status;
    if (const auto status = check_own_responsibility(context, arguments.responsibility); !status) {
        return status;
    }
    if (const auto status = check_not_succeeding(context, context.sender()); !status) {
        return status;
    }
    if (is_blank(arguments.purpose)) return refuse(codes::request_purpose_missing);
    if (is_blank(arguments.legal_basis)) return refuse(codes::request_basis_missing);
    if (const auto status = check_columns(arguments.columns, entry); !status) return status;
    if (arguments.frequency && is_too_frequent(*arguments.frequency, entry.metadata.update_cycle)) {
        return refuse(codes::request_too_frequent, entry.id);
    }
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

/// Without id and due day, not stored yet.
Request new_request(Context& context, const RequestArguments& arguments, const Entry& entry) {
    Request record;
    record.requester = context.sender();
    record.provider = entry.department;
    record.directory = entry.id;
    record.responsibility = arguments.responsibility;
    record.purpose = arguments.purpose;
    record.legal_basis = arguments.legal_basis;
    record.columns = arguments.columns;
    record.until_day = arguments.until_day;
    record.frequency = arguments.frequency;
    record.requested_on = calendar::current_day(context).date;
    record.told_version = entry.version;
    return record;
}

/// Unconditional sharing is approved by rule; all else waits for the provider.
Status begin(Context& context, Request& record, Sharing sharing) {
    context.emit("directory.requested", record.id);
    if (sharing == Sharing::unconditional) {
        record.status = RequestStatus::approved;
        record.replied_on = record.requested_on;
        context.emit("directory.approved", record.id);
        enter_live(context, record);
        return {};
    }
    return enter_open(context, record);
}

/// Data that stands on the city's platform already needs less time.
std::uint32_t reply_days(Context& context, const std::string& entry) {
    if (is_on_platform(context, entry)) return time_limits(context).platform_reply_days;
    const auto rules = context.load<Rules>(k_rules_key);
    CHECK_INVARIANT(rules.has_value());
    return rules->reply_days;
}

Result<RequestResult> request(Context& context, const RequestArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    const auto entry = find_entry(context, arguments.directory);
    if (!entry) return propagate(entry);
    if (const auto status = check_request(context, arguments, *entry); !status) {
        return propagate(status);
    }
    const auto due = calendar::day_after(context, reply_days(context, entry->id));
    if (!due) return propagate(due);
    const auto id = next_id(context, Kind::request);
    if (!id) return propagate(id);
    Request record = new_request(context, arguments, *entry);
    record.id = *id;
    record.deadline.due_ordinal = due->ordinal;
    const auto begun = begin(context, record, entry->metadata.sharing);
    if (!begun) return propagate(begun);
    store_request(context, record);
    context.put(Space::business, inbox_prefix(record.provider) + record.id, {});
    count(context, record.provider, &Score::requests_received);
    return RequestResult{record.id, record.status, due->date};
}

/// The request that the sender, its provider, may still answer.
Result<Request> answerable_request(Context& context, const std::string& id) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    auto record = find_request(context, id);
    if (!record) return record;
    if (const auto status = check_provider(context, *record); !status) return propagate(status);
    if (const auto status = check_unanswered(*record); !status) return propagate(status);
    return record;
}

/// Records the answer; late if the last day to reply has closed, marked overdue or not.
ReplyResult answer(Context& context, Request& record, RequestStatus status) {
    leave_open(context, record);
    record.status = status;
    record.replied_on = calendar::current_day(context).date;
    record.late = count_answer(context, record.provider, record.deadline);
    count(context, record.provider, record.late ? &Score::answered_late : &Score::answered_in_time);
    store_request(context, record);
    return {record.late};
}

Result<ReplyResult> approve(Context& context, const ApproveArguments& arguments) {
    auto record = answerable_request(context, arguments.request);
    if (!record) return propagate(record);
    if (const auto status = check_can_be_approved(context, *record); !status) {
        return propagate(status);
    }
    const auto entry = find_entry(context, record->directory);
    if (!entry) return propagate(entry);
    context.emit("directory.approved", record->id);
    tell_version(context, *record, *entry);
    enter_live(context, *record);
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

}  // namespace

Status check_provider(Context& context, const Request& record) {
    if (record.provider != context.sender()) {
        return refuse(codes::request_not_provider, record.id);
    }
    return {};
}

Status check_requester(Context& context, const Request& record) {
    if (record.requester != context.sender()) {
        return refuse(codes::request_not_requester, record.id);
    }
    return {};
}

Status check_unanswered(const Request& record) {
    if (record.status != RequestStatus::pending && record.status != RequestStatus::overdue) {
        return refuse(codes::request_already_answered, record.id);
    }
    return {};
}

Status check_source(Context& context, const Entry& entry) {
    if (const auto status = check_department(context, entry.department); !status) return status;
    if (const auto status = check_not_reformed(context, entry.department); !status) return status;
    const auto root = find_responsibility(context, entry.responsibility);
    return root ? check_active(*root) : propagate(root);
}

Status check_still_offered(const Request& record, const Entry& entry) {
    if (const auto status = check_shared(entry); !status) return status;
    std::set<std::string_view> known;
    for (const Item& item : entry.metadata.items) known.insert(item.name);
    for (const std::string& column : record.columns) {
        if (!known.contains(column)) {
            return refuse(codes::grant_column_gone, record.id + ": " + column);
        }
    }
    return {};
}

Status check_can_be_approved(Context& context, const Request& record) {
    const auto entry = find_entry(context, record.directory);
    if (!entry) return propagate(entry);
    if (const auto status = check_still_offered(record, *entry); !status) return status;
    if (const auto status = check_source(context, *entry); !status) return status;
    if (const auto status = check_department(context, record.requester); !status) return status;
    const auto own = find_responsibility(context, record.responsibility);
    if (!own) return propagate(own);
    if (const auto status = check_active(*own); !status) return status;
    if (record.until_day && *record.until_day < calendar::current_day(context).date) {
        return refuse(codes::request_expired, record.id + " until " + *record.until_day);
    }
    return {};
}

Status check_reason(const ReasonArguments& arguments) {
    if (is_blank(arguments.reason)) return refuse(codes::request_reason_missing, arguments.request);
    return {};
}

void add_request_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "request", "A department asks for columns of another department's locked entry.", request));
    operations.push_back(
        make_method("approve", "The provider approves a request, in time or late.", approve));
    operations.push_back(
        make_method("refuse", "The provider refuses a request and says why.", refuse_request));
}

}  // namespace cityledger::ledger::directory
