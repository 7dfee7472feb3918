#pragma once
// The wiring of a replica: one object, one thread. Inputs of the core stand in a queue and are
// stepped one after the other; what the core wants is done in one function (carry_out).

#include <deque>
#include <map>
#include <set>

#include "node/replica/batch_pool.hpp"
#include "node/replica/block_log.hpp"
#include "node/replica/block_rules.hpp"
#include "node/replica/mempool.hpp"
#include "node/replica/peer_messages.hpp"
#include "node/replica/peer_table.hpp"
#include "node/replica/replica.hpp"
#include "node/replica/vote_checker.hpp"

namespace cityledger::node {

inline constexpr std::uint64_t k_gossip_interval_ms = 1000;
inline constexpr std::uint64_t k_hint_delay_ms = 2;  ///< after an execution, for company
inline constexpr std::uint64_t k_pool_interval_ms = 100;
/// Until a batch is asked of another holder, doubled after each round over all of them.
inline constexpr std::uint64_t k_batch_retry_ms = 200;
inline constexpr std::uint64_t k_batch_retry_max_ms = 12'800;
inline constexpr std::uint64_t k_batch_retell_ms = 500;
inline constexpr std::uint64_t k_unknown_batch_kept_ms = 30'000;
inline constexpr std::uint64_t k_start_question_interval_ms = 500;
/// So long the answers of all others are waited for, before those of a quorum do.
inline constexpr std::uint64_t k_start_grace_ms = 1000;
/// Finalizations of so many last blocks are read at start: they show whose votes others held.
inline constexpr std::uint64_t k_start_finalizations = 64;
/// Until another peer is asked: doubled after each question without an answer, so that a network
/// whose answers take longer is served too.
inline constexpr std::uint64_t k_sync_timeout_ms = 2000;
inline constexpr std::uint64_t k_sync_timeout_max_ms = 32'000;
/// Block sync starts at once when this far behind, later when the gap stays.
inline constexpr std::uint64_t k_sync_threshold_heights = 4;
inline constexpr std::uint64_t k_sync_patience_ms = 1500;
inline constexpr std::size_t k_own_batches_in_flight = 8;
inline constexpr std::uint64_t k_target_batch_bytes = 512 * 1024;
inline constexpr std::uint64_t k_blocks_in_execution = 4;
inline constexpr std::uint64_t k_final_fetch_heights = 16;  ///< whose batches are asked at once
inline constexpr std::uint64_t k_evidence_records_max = 1000;

class Replica::Impl {
public:
    Impl(const ledger::Genesis& genesis, const ledger::ValidatorSet& validators,
         const crypto::PrivateKey* key, ledger::Executor& executor,
         const ledger::StateReader& state, ReplicaOptions options, Ports ports);

    // replica_start.cpp
    [[nodiscard]] Status start();
    // replica_messages.cpp
    void on_session(ValidatorIndex peer, bool up);
    void on_message(ValidatorIndex peer, ByteView frame);
    // replica_admission.cpp
    void submit(std::shared_ptr<const ledger::Transaction> transaction, Mempool::Done done);
    // replica_execution.cpp
    std::uint64_t on_receipt(const Digest& transaction,
                             std::function<void(const ledger::StoredReceipt&)> executed);
    void forget_receipt(std::uint64_t handle);
    // replica_status.cpp
    [[nodiscard]] ReplicaStatus status() const;
    [[nodiscard]] Counters counters() const;
    [[nodiscard]] std::optional<FinalBlock> final_block(std::uint64_t height) const;
    [[nodiscard]] std::shared_ptr<const ledger::Batch> batch(const Digest& digest) const;

    std::function<void(const FinalBlock&, const ledger::ExecutedBlock&)> block_observer;
    std::function<void(const ReplicaEvent&)> event_observer;
    std::function<void(const Error&)> fatal_handler;

private:
    using CoreMessage = consensus::Message;
    /// A block that the core asks about and that cannot be judged yet.
    struct PendingCheck {
        ledger::Block block;
        std::set<Digest> missing;  ///< batches
    };

    /// A call that is dropped if this object is gone by then.
    template <class Action>
    auto guarded(Action action) {
        return [alive = std::weak_ptr<const int>(alive_),
                action = std::move(action)](auto&&... arguments) mutable {
            if (!alive.expired()) action(std::forward<decltype(arguments)>(arguments)...);
        };
    }
    template <class Action>
    Scheduler::TimerId after(std::uint64_t delay_ms, Action action) {
        return ports_.scheduler.after(delay_ms, guarded(std::move(action)));
    }
    [[nodiscard]] std::uint64_t now_ms() const { return ports_.scheduler.now_ms(); }
    [[nodiscard]] bool is_self(ValidatorIndex index) const { return self_ == index; }
    [[nodiscard]] bool takes_part() const { return started_ && !fatal_; }
    void fail(const Error& error);

