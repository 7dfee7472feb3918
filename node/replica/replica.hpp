#pragma once
// One node of the chain on ports: consensus core, block log, mempool, batches, block sync and
// execution, wired together. Single-threaded; the production daemon and the virtual world run
// exactly this object.

#include <functional>
#include <memory>
#include <string>

#include "ledger/executor.hpp"
#include "node/consensus/core.hpp"
#include "node/log/block_log.hpp"
#include "node/replica/counters.hpp"
#include "node/replica/ports.hpp"
#include "node/replica/trace.hpp"

namespace cityledger::node {

struct ReplicaOptions {
    std::string log_folder;  ///< made by initialise_log; a missing one is a lost disk
    consensus::CoreOptions consensus;
    std::uint64_t batch_interval_ms = 2;  ///< how long transactions wait for company
    std::uint64_t heartbeat_interval_ms = 60'000;
    std::uint64_t mempool_max_bytes = 64ull * 1024 * 1024;
    std::uint64_t peer_silence_ms = 3000;  ///< silent for longer: counts as unreachable
    std::uint64_t log_segment_bytes = 64ull * 1024 * 1024;
    /// The operator's word that every validator was stopped since this log lost its votes, and that
    /// none is hostile: what it voted then exists nowhere any more (docs/operations.md).
    bool network_was_stopped = false;
};

/// A final block as the log holds it.
struct FinalBlock {
    ledger::Block block;
    Digest digest;
    std::optional<ledger::Certificate> finalization;  ///< its own, where one was made
};

struct PeerStatus {
    std::string name;
    bool connected = false;
    std::uint64_t final_height = 0;  ///< as it says: a hint
    std::uint64_t executed_height = 0;
    std::optional<Standing> standing;    ///< as it says; nothing until it does, or unconnected
    std::uint64_t votes_above_view = 0;  ///< with votes_lost, see StandingReport
    std::string last_error;
};

struct ReplicaStatus {
    consensus::CoreStatus consensus;
    ledger::ExecutedState executed;
    std::uint64_t final_height = 0;
    Digest final_digest;
    bool syncing = false;
    StandingReport standing;
    bool accepts_transactions = false;
    std::string refuses_because;    ///< why it does not accept or vote, in words
    std::string network_waits_for;  ///< see standing.hpp; empty while a quorum may vote
    std::uint64_t mempool_transactions = 0;
    std::uint64_t mempool_bytes = 0;
    std::uint64_t batches_held = 0;
    std::vector<PeerStatus> peers;  ///< by validator index; own entry included
};

class Replica {
public:
    /// `store` is only read here (the execution port writes it). `key` may be null: an observer.
    Replica(const ledger::Genesis& genesis, const ledger::ValidatorSet& validators,
            const crypto::PrivateKey* key, ledger::Executor& executor,
            const ledger::StateReader& state, ReplicaOptions options, Ports ports);
    ~Replica();

    /// Reads the log, replays what the state lacks, asks the others what it could have signed.
    /// Refuses with the file and what is wrong.
    [[nodiscard]] Status start();

    void on_session(ValidatorIndex peer, bool up);
    /// A frame of a peer. A frame that breaks the protocol closes the session, with the reason.
    void on_message(ValidatorIndex peer, ByteView frame);

    /// Takes a transaction into the mempool or says why not. A transaction that is already known
    /// (pending or executed) is accepted again: submitting twice is harmless. `done` comes once.
    void submit(std::shared_ptr<const ledger::Transaction> transaction,
                std::function<void(Result<Digest>)> done);

    /// Calls `executed` once the transaction's block is executed and applied on this node (at once
    /// in the next turn if it is already). Returns a handle for `forget_receipt`.
    std::uint64_t on_receipt(const Digest& transaction,
                             std::function<void(const ledger::StoredReceipt&)> executed);
    void forget_receipt(std::uint64_t handle);

    /// Called after every executed block.
    void set_block_observer(std::function<void(const FinalBlock&, const ledger::ExecutedBlock&)>);
    /// Called as things happen: see trace.hpp.
    void set_event_observer(std::function<void(const ReplicaEvent&)>);
    /// Called once when durability failed: the node must stop. Default: CHECK.
    void set_fatal_handler(std::function<void(const Error&)>);

    [[nodiscard]] ReplicaStatus status() const;
    [[nodiscard]] Counters counters() const;
    [[nodiscard]] std::optional<FinalBlock> final_block(std::uint64_t height) const;
    /// Where the log holds a final block, for readers on other threads (LogReader).
    [[nodiscard]] std::optional<FinalEntry> final_entry(std::uint64_t height) const;
    /// Where it holds these batches; those that it does not hold are left out.
    [[nodiscard]] std::vector<LogPosition> batch_positions(
        const std::vector<Digest>& batches) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cityledger::node
