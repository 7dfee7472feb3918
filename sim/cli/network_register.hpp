#pragma once
// The register of a network's folder: people type codes, the chain sees tags.

#include <optional>

#include "ledger/contract.hpp"
#include "sim/launch/network_folder.hpp"
#include "sim/scenario/register.hpp"

namespace cityledger::sim {

/// Nothing if the network's chain is open. register_key_missing if it is closed and the folder does
/// not hold the register's key.
[[nodiscard]] Result<std::optional<Register>> register_of(const NetworkFolder& folder);

/// Puts tags in the place of codes of enterprises and numbers of persons, and of a new member's
/// name. What is a tag already stays.
void hide_ids(const std::optional<Register>& secrets, boost::json::object& arguments);

/// The tag of a code or number that somebody typed; else the text as it is.
[[nodiscard]] std::string hidden_id(const std::optional<Register>& secrets, const std::string& id);

}  // namespace cityledger::sim
