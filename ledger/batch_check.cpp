#include "ledger/batch_check.hpp"

namespace cityledger::ledger {

Status check_batch(const Batch& batch, const ValidatorSet& validators) {
    const BatchHeader& header = batch.header;
    if (header.author >= validators.size() || header.epoch != validators.epoch()) {
        return refuse(codes::batch_author_unknown, "author " + std::to_string(header.author) +
                                                       " of epoch " + std::to_string(header.epoch));
    }
    if (header.transaction_count != batch.transactions.size() ||
        header.transactions_root != batch_transactions_root(batch.transactions)) {
        return refuse(codes::batch_content_differs,
                      std::to_string(batch.transactions.size()) + " transactions");
    }
    const Bytes message = signing_bytes(tags::batch, validators.chain_id(), header);
    if (!validators.key(header.author).verify(message, batch.signature)) {
        return refuse(codes::batch_bad_signature, "author " + std::to_string(header.author));
    }
    return {};
}

}  // namespace cityledger::ledger
