#pragma once
// A chain of one executor in memory, with enterprises that may issue invoices: what execution alone
// costs.

#include <chrono>

#include "ledger/executor.hpp"
#include "ledger/memory_state_store.hpp"
#include "sim/bench/operation_maker.hpp"

namespace cityledger::bench {

class LoneChain {
public:
    LoneChain();

    /// Executes a block of so many plain invoices, 100 at most under one signature, and returns the
    /// time of the execution alone. CHECKs that each is issued.
    std::chrono::steady_clock::duration issue_block(std::uint64_t operations);

private:
    [[nodiscard]] ledger::Transaction unsigned_transaction(
        const ledger::MemberId& sender, const crypto::PublicKeyBytes& key,
        std::vector<ledger::Operation> operations);

    crypto::PrivateKey bureau_ = crypto::PrivateKey::generate();
    ledger::ChainId chain_;
    ledger::MemoryStateStore store_;
    std::unique_ptr<ledger::Executor> executor_;
    Population population_;
    sim::SimulatedRandom dice_{1};
    std::uint64_t next_number_ = 0;
    std::uint64_t next_nonce_ = 0;
};

}  // namespace cityledger::bench
