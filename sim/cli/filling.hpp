#pragma once
// What a member's program fills in, since no person can type it: keys of new members, digests of
// what was sealed, sealed bodies. As the scenario runner does it.

#include "ledger/contract.hpp"
#include "sim/cli/network_actors.hpp"
#include "sim/cli/network_register.hpp"

namespace cityledger::sim {

/// `secrets` of a closed chain (network_register.hpp). Refused if something cannot be sealed, or a
/// key not be kept.
[[nodiscard]] Status fill_in(const ledger::Method& method, const NetworkActor& sender,
                             const std::vector<NetworkActor>& actors,
                             const std::optional<Register>& secrets, RemoteWorld& world,
                             boost::json::object& arguments);

}  // namespace cityledger::sim
