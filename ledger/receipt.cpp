#include "ledger/receipt.hpp"

#include "crypto/merkle.hpp"

namespace cityledger::ledger {

Digest chain_receipts_root(const Digest& previous, const std::vector<Receipt>& receipts) {
    std::vector<Bytes> leaves;
    leaves.reserve(receipts.size());
    for (const Receipt& receipt : receipts) leaves.push_back(encode(receipt));
    Bytes chained = to_bytes(previous.view());
    const Digest root = crypto::merkle_root(tags::receipts, leaves);
    chained.insert(chained.end(), root.bytes.begin(), root.bytes.end());
    return crypto::tagged_hash(tags::receipts_chain, chained);
}

}  // namespace cityledger::ledger
