#pragma once
// Receipts and refusals in the shape that the engine hashes: code and data are consensus, the log
// is not.

#include <cityledger_abci/abci_wire.pb.h>

#include "ledger/executor.hpp"

namespace cityledger::abci {

/// A transaction that was not executed.
[[nodiscard]] wire::TxResult result_of(const Error& error);

/// An executed one: the code of the receipt or else of the first operation that was refused, the
/// canonical receipt as data, the wordings as log.
[[nodiscard]] wire::TxResult result_of(const ledger::StoredReceipt& stored);

}  // namespace cityledger::abci
