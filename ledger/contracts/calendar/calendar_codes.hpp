#pragma once
// Codes of the calendar contract: 2100 to 2199.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_CALENDAR_CODES(X) \
    X(date_malformed, 2100, refused, "the text is not a date that exists", "write it as YYYY-MM-DD") \
    X(close_wrong_day, 2101, refused, "the date is not the current business day", "ask the query `today` for the day that is open") \
    X(close_not_proposed, 2102, refused, "nobody has proposed to close this day", "let an operator or the tax bureau send propose_close first") \
    X(close_already_proposed, 2103, refused, "the close of this day is proposed already", "countersign it, or withdraw_close") \
    X(close_same_signer, 2104, refused, "the close must be countersigned by another member than the one who proposed it", "let another calendar_countersigner send it, or withdraw_close and let another member propose") \
    X(first_day_not_open, 2105, refused, "the first day of the genesis is a weekend or a holiday", "start on a business day") \
    X(calendar_exhausted, 2106, refused, "no business day follows within the years that the calendar knows", "check the holidays of the genesis") \
    X(workday_not_weekend, 2107, refused, "a make-up working day is no Saturday and no Sunday", "name weekend days only in the workdays of the genesis") \
    X(workday_is_holiday, 2108, refused, "a day is both a make-up working day and a holiday", "name the day once in the genesis") \
    X(close_proposer_gone, 2109, refused, "who proposed the close is no operator or tax bureau any more", "withdraw_close and propose it again")
// clang-format on

namespace cityledger::ledger {
CITYLEDGER_DEFINE_CODES(calendar_codes, CITYLEDGER_CALENDAR_CODES)
}  // namespace cityledger::ledger
