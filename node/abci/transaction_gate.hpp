#pragma once
// What must hold of a transaction whatever the state is: one canonical encoding of a transaction of
// this chain, with the signature of the key that it names.

#include <set>

#include "ledger/genesis.hpp"
#include "ledger/transaction.hpp"

namespace cityledger::abci {

/// A function of the bytes alone: what it remembers spares work and changes no answer.
class TransactionGate {
public:
    TransactionGate(const ledger::ChainId& chain, crypto::SignatureSuite suite)
        : chain_(chain), suite_(suite) {}

    /// The transaction of these bytes, or why nobody may execute it.
    [[nodiscard]] Result<ledger::Transaction> admit(ByteView bytes);

private:
    [[nodiscard]] Status check_signature(const ledger::Transaction& transaction, ByteView bytes);

    ledger::ChainId chain_;
    crypto::SignatureSuite suite_;
    // Hashes of whole transactions whose signatures held, in two generations.
    std::set<Digest> young_;
    std::set<Digest> old_;
};

}  // namespace cityledger::abci
