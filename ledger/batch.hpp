#pragma once
// A batch: transactions that one validator admitted and pushed to all others before any block
// names them, so that ordering moves digests only.

#include <vector>

#include "ledger/transaction.hpp"

namespace cityledger::ledger {

/// The signed part of a batch.
struct BatchHeader {
    std::uint64_t epoch = 0;
    std::uint16_t author = 0;    ///< index in the validator set
    std::uint64_t sequence = 0;  ///< per author and start of the process, ascending
    Nonce session;               ///< random per start of the author's process
    std::uint32_t transaction_count = 0;
    Digest transactions_root;  ///< Merkle root over the encoded transactions

    bool operator==(const BatchHeader&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("epoch", epoch), field("author", author), field("sequence", sequence),
                field("session", session), field("transaction_count", transaction_count),
                field("transactions_root", transactions_root));
    }
};

struct Batch {
    BatchHeader header;
    crypto::Signature signature;  ///< of the author over the header
    std::vector<Transaction> transactions;

    bool operator==(const Batch&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("header", header), field("signature", signature),
                limited<k_max_transactions_per_batch>("transactions", transactions));
    }
};

/// Names a batch: the chain hash of its header.
[[nodiscard]] Digest batch_digest(const BatchHeader& header, const ChainId& chain);

/// The root that `header.transactions_root` must equal.
[[nodiscard]] Digest batch_transactions_root(const std::vector<Transaction>& transactions);

}  // namespace cityledger::ledger
