#pragma once
// The final chain of a log, judged by the rules that voters use and executed again from the
// genesis.

#include "ledger/executor.hpp"
#include "node/log/block_log.hpp"
#include "node/replica/block_rules.hpp"

namespace cityledger::io {

/// One run over the final blocks, from height 1 upwards.
class BlockAudit {
public:
    /// `made` is the store of `executor`, which has applied the genesis and nothing more.
    BlockAudit(const node::BlockLog& log, const ledger::ValidatorSet& validators,
               ledger::Executor& executor, const ledger::StateReader& made);

    /// Whether all batches of the next block are held: a node may know a block as final before they
    /// came.
    [[nodiscard]] bool is_next_whole() const;
    /// Judges and executes the next block: audit_block_invalid, or audit_root_differs if a state
    /// that it names is not the one that was reached. There is a next block, and it is whole
    /// (CHECK).
    [[nodiscard]] Status next();
    [[nodiscard]] std::uint64_t height() const { return parent_.height; }

private:
    [[nodiscard]] Status judge(const ledger::Block& block);

    const node::BlockLog& log_;
    ledger::Executor& executor_;
    const ledger::StateReader& made_;
    ledger::ChainId chain_;
    node::VoteChecker votes_;
    node::NamedBatches named_;
    ledger::BlockHeader parent_;
};

/// The highest final block whose own finalization the log holds, or 0: every block up to it is
/// proven by that certificate.
[[nodiscard]] std::uint64_t certified_height(const node::BlockLog& log);

}  // namespace cityledger::io
