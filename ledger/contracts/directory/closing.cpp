// What becomes of requests that nobody answers: overdue when the day closes, or closed.

#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::require_role;
using membership::Role;

constexpr std::size_t k_max_remaining_counted = 100;

Result<MarkOverdueResult> mark_overdue(Context& context, const MarkOverdueArguments& arguments) {
    const auto sender = membership::require_member(context, context.sender());
    if (!sender) return propagate(sender);
    if (arguments.limit == 0 || arguments.limit > k_max_overdue_per_operation) {
        return refuse(codes::overdue_limit_out_of_range, std::to_string(arguments.limit));
    }
    const auto keys = untold_keys(context, arguments.limit + k_max_remaining_counted);
    MarkOverdueResult result;
    for (const std::string& key : keys) {
        if (result.marked == arguments.limit) break;
        context.erase(Space::business, key);
        tell_waiting(context, key);
        ++result.marked;
    }
    result.remaining = static_cast<std::uint32_t>(keys.size()) - result.marked;
    return result;
}

/// The requester may take its request back; an operator ends what nobody can approve any more.
Status check_may_close(Context& context, const Request& record) {
    if (record.requester == context.sender()) return require_department(context);
    if (const auto status = require_role(context, Role::chain_operator); !status) return status;
    if (check_can_be_approved(context, record)) {
        return refuse(codes::request_not_closable, record.id);
    }
    return {};
}

Result<Nothing> close_request(Context& context, const ReasonArguments& arguments) {
    auto record = find_request(context, arguments.request);
    if (!record) return propagate(record);
    if (const auto status = check_may_close(context, *record); !status) return propagate(status);
    if (const auto status = check_unanswered(*record); !status) return propagate(status);
    if (const auto status = check_reason(arguments); !status) return propagate(status);
    leave_open(context, *record);
    record->status = RequestStatus::closed;
    record->reason = arguments.reason;
    context.store(record_key(Kind::request, record->id), *record);
    context.emit("directory.closed", record->id);
    return Nothing{};
}

}  // namespace

void alert_overdue(Context& context, std::string_view event, std::string_view) {
    if (event != "calendar.day_closed") return;
    tell_overdue(context);
    for (const auto& [key, value] : context.scan(Space::business, k_telling_prefix,
                                                 k_telling_prefix, k_max_tellings_per_close)) {
        context.emit("directory.alerts_waiting", key.substr(k_telling_prefix.size()));
    }
}

Waiting waiting_for(const Request& record) {
    return {record.id, record.provider, "overdue", "escalated"};
}

Status enter_open(Context& context, Request& record) {
    const std::string key = open_key(record);
    if (const auto same = context.load<IdResult>(key)) {
        return refuse(codes::request_already_open, same->id);
    }
    context.store(key, IdResult{record.id});
    begin_waiting(context, waiting_for(record), record.deadline);
    return {};
}

void leave_open(Context& context, const Request& record) {
    context.erase(Space::business, open_key(record));
    end_waiting(context, waiting_for(record), record.deadline);
}

void add_closing_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "mark_overdue",
        "Any member has overdue requests and objections told that no close has told of yet.",
        mark_overdue));
    operations.push_back(make_method("close_request",
                                     "The requester takes back a request without a reply, or an "
                                     "operator ends one that can no longer be approved.",
                                     close_request));
}

}  // namespace cityledger::ledger::directory
