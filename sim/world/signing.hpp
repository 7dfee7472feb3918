#pragma once
// What a member signs, in any world.

#include "ledger/transaction.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

/// These operations as a transaction of the member, whose key the world holds. Refuses operations
/// that no transaction can hold.
[[nodiscard]] Result<ledger::Transaction> signed_transaction(
    World& world, const ledger::MemberId& sender, std::vector<ledger::Operation> operations);

}  // namespace cityledger::sim
