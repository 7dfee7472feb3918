#pragma once
// Dates of the civil (Gregorian) calendar, without any clock. As text "YYYY-MM-DD".

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/result.hpp"
#include "ledger/contracts/calendar/calendar_codes.hpp"

namespace cityledger::ledger {

inline constexpr std::uint32_t k_date_bytes = 10;
inline constexpr std::uint32_t k_last_year = 9999;

/// A date that exists, in the years 1 to 9999.
struct CivilDate {
    std::uint32_t year = 1;
    std::uint32_t month = 1;
    std::uint32_t day = 1;

    auto operator<=>(const CivilDate&) const = default;
};

/// Exactly "YYYY-MM-DD" of a date that exists, else date_malformed.
[[nodiscard]] Result<CivilDate> parse_date(std::string_view text);

[[nodiscard]] std::string to_text(const CivilDate& date);
/// "YYYYMM" of a date in text form: the month in keys.
[[nodiscard]] std::string month_key(std::string_view date);

/// The day after; may leave the range of years by one day.
[[nodiscard]] CivilDate next_day(const CivilDate& date);
/// Days since the first day of year 1.
[[nodiscard]] std::uint32_t day_number(const CivilDate& date);
[[nodiscard]] bool is_weekend(const CivilDate& date);

}  // namespace cityledger::ledger
