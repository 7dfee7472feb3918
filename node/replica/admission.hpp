#pragma once
// Transactions of clients: taken into the mempool, or refused with the reason. One that is known
// already, waiting or executed, is accepted again.

#include "ledger/executor.hpp"
#include "node/log/block_log.hpp"
#include "node/replica/counters.hpp"
#include "node/replica/mempool.hpp"
#include "node/replica/reactor.hpp"

namespace cityledger::node {

/// node_not_accepting, with the reason.
[[nodiscard]] Error not_accepting(std::string why);

class Admission {
public:
    Admission(const ledger::ChainId& chain, const ledger::StateReader& state, const BlockLog& log,
              ledger::TransactionJudge judge, SignatureVerifier& verifier, Reactor& reactor,
              std::uint64_t mempool_max_bytes)
        : chain_(chain),
          state_(state),
          judge_(std::move(judge)),
          log_(log),
          verifier_(verifier),
          reactor_(reactor),
          mempool_(mempool_max_bytes) {}

    /// `accepting`: why this node takes nothing new, if it does not. `done` comes once, in a later
    /// turn.
    void submit(std::shared_ptr<const ledger::Transaction> transaction, const Status& accepting,
                Mempool::Done done);
    void on_executed(std::uint64_t height, const ledger::ExecutedBlock& executed);

    [[nodiscard]] Mempool& mempool() { return mempool_; }
    [[nodiscard]] const Mempool& mempool() const { return mempool_; }
    void add_counters(Counters& counters) const;

private:
    [[nodiscard]] Status check(const ledger::Transaction& transaction,
                               const Status& accepting) const;
    void answer(Mempool::Done done, Result<Digest> result);
    void on_checked(const Digest& id, const Status& checked);

    ledger::ChainId chain_;
    const ledger::StateReader& state_;
    const ledger::TransactionJudge judge_;
    const BlockLog& log_;
    SignatureVerifier& verifier_;
    Reactor& reactor_;
    Mempool mempool_;
    std::uint64_t accepted_ = 0;
    std::uint64_t failed_ = 0;
};

}  // namespace cityledger::node
