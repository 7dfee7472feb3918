#pragma once
// What must hold of a transaction whatever the state is: one canonical encoding of a transaction of
// this chain, with the signature of the key that it names.

#include <set>

#include "ledger/executor.hpp"
#include "ledger/genesis.hpp"
#include "ledger/transaction.hpp"

namespace cityledger::abci {

/// A function of the bytes alone: what it remembers spares work and changes no answer.
class TransactionGate {
public:
    /// `judge`: what must not be ordered; a function of the bytes and the genesis, too.
    TransactionGate(const ledger::ChainId& chain, crypto::SignatureSuite suite,
                    ledger::TransactionJudge judge)
        : chain_(chain), suite_(suite), judge_(std::move(judge)) {}

    /// The transaction of these bytes, or why nobody may execute it.
    [[nodiscard]] Result<ledger::Transaction> admit(ByteView bytes);

private:
    [[nodiscard]] Status check_signature(const ledger::Transaction& transaction, ByteView bytes);

    ledger::ChainId chain_;
    crypto::SignatureSuite suite_;
    ledger::TransactionJudge judge_;
    // Hashes of whole transactions whose signatures held, in two generations.
    std::set<Digest> young_;
    std::set<Digest> old_;
};

}  // namespace cityledger::abci