    // Sending (replica_messages.cpp).
    [[nodiscard]] Progress progress() const;
    void send(ValidatorIndex to, const PeerMessage& message);
    void broadcast(const PeerMessage& message);
    void close(ValidatorIndex peer, const Error& reason);
    void send_hint();
    void learn(ValidatorIndex peer, const Progress& told);
    [[nodiscard]] bool may_serve(ValidatorIndex peer, std::uint64_t bytes);

    // Messages of peers (replica_messages.cpp, replica_serving.cpp).
    void handle(ValidatorIndex from, ProposalMessage& message);
    void handle(ValidatorIndex from, VoteMessage& message);
    void handle(ValidatorIndex from, CertificateMessage& message);
    void handle(ValidatorIndex from, BatchPush& message);
    void handle(ValidatorIndex from, BatchAck& message);
    void handle(ValidatorIndex from, BatchRequest& message);
    void handle(ValidatorIndex from, BlockRequest& message);
    void handle(ValidatorIndex from, BlockAnswer& message);
    void handle(ValidatorIndex from, CertificateRequest& message);
    void handle(ValidatorIndex from, SyncRequest& message);
    void handle(ValidatorIndex from, SyncAnswer& message);
    void handle(ValidatorIndex from, StartQuestion& message);
    void handle(ValidatorIndex from, StartAnswer& message);
    void handle(ValidatorIndex from, Hint& message);
    [[nodiscard]] SyncAnswer collect_sync_answer(std::uint64_t from_height,
                                                 std::uint64_t max_blocks) const;

    // The core (replica_consensus.cpp).
    void give(consensus::Input input);
    void drive();
    void carry_out(consensus::Output output);
    void carry_out(consensus::Persist& persist);
    void carry_out(consensus::Send& wanted);
    void carry_out(consensus::Commit& commit);
    void carry_out(consensus::BuildBlock& build);
    void carry_out(consensus::CheckBlock& check);
    void carry_out(consensus::FetchBlock& fetch);
    void carry_out(consensus::FetchCertificate& fetch);
    void carry_out(consensus::SetTimer& timer);
    void carry_out(consensus::Evidence& evidence);
    void send_core_message(const std::optional<ValidatorIndex>& to, const CoreMessage& message);
    [[nodiscard]] bool may_vouch_for(const ledger::Certificate& certificate) const;
    void send_certificates(ValidatorIndex to, consensus::View view);
    void on_durable();
    void set_core_timer(consensus::TimerFired::Kind kind, consensus::View view,
                        std::optional<std::uint64_t> delay_ms);
    [[nodiscard]] Ancestry ancestry(const ledger::BlockHeader& parent,
                                    const std::vector<Digest>& unfinal) const;
    [[nodiscard]] ledger::Block build(const Ancestry& ancestry, const Digest& parent) const;
    void choose_executed(const Ancestry& ancestry, const Digest& parent,
                         ledger::Block& block) const;
    [[nodiscard]] std::optional<ledger::Certificate> cover_of(std::uint64_t height) const;
    [[nodiscard]] std::optional<Status> verdict(const Digest& digest,
                                                const PendingCheck& check) const;
    void judge_pending_blocks();
    void answer_check(const Digest& digest, std::uint64_t height, const Status& verdict);

    // Transactions of clients (replica_admission.cpp).
    [[nodiscard]] Status accepts() const;
    void on_transaction_checked(const Digest& id, const Status& checked);

    // Batches (replica_batches.cpp).
    void schedule_batch();
    void make_batches();
    void make_batch();
    void on_batch_checked(ValidatorIndex from, const Digest& digest,
                          std::shared_ptr<const ledger::Batch> batch, const Status& checked);
    void keep_batch(const Digest& digest, std::shared_ptr<const ledger::Batch> batch);
    void schedule_pool_tick();
    void pool_tick();
    void ask_for_batches();
    [[nodiscard]] std::set<Digest> wanted_batches() const;

    // Final blocks (replica_execution.cpp).
    void make_final(const Digest& digest, const ledger::Block& block,
                    const ledger::Certificate& finalization, std::uint64_t proof_sequence);
    void pump_execution();
    void on_executed(std::uint64_t height, Result<ledger::ExecutedBlock> executed);
    [[nodiscard]] Error log_unreadable(std::uint64_t height) const;
    void compare_states();
    void tell_receipts(const ledger::ExecutedBlock& executed);
    void recompute_work();
    void diverge(std::string why);

    // Block sync (replica_sync.cpp).
    void maybe_sync();
    void request_blocks();
    void end_sync_request();
    [[nodiscard]] Status take_sync_answer(SyncAnswer& answer);
    [[nodiscard]] Status check_synced(const SyncedBlock& item, const ledger::BlockHeader& parent,
                                      const Digest& parent_digest, const Digest& digest);

