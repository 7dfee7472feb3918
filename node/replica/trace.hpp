#pragma once
// What happened in a replica, as values: the lines of a node's log, and the story that a run of the
// virtual world tells. Nothing of it is read back by the replica.

#include <functional>
#include <variant>

#include "crypto/result.hpp"
#include "ledger/vote.hpp"
#include "node/consensus/types.hpp"
#include "node/replica/standing.hpp"

namespace cityledger::node {

using consensus::ValidatorIndex;
using consensus::View;

struct StandingChanged {
    Standing before = Standing::starting;
    StandingReport now;
};
/// This node judged a block invalid. A block of an honest leader never is.
struct BlockRefused {
    Digest block;
    std::uint64_t height = 0;
    Error reason;
};
/// The view of the core, after it changed.
struct ViewEntered {
    View view = 0;
};
/// Nothing came of the view in its time (rule L4): this node gives it up.
struct ViewTimedOut {
    View view = 0;
};
/// This node leads the view and asks for votes on its block.
struct BlockProposed {
    View view = 0;
    std::uint64_t height = 0;
    Digest block;
    std::size_t batches = 0;
};
/// The vote is in the log; it leaves once it is durable.
struct VoteRecorded {
    ledger::VoteContent vote;
};
/// A certificate that this node has made of votes, or was told of, and keeps.
struct CertificateKept {
    ledger::VoteContent content;
};
struct BlockFinal {
    std::uint64_t height = 0;
    Digest block;
    View view = 0;  ///< of the finalization, which may be a descendant's
    std::size_t batches = 0;
};
struct BlockExecuted {
    std::uint64_t height = 0;
    std::size_t receipts = 0;
};
/// Block sync asks this peer.
struct BlocksAsked {
    ValidatorIndex peer = 0;
    std::uint64_t from_height = 0;
};
struct BlocksSynced {
    ValidatorIndex peer = 0;
    std::uint64_t from_height = 0;
    std::uint64_t to_height = 0;
};
/// Two votes of one validator that no correct validator casts both.
struct LieSeen {
    ValidatorIndex validator = 0;
    ledger::VoteContent first;
    ledger::VoteContent second;
};
struct PeerChanged {
    ValidatorIndex peer = 0;
    bool reachable = false;
};

using ReplicaEvent = std::variant<StandingChanged, BlockRefused, ViewEntered, ViewTimedOut,
                                  BlockProposed, VoteRecorded, CertificateKept, BlockFinal,
                                  BlockExecuted, BlocksAsked, BlocksSynced, LieSeen, PeerChanged>;

/// Where the parts of a replica tell it. Without a listener nothing is told.
class Trace {
public:
    void set_listener(std::function<void(const ReplicaEvent&)> listener) {
        listener_ = std::move(listener);
    }
    void tell(const ReplicaEvent& event) const {
        if (listener_) listener_(event);
    }

private:
    std::function<void(const ReplicaEvent&)> listener_;
};

}  // namespace cityledger::node
