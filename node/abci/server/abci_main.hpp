#pragma once
// The command line of cityledger-abci, and what it opens.

#include <string>

#include "ledger/genesis.hpp"
#include "node/io/file_lock.hpp"

namespace cityledger::abci {

/// The genesis of a real network: the suite of the simulation is refused.
[[nodiscard]] Result<ledger::Genesis> read_genesis(const std::string& path);

/// The folder of the state, made if it is missing, for this process alone (abci_state_in_use).
[[nodiscard]] Result<io::FileLock> lock_state(const std::string& folder);

/// Serves the application until SIGINT or SIGTERM. Ends with 0, or with 2 if it cannot start.
int run_abci(int argument_count, char** arguments);

}  // namespace cityledger::abci
