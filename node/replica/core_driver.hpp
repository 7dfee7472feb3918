#pragma once
// The consensus core in its world. Inputs stand in a queue and are stepped one after the other;
// what the core wants is done here and nowhere else, in its order: a record is durable before what
// rests on it leaves.

#include <deque>
#include <map>
#include <memory>

#include "node/consensus/core.hpp"
#include "node/log/block_log.hpp"
#include "node/replica/execution.hpp"
#include "node/replica/held_sends.hpp"
#include "node/replica/peer_links.hpp"
#include "node/replica/reactor.hpp"
#include "node/replica/trace.hpp"

namespace cityledger::node {

inline constexpr std::uint64_t k_evidence_records_max = 1000;
/// Until a view timer that met a full disk is tried again.
inline constexpr std::uint64_t k_full_disk_retry_ms = 1000;

/// What the core wants of the rest of the replica.
class CoreRequests {
public:
    virtual ~CoreRequests() = default;
    [[nodiscard]] virtual ledger::Block build_block(const consensus::BuildBlock& wanted) = 0;
    /// Answered by BlockChecked, now or later.
    virtual void check_block(const consensus::CheckBlock& wanted) = 0;
    /// Execution, and with it every answer to clients, waits until `proof_sequence` is durable.
    virtual void commit_block(const consensus::Commit& commit, std::uint64_t proof_sequence) = 0;
};

class CoreDriver {
public:
    /// `recorded_votes`: the own votes of the highest view in the log.
    CoreDriver(std::unique_ptr<consensus::Core> core,
               std::vector<ledger::VoteContent> recorded_votes, BlockLog& log,
               const Execution& execution, PeerLinks& links, Reactor& reactor, const Trace& trace);

    void start(CoreRequests& requests);
    void give(consensus::Input input) { inputs_.push_back(std::move(input)); }
    /// Tells the core whether there is something to expect of consensus, when that changes.
    void set_has_work(bool has_work);
    /// This node can no longer vouch for its state; told once.
    void stop_voting();
    /// An input of a peer, which could not be recorded while the disk is full.
    void receive(consensus::Input input);
    /// Once more of the log is durable: answers tickets, and sends what waited for them.
    void release();
    /// Steps the core until no input waits.
    void drive(CoreRequests& requests);
    /// Whether release() or drive() has something to do.
    [[nodiscard]] bool has_more() const {
        return !inputs_.empty() || held_.may_release(log_.durable_sequence());
    }

    [[nodiscard]] const consensus::Core& core() const { return *core_; }
    [[nodiscard]] Progress progress() const;
    /// Whether the log holds this own vote, or one of a later view: then it held all before it.
    [[nodiscard]] bool has_recorded(const ledger::VoteContent& vote) const;
    /// The own executed height that the last votes to all told.
    [[nodiscard]] std::uint64_t told_executed_height() const { return told_executed_height_; }
    /// A node that cannot vouch for its state, or has seen a contradiction, does not spread what
    /// rests on its own signature.
    [[nodiscard]] bool may_vouch_for(const ledger::Certificate& certificate) const;
    /// What leads a peer at this view to the own one.
    void send_certificates(ValidatorIndex to, View view);
    void add_counters(Counters& counters) const;

private:
    void carry_out(consensus::Output output, CoreRequests& requests);
    void carry_out(consensus::Persist& persist, CoreRequests&);
    void carry_out(consensus::Send& wanted, CoreRequests&);
    void carry_out(consensus::Commit& commit, CoreRequests& requests);
    void carry_out(consensus::BuildBlock& wanted, CoreRequests& requests);
    void carry_out(consensus::CheckBlock& wanted, CoreRequests& requests);
    void carry_out(consensus::FetchBlock& fetch, CoreRequests&);
    void carry_out(consensus::FetchCertificate& fetch, CoreRequests&);
    void carry_out(consensus::SetTimer& timer, CoreRequests&);
    void carry_out(consensus::Evidence& evidence, CoreRequests&);
    void record(const consensus::SafetyRecord& record);
    void send_now(const consensus::Send& wanted);
    void set_timer(consensus::TimerFired::Kind kind, View view,
                   std::optional<std::uint64_t> delay_ms);

    std::unique_ptr<consensus::Core> core_;
    BlockLog& log_;
    const Execution& execution_;
    PeerLinks& links_;
    Reactor& reactor_;
    const Trace& trace_;
    std::deque<consensus::Input> inputs_;
    HeldSends held_;
    std::map<consensus::TimerFired::Kind, Scheduler::TimerId> timers_;
    std::uint64_t fetch_turn_ = 0;
    std::vector<ledger::VoteContent> recorded_votes_;  ///< own, of the highest view
    bool has_work_ = false;
    bool stopped_voting_ = false;
    std::uint64_t told_executed_height_ = 0;
    std::uint64_t blocks_built_ = 0;
};

}  // namespace cityledger::node
