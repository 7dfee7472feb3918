#pragma once
// Who is who, for scenarios whose chain takes registration tags only (all but those whose genesis
// says invoice: {tags_only: false}).

#include "sim/scenario/scenario.hpp"

namespace cityledger::sim {

/// The register of a scenario that leaves nothing behind: drawn from its seed, so that all worlds
/// end in equal business states. Whoever reads the seed can open its tags.
[[nodiscard]] Register register_of_seed(std::uint64_t seed);

/// Gives enterprises and persons their tags and no other name, if the chain asks for tags; what the
/// register knows stays in registered_id and registered_name. The register becomes the scenario's.
void hide_identities(Scenario& scenario, const Register& secrets);

/// Puts the commitment of the payment platform in the place of an open payment reference, if
/// there are secrets. What is a commitment already stays.
void hide_payment(const std::optional<Register>& secrets, boost::json::object& arguments);

/// What is written on an invoice about the member with this id: USCC and name.
[[nodiscard]] std::string identity_of(const Scenario& scenario, const ledger::MemberId& id);

}  // namespace cityledger::sim
