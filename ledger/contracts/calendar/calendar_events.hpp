#pragma once
// Every event that the calendar contract tells.

#include <string_view>

namespace cityledger::ledger {

inline constexpr std::string_view k_calendar_events[] = {
    "calendar.close_proposed",
    "calendar.close_withdrawn",
    "calendar.day_closed",
};

}  // namespace cityledger::ledger
