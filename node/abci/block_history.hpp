#pragma once
// The transactions of the last blocks, in derived state: after a restart the executor must know
// again which ones cannot be executed twice. The built-in engine has its block log for that.

#include "ledger/executor.hpp"
#include "node/abci/staged_store.hpp"

namespace cityledger::abci {

/// Adds the transactions of the staged block, and drops those of the block that no transaction of a
/// later one can repeat.
[[nodiscard]] Status record_block(StagedStore& store, std::uint64_t height,
                                  std::vector<ledger::Transaction> transactions);

/// Tells the executor, which was just opened, what the recorded blocks executed.
void remember_blocks(const ledger::StateReader& state, ledger::Executor& executor);

}  // namespace cityledger::abci
