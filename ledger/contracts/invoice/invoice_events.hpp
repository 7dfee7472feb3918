#pragma once
// Every event that the invoice contract tells.

#include <string_view>

namespace cityledger::ledger {

inline constexpr std::string_view k_invoice_events[] = {
    "invoice.abnormal",
    "invoice.admitted",
    "invoice.booked",
    "invoice.disclosed",
    "invoice.disclosure_ordered",
    "invoice.frozen",
    "invoice.issued",
    "invoice.locked",
    "invoice.mandate_revoked",
    "invoice.mandated",
    "invoice.offered",
    "invoice.quota_set",
    "invoice.quota_warning",
    "invoice.red",
    "invoice.red_after_book",
    "invoice.red_confirmed",
    "invoice.renewed",
    "invoice.transferred",
    "invoice.unfrozen",
    "invoice.unlocked",
    "risk.abnormal_seller",
    "risk.burst_under_cap",
    "risk.cap_on_first_day",
    "risk.circular_trade",
    "risk.many_headers",
    "risk.outside_scope",
    "risk.red_after_booking",
    "risk.self_dealing",
};

}  // namespace cityledger::ledger
