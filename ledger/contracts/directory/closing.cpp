// What becomes of requests that nobody answers: overdue when the day closes, or closed.

#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::require_role;
using membership::Role;

constexpr std::string_view k_told_key = "directory/told";
constexpr std::size_t k_max_remaining_counted = 100;
/// Eight digits and "/".
constexpr std::size_t k_day_bytes = 9;

/// The last place given to a request among those that a close tells of. Due days do not go back,
/// so the places are given in order.
struct Told {
    std::uint32_t ordinal = 0;
    std::uint32_t used = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("ordinal", ordinal), field("used", used));
    }
};

/// The day whose close has a place for this request: its own due day, or the next one with a place.
std::uint32_t place_in_a_close(Context& context, std::uint32_t due_ordinal) {
    Told told = context.load<Told>(k_told_key).value_or(Told{});
    if (due_ordinal > told.ordinal) told = {due_ordinal, 0};
    if (told.used == k_max_overdue_per_close) told = {told.ordinal + 1, 0};
    ++told.used;
    context.store(k_told_key, told);
    return told.ordinal;
}

std::string due_day(std::uint32_t ordinal) {
    return std::string(k_due_prefix) + fixed_width(ordinal, 8) + "/";
}

/// The id in a key of due_key.
std::string id_in(const std::string& key) {
    return key.substr(k_due_prefix.size() + 2 * k_day_bytes);
}

/// Of requests that are overdue and that no close has told of yet, oldest first.
std::vector<std::string> untold_keys(Context& context, std::size_t limit) {
    const std::uint32_t today = calendar::current_day(context).ordinal;
    const std::string open_day = fixed_width(today, 8);
    std::vector<std::string> keys;
    for (auto& [key, value] : context.scan(Space::business, k_due_prefix, due_day(today), limit)) {
        if (key.substr(k_due_prefix.size() + k_day_bytes, 8) >= open_day) break;
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
    const auto keys = untold_keys(context, arguments.limit + k_max_remaining_counted);
    MarkOverdueResult result;
    for (const std::string& key : keys) {
        if (result.marked == arguments.limit) break;
        context.erase(Space::business, key);
        context.emit("directory.overdue", id_in(key));
        ++result.marked;
    }
    result.remaining = static_cast<std::uint32_t>(keys.size()) - result.marked;
    return result;
}

/// The requester may take its request back; an operator ends what nobody can approve any more.
Status check_may_close(Context& context, const Request& record) {
    if (record.requester == context.sender()) return require_role(context, Role::department);
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
    const std::string closed = due_day(calendar::current_day(context).ordinal - 1);
    for (const auto& [key, value] :
         context.scan(Space::business, closed, closed, k_max_overdue_per_close)) {
        context.emit("directory.overdue", id_in(key));
    }
    for (const auto& [key, value] : context.scan(Space::business, k_telling_prefix,
                                                 k_telling_prefix, k_max_tellings_per_close)) {
        context.emit("directory.alerts_waiting", key.substr(k_telling_prefix.size()));
    }
}

Status enter_open(Context& context, Request& record) {
    const std::string key = open_key(record);
    if (const auto same = context.load<IdResult>(key)) {
        return refuse(codes::request_already_open, same->id);
    }
    context.store(key, IdResult{record.id});
    record.told_ordinal = place_in_a_close(context, record.due_ordinal);
    context.put(Space::business, due_key(record), {});
    return {};
}

void leave_open(Context& context, const Request& record) {
    context.erase(Space::business, open_key(record));
    context.erase(Space::business, due_key(record));
}

void add_closing_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "mark_overdue", "Any member has overdue requests told that no close has told of yet.",
        mark_overdue));
    operations.push_back(make_method("close_request",
                                     "The requester takes back a request without a reply, or an "
                                     "operator ends one that can no longer be approved.",
                                     close_request));
}

}  // namespace cityledger::ledger::directory
