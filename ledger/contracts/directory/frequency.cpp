// How often data is asked for, and which days count as one period.

#include "crypto/check.hpp"
#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/values/civil_date.hpp"

namespace cityledger::ledger::directory {
namespace {

constexpr std::uint32_t k_days_of_week = 7;
constexpr std::uint32_t k_months_of_year = 12;

/// Days between two updates, to compare with: a month counts as 30.
std::uint32_t days_between(UpdateCycle cycle) {
    switch (cycle) {
        case UpdateCycle::real_time: return 0;
        case UpdateCycle::daily: return 1;
        case UpdateCycle::weekly: return 7;
        case UpdateCycle::monthly: return 30;
        case UpdateCycle::quarterly: return 90;
        case UpdateCycle::yearly: break;
    }
    return 365;
}

}  // namespace

bool is_too_frequent(Frequency frequency, UpdateCycle cycle) {
    switch (frequency) {
        case Frequency::once: return false;
        case Frequency::real_time:
            return days_between(UpdateCycle::real_time) < days_between(cycle);
        case Frequency::daily: return days_between(UpdateCycle::daily) < days_between(cycle);
        case Frequency::weekly: return days_between(UpdateCycle::weekly) < days_between(cycle);
        case Frequency::monthly: break;
    }
    return days_between(UpdateCycle::monthly) < days_between(cycle);
}

std::uint32_t period_of(Frequency frequency, std::string_view date) {
    const auto day = parse_date(date);
    CHECK_INVARIANT(day.has_value());  // the calendar made it
    switch (frequency) {
        case Frequency::once: return 0;
        case Frequency::weekly: return day_number(*day) / k_days_of_week;  // day 0 was a Monday
        case Frequency::monthly: return day->year * k_months_of_year + day->month;
        case Frequency::daily:
        case Frequency::real_time: break;
    }
    return day_number(*day);
}

}  // namespace cityledger::ledger::directory