    // Start (replica_start.cpp).
    [[nodiscard]] Status replay_state();
    [[nodiscard]] Status load_batches(std::uint64_t height,
                                      std::vector<std::shared_ptr<const ledger::Batch>>& batches,
                                      bool& whole) const;
    void restore_pool(const RecoveredLog& recovered);
    void ask_start_question();
    void judge_start_answers();
    void bar_up_to(consensus::View view);
    [[nodiscard]] Status show_finalizations();

    // Standing and timers (replica_status.cpp).
    [[nodiscard]] StandingReport standing() const;
    void watch_standing();
    void gossip_tick();

    const crypto::PrivateKey* key_;
    const ledger::ValidatorSet& validators_;
    ledger::ChainId chain_;
    ledger::Executor& executor_;  ///< used before the first hand-over to the execution port only
    const ledger::StateReader& state_;
    ReplicaOptions options_;
    Ports ports_;
    std::optional<ValidatorIndex> self_;
    std::shared_ptr<const int> alive_ = std::make_shared<const int>(0);

    std::unique_ptr<BlockLog> log_;
    std::unique_ptr<consensus::Core> core_;
    VoteChecker checker_;
    Mempool mempool_;
    BatchPool pool_;
    NamedBatches named_;
    PeerTable peers_;
    bool started_ = false;
    bool fatal_ = false;
    std::string diverged_;  ///< why this node stopped voting; empty if it did not
    Standing told_standing_ = Standing::starting;  ///< to the event observer

    // The core.
    struct PendingTicket {
        consensus::Ticket ticket = 0;
        std::uint64_t sequence = 0;
    };
    struct PendingSend {
        consensus::Ticket after = 0;
        std::optional<ValidatorIndex> to;
        CoreMessage message;
    };
    std::deque<consensus::Input> inputs_;
    bool driving_ = false;
    std::deque<PendingTicket> tickets_;
    std::deque<PendingSend> sends_;
    consensus::Ticket durable_ticket_ = 0;
    std::map<consensus::TimerFired::Kind, Scheduler::TimerId> core_timers_;
    std::map<Digest, PendingCheck> checks_;
    std::uint64_t fetch_turn_ = 0;
    bool has_work_ = false;

    // Batches.
    ledger::Nonce session_;
    std::uint64_t next_batch_sequence_ = 1;
    bool batch_scheduled_ = false;
    bool pool_tick_scheduled_ = false;
    std::uint64_t retold_ms_ = 0;
    struct BatchQuestion {
        std::uint64_t asked_ms = 0;
        std::uint64_t attempts = 0;
        std::uint64_t retry_ms = k_batch_retry_ms;
    };
    std::map<Digest, BatchQuestion> questions_;
    std::set<Digest> checking_batches_;
    std::map<std::uint64_t, std::set<Digest>> missing_of_final_;  ///< by height

    // Final blocks and execution.
    struct NewestFinalization {
        std::uint64_t height = 0;
        ledger::Certificate certificate;
    };
    std::optional<NewestFinalization> newest_finalization_;
    ledger::ExecutedState executed_;
    std::uint64_t handed_over_height_ = 0;
    std::uint64_t covered_height_ = 0;  ///< executed height that the newest final header names
    std::set<std::uint64_t> changed_heights_;  ///< executed changes above covered_height_
    /// Of final headers above own execution.
    std::map<std::uint64_t, ledger::ExecutedState> expected_states_;
    std::uint64_t last_final_ms_ = 0;
    struct Waiter {
        Digest transaction;
        std::function<void(const ledger::StoredReceipt&)> executed;
    };
    std::map<std::uint64_t, Waiter> waiters_;
    std::multimap<Digest, std::uint64_t> waiting_for_;
    std::uint64_t next_waiter_ = 1;
    bool hint_scheduled_ = false;
    std::uint64_t told_executed_height_ = 0;

    // Block sync.
    struct SyncRound {
        ValidatorIndex peer = 0;
        std::uint64_t from_height = 0;
        Scheduler::TimerId timer = 0;
    };
    std::optional<SyncRound> sync_;
    std::optional<std::uint64_t> behind_since_ms_;
    std::uint64_t sync_turn_ = 0;
    std::uint64_t sync_timeout_ms_ = k_sync_timeout_ms;
    struct SyncedEnd {
        std::uint64_t sequence = 0;
        ledger::Block block;
        ledger::Certificate finalization;
    };
    std::deque<SyncedEnd> synced_ends_;  ///< told to the core once durable

    // Start question.
    bool voting_ = false;
    bool lost_record_ = false;                ///< a peer showed a vote that the log does not hold
    consensus::View votes_above_view_ = 0;    ///< the answer to the start question
    consensus::View recorded_vote_view_ = 0;  ///< of the newest own vote in the log
    std::uint64_t asked_first_ms_ = 0;
    ledger::Nonce question_;
    std::map<ValidatorIndex, StartAnswer> start_answers_;

    Counters counters_;
};

}  // namespace cityledger::node
