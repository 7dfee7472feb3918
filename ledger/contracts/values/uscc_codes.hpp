#pragma once
// Codes of unified social credit codes: 2050 to 2059.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_USCC_CODES(X) \
    X(uscc_wrong_length, 2050, refused, "a unified social credit code has 18 characters", "send the whole code without blanks") \
    X(uscc_bad_character, 2051, refused, "a character cannot stand at its place in a unified social credit code", "use digits and capital letters except I, O, S, V and Z") \
    X(uscc_bad_organisation_check, 2052, refused, "the check character of the organisation code (place 17) is wrong", "compare the code with the business licence") \
    X(uscc_bad_check, 2053, refused, "the check character at the end (place 18) is wrong", "compare the code with the business licence; a genuine one from before 2016 the tax bureau excepts by except_code") \
    X(code_exception_exists, 2054, refused, "the code is registered as an exception already", "nothing is to be done") \
    X(code_exception_not_needed, 2055, refused, "the code passes the checks, or is a tag and has none", "use it as it is")
// clang-format on

namespace cityledger::ledger {
CITYLEDGER_DEFINE_CODES(uscc_codes, CITYLEDGER_USCC_CODES)
}  // namespace cityledger::ledger
