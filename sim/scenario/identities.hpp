#pragma once
// Who is who, for scenarios whose chain takes registration tags only (genesis: invoice:
// tags_only). The register of the tax bureau is drawn from the scenario's seed.

#include "sim/scenario/scenario.hpp"

namespace cityledger::sim {

/// Gives enterprises their tags and persons no name but their id, if the chain asks for tags; what
/// the register knows stays in registered_id and registered_name.
void hide_identities(Scenario& scenario);

/// What is written on an invoice about the member with this id: USCC and name.
[[nodiscard]] std::string identity_of(const Scenario& scenario, const ledger::MemberId& id);

}  // namespace cityledger::sim
