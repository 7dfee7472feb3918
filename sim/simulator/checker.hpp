#pragma once
// What must hold in every run, checked from outside with code of its own: one chain, equal roots,
// receipts that stay, one vote of a kind per view, votes on the disk before they leave; and while
// at most f validators are faulty, no honest node halts, diverges or refuses an honest leader's
// block. The first broken invariant is kept; the run ends with it.

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "node/replica/peer_messages.hpp"
#include "node/replica/replica.hpp"
#include "sim/simulator/disk.hpp"

namespace cityledger::sim {

/// What a frame holds that the checker and the byzantine nodes care about.
struct SeenMessage {
    std::optional<consensus::Proposal> proposal;
    std::optional<ledger::Vote> vote;  ///< of a vote message or of the proposal
    std::optional<ledger::Certificate> certificate;
};
[[nodiscard]] SeenMessage look_into(ByteView frame);

class VirtualChecker {
public:
    explicit VirtualChecker(std::size_t nodes) : disks_(nodes) {}

    /// A control may switch this one check off, to show what the others find.
    void check_persisted_votes(bool enabled) { check_persisted_votes_ = enabled; }

    /// This validator lies, or its disk does or was lost: it counts against the f of the promise.
    void mark_faulty(std::size_t node) { faulty_.insert(node); }

    /// A frame that an honest node sends, and the disk that its votes must be on.
    void on_send(std::size_t from, ByteView frame, const SimulatedDisk& disk);
    void on_disk(std::size_t node, const DiskEvent& event);
    /// What an honest node says of its standing and of the blocks that it refuses.
    void on_event(std::size_t node, const node::ReplicaEvent& event);
    void on_block(std::size_t node, const node::FinalBlock& final_block,
                  const ledger::ExecutedBlock& executed);
    /// The books of a state at its first node and block; later nodes have the same state root.
    void on_books(std::size_t node, std::uint64_t height, const ledger::StateReader& state);
    /// The state that a node reached by replaying its log.
    void on_state(std::size_t node, const ledger::ExecutedState& state);
    /// A client was told this receipt: from here on it must be there for ever.
    void on_acknowledged(const ledger::StoredReceipt& stored);
    /// Looks up every acknowledged receipt in the state of a node.
    void check_acknowledged(std::size_t node, const ledger::StateReader& state);

    void fail(std::string what);
    [[nodiscard]] const std::optional<std::string>& broken() const { return broken_; }
    [[nodiscard]] std::size_t acknowledged() const { return acknowledged_.size(); }
    [[nodiscard]] std::uint64_t highest_block() const {
        return chain_.empty() ? 0 : chain_.rbegin()->first;
    }
    [[nodiscard]] std::uint64_t votes_seen() const { return votes_.size(); }
    /// Blocks of faulty leaders that honest nodes refused, as they must.
    [[nodiscard]] std::uint64_t refusals_seen() const { return refusals_; }

private:
    void on_refusal(std::size_t node, const node::BlockRefused& refused);
    /// Faulty nodes that the protocol tolerates, and whether there are no more.
    [[nodiscard]] std::size_t tolerated() const;
    [[nodiscard]] bool promised() const;
    /// What every node must agree on at a height.
    struct Height {
        Digest block;
        ledger::ExecutedState executed;
        Digest receipts;
    };
    struct VoteSlot {
        std::uint64_t view = 0;
        std::size_t validator = 0;
        ledger::VoteKind kind = ledger::VoteKind::notarize;
        auto operator<=>(const VoteSlot&) const = default;
    };
    /// The writes that became durable last, newest at the end.
    struct RecentWrites {
        std::deque<Bytes> writes;
        std::size_t bytes = 0;
    };

    void check_vote(std::size_t from, const ledger::Vote& vote, const SimulatedDisk& disk);
    [[nodiscard]] bool is_durable(std::size_t node, const ledger::VoteContent& content,
                                  const SimulatedDisk& disk) const;

    bool check_persisted_votes_ = true;
    std::uint64_t books_height_ = 0;  ///< up to which the books were checked
    std::map<std::uint64_t, Height> chain_;
    std::map<Digest, std::uint64_t> executed_at_;  ///< height of each executed transaction
    std::map<VoteSlot, Digest> votes_;
    std::map<std::uint64_t, Digest> finalized_;  ///< by view: what an honest node finalized
    std::set<Digest> honest_blocks_;             ///< that an honest leader proposed
    std::set<std::size_t> faulty_;
    std::uint64_t refusals_ = 0;
    std::map<Digest, Digest> acknowledged_;  ///< transaction -> hash of its receipt
    std::vector<RecentWrites> disks_;
    std::optional<std::string> broken_;
};

}  // namespace cityledger::sim
