#pragma once
// The blocks that this node builds, and those that it judges. A verdict is a function of the block
// and its ancestors; a node that lacks what it needs for one waits (docs/consensus.md, V1 to V5).

#include <map>
#include <set>

#include "node/replica/batch_pool.hpp"
#include "node/replica/block_rules.hpp"
#include "node/replica/execution.hpp"
#include "node/replica/peer_links.hpp"
#include "node/replica/trace.hpp"

namespace cityledger::node {

class Proposals {
public:
    Proposals(const ledger::ValidatorSet& validators, const BlockLog& log, const FinalChain& chain,
              const Execution& execution, const ledger::StateReader& state, const BatchPool& pool,
              const PeerTable& peers, VoteChecker& checker, const Trace& trace);

    /// Whether a batch may be named that the tail of the chain does not name yet.
    [[nodiscard]] bool has_batch_to_name(const consensus::Core& core) const;
    /// A block on this parent, with what the pool offers.
    [[nodiscard]] ledger::Block build(const consensus::BuildBlock& wanted,
                                      const consensus::Core& core) const;
    /// Begins to judge a block; judge() tells the verdict.
    void check(const consensus::CheckBlock& wanted, const consensus::Core& core);
    /// Verdicts on blocks that can be judged by now.
    [[nodiscard]] std::vector<consensus::BlockChecked> judge(const consensus::Core& core);
    /// Batches that the blocks under judgement name and that are not held.
    [[nodiscard]] std::set<Digest> missing() const;
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    struct Pending {
        ledger::Block block;
        std::optional<Status> verdict;
    };
    [[nodiscard]] Ancestry ancestry(const ledger::BlockHeader& parent,
                                    const std::vector<Digest>& unfinal,
                                    const consensus::Core& core) const;
    void choose_executed(const Ancestry& below, const Digest& parent, ledger::Block& block) const;
    void choose_batches(const Ancestry& below, ledger::Block& block) const;
    [[nodiscard]] std::optional<Status> verdict(const Digest& digest, const Pending& pending) const;

    const ledger::ValidatorSet& validators_;
    const BlockLog& log_;
    const FinalChain& chain_;
    const Execution& execution_;
    const ledger::StateReader& state_;
    const BatchPool& pool_;
    const PeerTable& peers_;
    VoteChecker& checker_;
    const Trace& trace_;
    std::map<Digest, Pending> pending_;
    std::uint64_t refused_ = 0;
};

}  // namespace cityledger::node
