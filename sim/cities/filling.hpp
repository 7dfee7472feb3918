#pragma once
// Arguments that a client fills in where who calls has left them out.

#include <boost/json/object.hpp>

#include "ledger/contract.hpp"
#include "sim/cities/invoice_sealer.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

/// Seals what stands open in an invoice, and makes the key of a new member, as far as the method
/// wants it and the arguments lack it. Refused as the sealer or the world refuses it.
[[nodiscard]] Status fill_in(const ledger::Method& method, const Actor& sender,
                             InvoiceSealer& sealer, World& world, boost::json::object& arguments);

}  // namespace cityledger::sim
