#pragma once
// What `verify` prints of a proof that holds.

#include "ledger/proof.hpp"

namespace cityledger::sim {

/// In words, records as their contract shows them where it has a query for them.
[[nodiscard]] std::string statement_text(const ledger::Statement& statement,
                                         const ledger::Proof& proof,
                                         const ledger::Genesis& genesis);
/// The same for programs; "record" and the receipt's results decoded.
[[nodiscard]] boost::json::object statement_json(const ledger::Statement& statement,
                                                 const ledger::Proof& proof,
                                                 const ledger::Genesis& genesis);

}  // namespace cityledger::sim
