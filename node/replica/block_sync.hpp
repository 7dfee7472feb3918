#pragma once
// Block sync: a node that is behind takes final blocks from one peer at a time. Heights that peers
// tell are hints; what counts is the chain of digests and the finalizations.

#include <deque>
#include <functional>

#include "node/consensus/input.hpp"
#include "node/log/block_log.hpp"
#include "node/replica/peer_links.hpp"
#include "node/replica/reactor.hpp"
#include "node/replica/trace.hpp"
#include "node/replica/vote_checker.hpp"

namespace cityledger::node {

/// Until another peer is asked: doubled after each question without an answer, so that a network
/// whose answers take longer is served too.
inline constexpr std::uint64_t k_sync_timeout_ms = 2000;
inline constexpr std::uint64_t k_sync_timeout_max_ms = 32'000;
/// Block sync starts at once when this far behind, later when the gap stays.
inline constexpr std::uint64_t k_sync_threshold_heights = 4;
inline constexpr std::uint64_t k_sync_patience_ms = 1500;

class BlockSync {
public:
    /// Takes a checked block whose batches and proof are in the log.
    using MakeFinal =
        std::function<void(const Digest& digest, const ledger::Block& block,
                           const ledger::Certificate& finalization, std::uint64_t proof_sequence)>;

    BlockSync(const ledger::ValidatorSet& validators, BlockLog& log, PeerLinks& links,
              VoteChecker& checker, Reactor& reactor, const Trace& trace, MakeFinal make_final)
        : validators_(validators),
          log_(log),
          links_(links),
          checker_(checker),
          reactor_(reactor),
          trace_(trace),
          make_final_(std::move(make_final)) {}

    /// Asks if this node is behind and asks nobody yet.
    void pump();
    void on_session_down(ValidatorIndex peer);
    void on_answer(ValidatorIndex from, SyncAnswer& answer);
    /// Where the core goes on, once it is durable.
    [[nodiscard]] std::vector<consensus::SyncedTo> take_durable_ends();

    [[nodiscard]] bool is_asking() const { return round_.has_value(); }
    void add_counters(Counters& counters) const;

private:
    struct Round {
        ValidatorIndex peer = 0;
        std::uint64_t from_height = 0;
        Scheduler::TimerId timer = 0;
    };
    struct End {
        std::uint64_t sequence = 0;
        consensus::SyncedTo synced;
    };
    struct Counts {
        std::uint64_t requests = 0;
        std::uint64_t timeouts = 0;
        std::uint64_t refused = 0;
        std::uint64_t blocks = 0;
    };
    /// An answer whose blocks are a proven continuation of the own chain.
    struct CheckedAnswer {
        std::vector<Digest> digests;
        std::vector<const ledger::Certificate*> proofs;
        std::optional<ledger::Verified<ledger::Certificate>> last_finalization;
    };
    void ask();
    void end_round();
    [[nodiscard]] bool cut_known(SyncAnswer& answer) const;
    void drop_costly_finalizations(ValidatorIndex from, SyncAnswer& answer);
    [[nodiscard]] Result<CheckedAnswer> check(const SyncAnswer& answer);
    [[nodiscard]] Status check_block(const SyncedBlock& item, const ledger::BlockHeader& parent,
                                     const Digest& parent_digest, const Digest& digest,
                                     CheckedAnswer& checked);
    [[nodiscard]] Status take(ValidatorIndex from, SyncAnswer& answer);

    const ledger::ValidatorSet& validators_;
    BlockLog& log_;
    PeerLinks& links_;
    VoteChecker& checker_;
    Reactor& reactor_;
    const Trace& trace_;
    MakeFinal make_final_;
    std::optional<Round> round_;
    std::optional<std::uint64_t> behind_since_ms_;
    std::uint64_t turn_ = 0;
    std::uint64_t timeout_ms_ = k_sync_timeout_ms;
    std::deque<End> ends_;
    Counts counts_;
};

}  // namespace cityledger::node
