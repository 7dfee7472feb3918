#include "ledger/contracts/calendar/calendar.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/membership/membership.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger {
namespace calendar {
namespace {

using membership::Role;

constexpr std::string_view k_today_key = "calendar/today";
constexpr std::string_view k_rules_key = "calendar/rules";
constexpr std::string_view k_proposal_key = "calendar/proposal";
/// The day of the first blockchain e-invoice.
constexpr std::string_view k_default_first_day = "2018-08-10";

/// Which days are business days. The holidays ascend.
struct Rules {
    bool weekends = false;
    std::vector<std::string> holidays;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("weekends", weekends), limited<k_max_holidays>("holidays", holidays));
    }
};

/// Who wants to close the open day.
struct Proposal {
    MemberId proposed_by;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("proposed_by", proposed_by));
    }
};

std::string closed_day_key(std::uint32_t ordinal) {
    return "calendar/closed/" + fixed_width(ordinal, 8);
}

bool is_open(const Rules& rules, const CivilDate& date) {
    if (!rules.weekends && is_weekend(date)) return false;
    return !std::binary_search(rules.holidays.begin(), rules.holidays.end(), to_text(date));
}

/// The first business day after `day`.
Result<BusinessDay> following(const Rules& rules, const BusinessDay& day) {
    const auto parsed = parse_date(day.date);
    CHECK_INVARIANT(parsed.has_value());
    CivilDate date = next_day(*parsed);
    while (date.year <= k_last_year && !is_open(rules, date)) date = next_day(date);
    if (date.year > k_last_year) return refuse(codes::calendar_exhausted, day.date);
    return BusinessDay{to_text(date), day.ordinal + 1};
}

Rules current_rules(Context& context) {
    auto rules = context.load<Rules>(k_rules_key);
    CHECK_INVARIANT(rules.has_value());
    return *std::move(rules);
}

/// The open day, if the text names it.
Result<BusinessDay> named_open_day(Context& context, const std::string& date) {
    if (const auto parsed = parse_date(date); !parsed) return propagate(parsed);
    BusinessDay today = current_day(context);
    if (today.date != date) {
        return refuse(codes::close_wrong_day, date + " was named, " + today.date + " is open");
    }
    return today;
}

Result<Nothing> propose_close(Context& context, const CloseArguments& arguments) {
    const auto sender =
        membership::require_any_role(context, {Role::chain_operator, Role::tax_bureau});
    if (!sender) return propagate(sender);
    const auto today = named_open_day(context, arguments.date);
    if (!today) return propagate(today);
    if (const auto proposal = context.load<Proposal>(k_proposal_key)) {
        return refuse(codes::close_already_proposed, "by " + proposal->proposed_by);
    }
    context.store(k_proposal_key, Proposal{sender->id});
    context.emit("calendar.close_proposed", today->date);
    return Nothing{};
}

Result<BusinessDay> countersign_close(Context& context, const CloseArguments& arguments) {
    if (const auto status = membership::require_role(context, Role::calendar_countersigner);
        !status) {
        return propagate(status);
    }
    const auto today = named_open_day(context, arguments.date);
    if (!today) return propagate(today);
    const auto proposal = context.load<Proposal>(k_proposal_key);
    if (!proposal) return refuse(codes::close_not_proposed, today->date);
    if (proposal->proposed_by == context.sender()) {
        return refuse(codes::close_same_signer, context.sender());
    }
    const auto next = following(current_rules(context), *today);
    if (!next) return next;
    context.store(closed_day_key(today->ordinal),
                  ClosedDay{today->date, today->ordinal, proposal->proposed_by, context.sender()});
    context.erase(Space::business, k_proposal_key);
    context.store(k_today_key, *next);
    context.emit("calendar.day_closed", today->date);
    return next;
}

Result<TodayResult> query_today(Context& context, const Nothing&) {
    const BusinessDay today = current_day(context);
    TodayResult result{today.date, today.ordinal, std::nullopt};
    if (const auto proposal = context.load<Proposal>(k_proposal_key)) {
        result.close_proposed_by = proposal->proposed_by;
    }
    return result;
}

Status initialise(Context& context, const boost::json::value& json) {
    GenesisSection section;
    if (!json.is_null()) {
        auto read = from_json<GenesisSection>(json);
        if (!read) return propagate(read);
        section = *std::move(read);
    }
    Rules rules;
    rules.weekends = section.weekends.value_or(false);
    if (section.holidays) rules.holidays = *std::move(section.holidays);
    for (const std::string& holiday : rules.holidays) {
        if (const auto date = parse_date(holiday); !date) return propagate(date);
    }
    std::sort(rules.holidays.begin(), rules.holidays.end());
    const std::string text = section.first_day.value_or(std::string(k_default_first_day));
    const auto first = parse_date(text);
    if (!first) return propagate(first);
    if (!is_open(rules, *first)) return refuse(codes::first_day_not_open, text);
    context.store(k_rules_key, rules);
    context.store(k_today_key, BusinessDay{text, 1});
    return {};
}

}  // namespace

BusinessDay current_day(Context& context) {
    auto today = context.load<BusinessDay>(k_today_key);
    CHECK_INVARIANT(today.has_value());  // the genesis wrote it
    return *std::move(today);
}

Result<BusinessDay> day_after(Context& context, std::uint32_t count) {
    const Rules rules = current_rules(context);
    BusinessDay day = current_day(context);
    for (std::uint32_t i = 0; i < count; ++i) {
        auto next = following(rules, day);
        if (!next) return next;
        day = *std::move(next);
    }
    return day;
}

}  // namespace calendar

Contract make_calendar_contract() {
    using namespace calendar;
    Contract contract;
    contract.name = "calendar";
    contract.codes = {codes::calendar_codes};
    contract.operations = {
        make_method("propose_close",
                    "An operator or the tax bureau proposes to close the open business day.",
                    propose_close),
        make_method("countersign_close",
                    "Another member, a calendar_countersigner, closes the day; the next one opens.",
                    countersign_close),
    };
    contract.queries = {
        make_method("today", "The business day that is open, and who has proposed to close it.",
                    query_today),
    };
    contract.initialise = initialise;
    return contract;
}

}  // namespace cityledger::ledger
