#include "ledger/batch.hpp"

#include "crypto/merkle.hpp"

namespace cityledger::ledger {

Digest batch_digest(const BatchHeader& header, const ChainId& chain) {
    return chain_hash(tags::batch, chain, header);
}

Digest batch_transactions_root(const std::vector<Transaction>& transactions) {
    std::vector<Bytes> leaves;
    leaves.reserve(transactions.size());
    for (const Transaction& transaction : transactions) leaves.push_back(encode(transaction));
    return crypto::merkle_root(tags::transaction_list, leaves);
}

}  // namespace cityledger::ledger
