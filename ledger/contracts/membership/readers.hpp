#pragma once
// Who may ask a query, by membership: for all contracts.

#include "ledger/contracts/membership/membership.hpp"

namespace cityledger::ledger::membership {

/// The sender of a query, if it is an active member.
[[nodiscard]] std::optional<Member> asking_member(Context& context);

/// Whether an active member with one of these roles asks.
[[nodiscard]] bool asks_as(Context& context, std::initializer_list<Role> roles);

/// Whether the tax bureau or an auditor asks: who may read every firm's trade.
[[nodiscard]] bool asks_as_supervisor(Context& context);

/// Readers: any active member.
[[nodiscard]] Readers members();

}  // namespace cityledger::ledger::membership
