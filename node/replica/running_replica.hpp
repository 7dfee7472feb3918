#pragma once
// The parts of a started replica, and the order in which they go on. An event changes the part that
// it belongs to; then advance() lets every part do what it can do now. Nobody has to know what
// follows from what, and nothing is done twice: each step asks the state.

#include "node/replica/admission.hpp"
#include "node/replica/batch_maker.hpp"
#include "node/replica/presence.hpp"
#include "node/replica/proposals.hpp"
#include "node/replica/receipt_waiters.hpp"
#include "node/replica/replica.hpp"
#include "node/replica/serving.hpp"

namespace cityledger::node {

/// What the replica is given for its whole life.
struct ReplicaSetup {
    const ledger::ValidatorSet& validators;
    const crypto::PrivateKey* key;  ///< only to make the handles of the core and of the batch maker
    const ledger::StateReader& state;
    ledger::TransactionJudge judge;
    ReplicaOptions options;
    Ports ports;
};

/// Called after every executed block.
using BlockObserver = std::function<void(const FinalBlock&, const ledger::ExecutedBlock&)>;

class RunningReplica : private CoreRequests {
public:
    /// `recovered` was checked: see check_recovered.
    RunningReplica(const ReplicaSetup& setup, std::unique_ptr<BlockLog> log, VoteChecker checker,
                   RecoveredLog recovered, PeerLinks& links, Reactor& reactor, const Trace& trace,
                   const BlockObserver& block_observer);
    RunningReplica(const RunningReplica&) = delete;
    RunningReplica& operator=(const RunningReplica&) = delete;

    /// Replays what the state lacks, then begins to talk.
    [[nodiscard]] Status start(ledger::Executor& executor);

    void on_session(ValidatorIndex peer, bool was_reachable, bool up);
    void on_message(ValidatorIndex from, ByteView frame);
    void submit(std::shared_ptr<const ledger::Transaction> transaction, Mempool::Done done);
    std::uint64_t on_receipt(const Digest& transaction, ReceiptWaiters::Executed executed);
    void forget_receipt(std::uint64_t handle) { (void)receipts_.take(handle); }
    void advance();

    [[nodiscard]] ReplicaStatus status() const;
    void add_counters(Counters& counters) const;
    [[nodiscard]] std::optional<FinalBlock> final_block(std::uint64_t height) const;
    [[nodiscard]] std::optional<FinalEntry> final_entry(std::uint64_t height) const;
    [[nodiscard]] std::vector<LogPosition> batch_positions(
        const std::vector<Digest>& batches) const;

private:
    [[nodiscard]] ledger::Block build_block(const consensus::BuildBlock& wanted) override;
    void check_block(const consensus::CheckBlock& wanted) override;
    void commit_block(const consensus::Commit& commit, std::uint64_t proof_sequence) override;

    void dispatch(ValidatorIndex from, PeerMessage& message, std::size_t bytes);
    /// What a peer has reached may end the work: the core hears that before the message itself.
    void learn(ValidatorIndex from, const Progress& told);
    /// Whether the sender's share allows so many signature checks now.
    [[nodiscard]] bool may_check(ValidatorIndex from, std::size_t signatures);
    void on_proposal(ValidatorIndex from, ProposalMessage& message);
    void on_vote(ValidatorIndex from, const VoteMessage& message);
    void on_certificate(ValidatorIndex from, const CertificateMessage& message);
    void on_block(BlockAnswer& message);
    void make_final(const Digest& digest, const ledger::Block& block,
                    const ledger::Certificate& finalization, std::uint64_t proof_sequence);
    void on_executed(std::uint64_t height, const ledger::ExecutedBlock& executed);
    void turn();
    [[nodiscard]] bool has_work() const;
    [[nodiscard]] Status accepts() const;
    [[nodiscard]] std::vector<PeerStatus> peer_statuses(const StandingReport& own) const;

    const ReplicaSetup& setup_;
    PeerLinks& links_;
    Reactor& reactor_;
    const Trace& trace_;
    const BlockObserver& block_observer_;

    std::unique_ptr<BlockLog> log_;
    VoteChecker checker_;
    FinalChain chain_;
    Execution execution_;
    CoreDriver core_;
    VoteRecovery recovery_;
    Admission admission_;
    BatchExchange exchange_;
    BatchMaker maker_;
    Proposals proposals_;
    Serving serving_;
    BlockSync sync_;
    Presence presence_;
    ReceiptWaiters receipts_;
    std::vector<Digest> unnamed_batches_;  ///< of the log, until start
    bool advancing_ = false;
    bool advance_again_ = false;
    std::uint64_t executed_transactions_ = 0;
};

/// Verifies what the log holds of others' signatures, so that the core may take it, and so that the
/// checker can answer the start questions of others, also after a common restart.
[[nodiscard]] Status check_recovered(const RecoveredLog& recovered, const BlockLog& log,
                                     VoteChecker& checker);

}  // namespace cityledger::node
