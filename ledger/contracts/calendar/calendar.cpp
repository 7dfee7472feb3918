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
/// Written only if the genesis names such days.
constexpr std::string_view k_workdays_key = "calendar/workdays";
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

/// The weekend days that are business days (调休), ascending.
struct Workdays {
    std::vector<std::string> dates;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_workdays>("dates", dates));
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

/// All that says which days are business days.
struct DayRules {
    Rules rules;
    Workdays workdays;
};

bool names(const std::vector<std::string>& ascending, const CivilDate& date) {
    return std::binary_search(ascending.begin(), ascending.end(), to_text(date));
}

bool is_open(const DayRules& days, const CivilDate& date) {
    if (!days.rules.weekends && is_weekend(date)) return names(days.workdays.dates, date);
    return !names(days.rules.holidays, date);
}

/// The first business day after `day`.
Result<BusinessDay> following(const DayRules& days, const BusinessDay& day) {
    const auto parsed = parse_date(day.date);
    CHECK_INVARIANT(parsed.has_value());
    CivilDate date = next_day(*parsed);
    while (date.year <= k_last_year && !is_open(days, date)) date = next_day(date);
    if (date.year > k_last_year) return refuse(codes::calendar_exhausted, day.date);
    return BusinessDay{to_text(date), day.ordinal + 1};
}

DayRules current_rules(Context& context) {
    auto rules = context.load<Rules>(k_rules_key);
    CHECK_INVARIANT(rules.has_value());
    return {*std::move(rules), context.load<Workdays>(k_workdays_key).value_or(Workdays{})};
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

/// The proposal to close the open day, which the text names.
Result<Proposal> open_proposal(Context& context, const std::string& date) {
    const auto today = named_open_day(context, date);
    if (!today) return propagate(today);
    auto proposal = context.load<Proposal>(k_proposal_key);
    if (!proposal) return refuse(codes::close_not_proposed, date);
    return *std::move(proposal);
}

/// Still a member with a role that proposes.
bool may_propose(Context& context, const MemberId& id) {
    const auto member = membership::find_member(context, id);
    return member && member->status == membership::MemberStatus::active &&
           (member->has_role(Role::chain_operator) || member->has_role(Role::tax_bureau));
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

/// Also another one than the proposer: who proposed may be gone, or be the only countersigner.
Result<Nothing> withdraw_close(Context& context, const CloseArguments& arguments) {
    const auto sender =
        membership::require_any_role(context, {Role::chain_operator, Role::tax_bureau});
    if (!sender) return propagate(sender);
    const auto proposal = open_proposal(context, arguments.date);
    if (!proposal) return propagate(proposal);
    context.erase(Space::business, k_proposal_key);
    context.emit("calendar.close_withdrawn", arguments.date);
    return Nothing{};
}

Result<BusinessDay> countersign_close(Context& context, const CloseArguments& arguments) {
    if (const auto status = membership::require_role(context, Role::calendar_countersigner);
        !status) {
        return propagate(status);
    }
    const auto proposal = open_proposal(context, arguments.date);
    if (!proposal) return propagate(proposal);
    if (proposal->proposed_by == context.sender()) {
        return refuse(codes::close_same_signer, context.sender());
    }
    if (!may_propose(context, proposal->proposed_by)) {
        return refuse(codes::close_proposer_gone, proposal->proposed_by);
    }
    const BusinessDay today = current_day(context);
    const auto next = following(current_rules(context), today);
    if (!next) return next;
    context.store(closed_day_key(today.ordinal),
                  ClosedDay{today.date, today.ordinal, proposal->proposed_by, context.sender()});
    context.erase(Space::business, k_proposal_key);
    context.store(k_today_key, *next);
    context.emit("calendar.day_closed", today.date);
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

/// In ascending order, each a date that exists.
Result<std::vector<std::string>> sorted_dates(std::vector<std::string> dates) {
    for (const std::string& text : dates) {
        if (const auto date = parse_date(text); !date) return propagate(date);
    }
    std::sort(dates.begin(), dates.end());
    return dates;
}

Result<DayRules> read_rules(GenesisSection section) {
    DayRules days;
    days.rules.weekends = section.weekends.value_or(false);
    auto holidays = sorted_dates(std::move(section.holidays).value_or(std::vector<std::string>{}));
    if (!holidays) return propagate(holidays);
    days.rules.holidays = *std::move(holidays);
    auto workdays = sorted_dates(std::move(section.workdays).value_or(std::vector<std::string>{}));
    if (!workdays) return propagate(workdays);
    for (const std::string& text : *workdays) {
        const auto date = parse_date(text);
        if (!is_weekend(*date)) return refuse(codes::workday_not_weekend, text);
        if (names(days.rules.holidays, *date)) return refuse(codes::workday_is_holiday, text);
    }
    days.workdays.dates = *std::move(workdays);
    return days;
}

Status initialise(Context& context, const boost::json::value& json) {
    GenesisSection section;
    if (!json.is_null()) {
        auto read = from_json<GenesisSection>(json);
        if (!read) return propagate(read);
        section = *std::move(read);
    }
    const std::string text = section.first_day.value_or(std::string(k_default_first_day));
    const auto days = read_rules(std::move(section));
    if (!days) return propagate(days);
    const auto first = parse_date(text);
    if (!first) return propagate(first);
    if (!is_open(*days, *first)) return refuse(codes::first_day_not_open, text);
    context.store(k_rules_key, days->rules);
    if (!days->workdays.dates.empty()) context.store(k_workdays_key, days->workdays);
    context.store(k_today_key, BusinessDay{text, 1});
    return {};
}

}  // namespace

std::string closed_date(Context& context, std::uint32_t ordinal) {
    const auto day = context.load<ClosedDay>(closed_day_key(ordinal));
    CHECK_INVARIANT(day.has_value());  // each day before the open one is recorded
    return day->date;
}

BusinessDay current_day(Context& context) {
    auto today = context.load<BusinessDay>(k_today_key);
    CHECK_INVARIANT(today.has_value());  // the genesis wrote it
    return *std::move(today);
}

Result<BusinessDay> day_after(Context& context, std::uint32_t count) {
    const DayRules rules = current_rules(context);
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
        make_method("withdraw_close",
                    "An operator or the tax bureau withdraws the proposal to close the open day.",
                    withdraw_close),
        make_method("countersign_close",
                    "Another member, a calendar_countersigner, closes the day; the next one opens.",
                    countersign_close),
    };
    contract.queries = {
        make_query("today", "The business day that is open, and who has proposed to close it.",
                   anybody(), query_today),
    };
    contract.initialise = initialise;
    return contract;
}

}  // namespace cityledger::ledger
