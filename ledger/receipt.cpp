#include "ledger/receipt.hpp"

#include "crypto/merkle.hpp"

namespace cityledger::ledger {

Digest receipts_list_root(const std::vector<Receipt>& receipts) {
    std::vector<Bytes> leaves;
    leaves.reserve(receipts.size());
    for (const Receipt& receipt : receipts) leaves.push_back(encode(receipt));
    return crypto::merkle_root(tags::receipts, leaves);
}

Digest chain_receipts_root(const Digest& previous, const Digest& list_root) {
    Bytes chained = to_bytes(previous.view());
    chained.insert(chained.end(), list_root.bytes.begin(), list_root.bytes.end());
    return crypto::tagged_hash(tags::receipts_chain, chained);
}

}  // namespace cityledger::ledger
