#pragma once
// Every event that the membership contract tells.

#include <string_view>

namespace cityledger::ledger {

inline constexpr std::string_view k_membership_events[] = {
    "membership.code_excepted", "membership.enrolled",     "membership.key_proposed",
    "membership.key_replaced",  "membership.key_rotated",  "membership.revoked",
    "membership.role_granted",  "membership.role_revoked",
};

}  // namespace cityledger::ledger
