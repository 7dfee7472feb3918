#pragma once
// Transactions that were sent and have no receipt yet, in the network's folder: whoever repeats the
// command sends the same bytes again, and the ledger executes them at most once.

#include <optional>

#include "ledger/transaction.hpp"
#include "sim/launch/network_folder.hpp"

namespace cityledger::sim {

/// The one of this sender with these operations, if there is one.
[[nodiscard]] std::optional<ledger::Transaction> find_pending(
    const NetworkFolder& folder, const ledger::MemberId& sender,
    const std::vector<ledger::Operation>& operations);
/// Before it is sent for the first time.
[[nodiscard]] Status keep_pending(const NetworkFolder& folder,
                                  const ledger::Transaction& transaction);
/// It was answered.
void drop_pending(const NetworkFolder& folder, const Digest& transaction);

}  // namespace cityledger::sim
