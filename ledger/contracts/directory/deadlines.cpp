// Who has to answer by when, and what the close of a day tells of those who did not.
//
// What is told is placed in a close when the waiting begins, since a close writes nothing of the
// directory's: the day that it is due on, or the next one with a place.

#include "ledger/contracts/directory/deadlines.hpp"

#include <algorithm>

#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger::directory {
namespace {

constexpr std::string_view k_due_prefix = "directory/due/";
constexpr std::string_view k_places_prefix = "directory/places/";
constexpr std::string_view k_last_place_key = "directory/last_place";
/// Days that are looked at for a place before the end of the queue is taken.
constexpr std::size_t k_max_days_looked_at = 64;
/// Places that one call looks through for what is overdue and not told.
constexpr std::size_t k_max_places_looked_at = 256;
/// A day and "/".
constexpr std::size_t k_day_bytes = k_ordinal_digits + 1;

std::string day_text(std::uint32_t ordinal) { return fixed_width(ordinal, k_ordinal_digits); }

/// Of the text that day_text wrote.
std::uint32_t ordinal_of(std::string_view text) {
    std::uint32_t ordinal = 0;
    for (const char digit : text) ordinal = ordinal * 10 + static_cast<std::uint32_t>(digit - '0');
    return ordinal;
}

/// A count of places, or the last day that has any.
struct Number {
    std::uint32_t value = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("value", value));
    }
};

std::uint32_t load_number(Context& context, std::string_view key) {
    return context.load<Number>(key).value_or(Number{}).value;
}

std::string places_key(std::uint32_t day) { return std::string(k_places_prefix) + day_text(day); }

/// The first day from `due` on whose close has a place, which is taken.
std::uint32_t take_place(Context& context, std::uint32_t due) {
    std::uint32_t day = due;
    for (const auto& [key, value] :
         context.scan(Space::business, k_places_prefix, places_key(due), k_max_days_looked_at)) {
        const bool full = Context::decode_record<Number>(value).value >= k_max_overdue_per_close;
        if (key != places_key(day) || !full) break;
        ++day;
    }
    const std::uint32_t last = load_number(context, k_last_place_key);
    if (day == due + k_max_days_looked_at) day = std::max(day, last);
    std::uint32_t used = load_number(context, places_key(day));
    if (used >= k_max_overdue_per_close) {  // then it is the last, and the next day is free
        ++day;
        used = 0;
    }
    context.store(places_key(day), Number{used + 1});
    if (day > last) context.store(k_last_place_key, Number{day});
    return day;
}

/// "directory/due/00000012/00000011/overdue/AF/Q00001": told by the close of the first day, due on
/// the second.
std::string due_key(std::uint32_t told, std::uint32_t due, std::string_view word,
                    const std::string& id) {
    return std::string(k_due_prefix) + day_text(told) + "/" + day_text(due) + "/" +
           std::string(word) + "/" + id;
}

std::string waiting_prefix(const MemberId& provider) {
    return "directory/waiting/" + provider + "/";
}

std::string waiting_key(const Waiting& waiting, const Deadline& deadline) {
    return waiting_prefix(waiting.provider) + day_text(deadline.escalation_ordinal) + "/" +
           waiting.id;
}

std::string tally_key(const MemberId& provider) { return "directory/tally/" + provider; }

}  // namespace

void begin_waiting(Context& context, const Waiting& waiting, Deadline& deadline) {
    deadline.escalation_ordinal = deadline.due_ordinal + time_limits(context).escalate_days;
    deadline.told_ordinal = take_place(context, deadline.due_ordinal);
    deadline.escalation_told_ordinal = take_place(context, deadline.escalation_ordinal);
    const auto enter = [&](const std::string& key) { context.put(Space::business, key, {}); };
    enter(due_key(deadline.told_ordinal, deadline.due_ordinal, waiting.overdue, waiting.id));
    enter(due_key(deadline.escalation_told_ordinal, deadline.escalation_ordinal, waiting.escalated,
                  waiting.id));
    enter(waiting_key(waiting, deadline));
}

void end_waiting(Context& context, const Waiting& waiting, const Deadline& deadline) {
    const auto leave = [&](const std::string& key) { context.erase(Space::business, key); };
    leave(due_key(deadline.told_ordinal, deadline.due_ordinal, waiting.overdue, waiting.id));
    leave(due_key(deadline.escalation_told_ordinal, deadline.escalation_ordinal, waiting.escalated,
                  waiting.id));
    leave(waiting_key(waiting, deadline));
    count_silence(context, waiting.provider, deadline.due_ordinal, deadline.escalation_ordinal);
}

void pass_waiting(Context& context, const Waiting& waiting, const MemberId& successor,
                  const Deadline& deadline) {
    context.erase(Space::business, waiting_key(waiting, deadline));
    Waiting passed = waiting;
    passed.provider = successor;
    context.put(Space::business, waiting_key(passed, deadline), {});
}

std::vector<std::uint32_t> waiting_escalations(Context& context, const MemberId& provider) {
    const std::string prefix = waiting_prefix(provider);
    std::vector<std::uint32_t> ordinals;
    for (const auto& [key, value] :
         context.scan(Space::business, prefix, prefix, k_max_waiting_counted)) {
        ordinals.push_back(ordinal_of(key.substr(prefix.size(), k_ordinal_digits)));
    }
    return ordinals;
}

bool count_answer(Context& context, const MemberId& provider, const Deadline& deadline) {
    const std::uint32_t today = calendar::current_day(context).ordinal;
    auto tally = context.load<Tally>(tally_key(provider)).value_or(Tally{});
    ++tally.answered;
    if (today > deadline.due_ordinal) ++tally.late;
    if (today > deadline.escalation_ordinal) ++tally.escalated;
    context.store(tally_key(provider), tally);
    return today > deadline.due_ordinal;
}

void tell_overdue(Context& context) {
    const std::uint32_t closed = calendar::current_day(context).ordinal - 1;
    const std::string prefix = std::string(k_due_prefix) + day_text(closed) + "/";
    for (const auto& [key, value] :
         context.scan(Space::business, prefix, prefix, k_max_overdue_per_close)) {
        tell_waiting(context, key);
    }
}

void tell_waiting(Context& context, const std::string& key) {
    const std::string_view rest =
        std::string_view(key).substr(k_due_prefix.size() + 2 * k_day_bytes);
    const std::size_t slash = rest.find('/');
    context.emit("directory." + std::string(rest.substr(0, slash)), rest.substr(slash + 1));
}

std::vector<std::string> untold_keys(Context& context, std::size_t limit) {
    const std::string today = day_text(calendar::current_day(context).ordinal);
    std::vector<std::string> keys;
    for (auto& [key, value] :
         context.scan(Space::business, k_due_prefix, std::string(k_due_prefix) + today,
                      k_max_places_looked_at)) {
        const bool is_over =
            key.substr(k_due_prefix.size() + k_day_bytes, k_ordinal_digits) < today;
        if (is_over && keys.size() < limit) keys.push_back(std::move(key));
    }
    return keys;
}

Standing standing_of(Context& context, const MemberId& provider) {
    const std::uint32_t today = calendar::current_day(context).ordinal;
    Standing standing;
    standing.tally = context.load<Tally>(tally_key(provider)).value_or(Tally{});
    for (const std::uint32_t escalation : waiting_escalations(context, provider)) {
        ++standing.waiting;
        if (escalation < today) ++standing.waiting_escalated;
    }
    return standing;
}

}  // namespace cityledger::ledger::directory
