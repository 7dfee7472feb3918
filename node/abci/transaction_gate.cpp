#include "node/abci/transaction_gate.hpp"

namespace cityledger::abci {

using ledger::Transaction;

namespace {
/// Of a generation: a transaction is checked by CheckTx and again in one or two blocks soon after.
constexpr std::size_t k_max_remembered = 65'536;
}  // namespace

Result<Transaction> TransactionGate::admit(ByteView bytes) {
    auto transaction = ledger::decode<Transaction>(bytes);
    if (!transaction) return propagate(transaction);
    Status checked = ledger::check_transaction_form(*transaction, chain_);
    if (checked) checked = judge_(transaction->body);
    if (checked) checked = check_signature(*transaction, bytes);
    if (!checked) return propagate(checked);
    return transaction;
}

Status TransactionGate::check_signature(const Transaction& transaction, ByteView bytes) {
    const Digest whole = crypto::sha256(bytes);
    if (young_.contains(whole) || old_.contains(whole)) return {};
    const auto key = crypto::PublicKey::decode(transaction.body.sender_key);
    if (!key) return propagate(key);
    const Status signature = ledger::check_transaction_signature(transaction, *key, suite_);
    if (!signature) return signature;
    if (young_.size() >= k_max_remembered) old_ = std::exchange(young_, {});
    young_.insert(whole);
    return {};
}

}  // namespace cityledger::abci
