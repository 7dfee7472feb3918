#pragma once
// Batches between the validators: pushed by their authors, acknowledged once they are in a log, and
// asked for where one lacks. Nothing that liveness needs is told only once.

#include <map>
#include <set>

#include "ledger/executor.hpp"
#include "node/log/block_log.hpp"
#include "node/replica/batch_pool.hpp"
#include "node/replica/final_chain.hpp"
#include "node/replica/peer_links.hpp"
#include "node/replica/reactor.hpp"

namespace cityledger::node {

inline constexpr std::uint64_t k_pool_interval_ms = 100;
/// Until a batch is asked of another holder, doubled after each round over all of them.
inline constexpr std::uint64_t k_batch_retry_ms = 200;
inline constexpr std::uint64_t k_batch_retry_max_ms = 12'800;
inline constexpr std::uint64_t k_batch_retell_ms = 500;
inline constexpr std::uint64_t k_unknown_batch_kept_ms = 30'000;
/// Of a batch that nobody asked for: one of so many first transactions must be one that a block
/// could include now.
inline constexpr std::size_t k_transactions_looked_at = 16;

class BatchExchange {
public:
    BatchExchange(const ledger::ValidatorSet& validators, const ledger::StateReader& state,
                  ledger::TransactionJudge judge, BlockLog& log, const FinalChain& chain,
                  PeerLinks& links, SignatureVerifier& verifier, Reactor& reactor);

    /// At start: batches of the log that no final block names.
    void restore(const std::vector<Digest>& unnamed);
    /// A new session: the peer learns what is held here.
    void greet(ValidatorIndex peer);
    void on_push(ValidatorIndex from, BatchPush& message, std::size_t bytes);
    void on_ack(ValidatorIndex from, const BatchAck& message);
    void on_final(const ledger::Block& block);
    void on_executed(std::uint64_t height);
    /// Into the log, and into the pool unless it was named already.
    void keep(const Digest& digest, std::shared_ptr<const ledger::Batch> batch);
    void push_own(const Digest& digest, std::shared_ptr<const ledger::Batch> batch);

    /// Asks for what blocks need and is not held; again after a while, of another holder. Keeps the
    /// slow timer going while something is open.
    void pursue(std::set<Digest> needed);

    [[nodiscard]] const BatchPool& pool() const { return pool_; }
    void add_counters(Counters& counters) const;

private:
    struct Question {
        std::uint64_t asked_ms = 0;
        std::uint64_t attempts = 0;
        std::uint64_t retry_ms = k_batch_retry_ms;
    };
    void on_checked(ValidatorIndex from, const Digest& digest,
                    std::shared_ptr<const ledger::Batch> batch, const Status& checked);
    void schedule_tick();
    void tick();
    void retell();
    void ask(const std::set<Digest>& wanted);
    [[nodiscard]] std::vector<ValidatorIndex> holders_of(const Digest& digest) const;
    [[nodiscard]] std::uint64_t ago(std::uint64_t ms) const;
    [[nodiscard]] bool is_named(const Digest& digest) const;
    /// What must stand in no log stands in no batch of an honest author.
    [[nodiscard]] Status judge(const ledger::Batch& batch) const;
    [[nodiscard]] bool is_worth_keeping(const ledger::Batch& batch, std::size_t bytes) const;

    const ledger::ChainId chain_id_;
    const ledger::StateReader& state_;
    const ledger::TransactionJudge judge_;
    BlockLog& log_;
    const FinalChain& chain_;
    PeerLinks& links_;
    SignatureVerifier& verifier_;
    Reactor& reactor_;
    BatchPool pool_;
    std::set<Digest> needed_;  ///< by blocks, when pursue() was called last
    std::map<Digest, Question> questions_;
    std::set<Digest> checking_;
    std::uint64_t retold_ms_ = 0;
    bool tick_scheduled_ = false;
    std::uint64_t bad_batches_ = 0;
    std::uint64_t declined_ = 0;
};

}  // namespace cityledger::node
