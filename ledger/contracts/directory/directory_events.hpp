#pragma once
// Every event that the directory contract tells.

#include <string_view>

namespace cityledger::ledger {

inline constexpr std::string_view k_directory_events[] = {
    "directory.acknowledged",
    "directory.alerts_waiting",
    "directory.approved",
    "directory.change_alert",
    "directory.change_applied",
    "directory.change_proposed",
    "directory.change_withdrawn",
    "directory.changed",
    "directory.closed",
    "directory.corrected",
    "directory.delivered",
    "directory.digest_mismatch",
    "directory.draft",
    "directory.escalated",
    "directory.lock_proposed",
    "directory.locked",
    "directory.objection",
    "directory.objection_escalated",
    "directory.objection_overdue",
    "directory.objection_rejected",
    "directory.objection_withdrawn",
    "directory.overdue",
    "directory.reform_decided",
    "directory.reform_finished",
    "directory.refused",
    "directory.requested",
    "directory.responsibility_approved",
    "directory.responsibility_refused",
    "directory.responsibility_registered",
    "directory.responsibility_withdrawn",
    "directory.revoked",
    "directory.system_registered",
    "directory.system_retired",
    "directory.table_changed",
    "directory.table_registered",
    "directory.table_retired",
    "directory.table_sound",
    "directory.table_suspect",
};

}  // namespace cityledger::ledger
