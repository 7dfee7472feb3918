#pragma once
// What can happen to the core. Only verified signatures enter.

#include <variant>
#include <vector>

#include "node/consensus/types.hpp"

namespace cityledger::consensus {

/// From a peer. The signature of the proposal's vote was checked, the block's form too.
struct ProposalReceived {
    ValidatorIndex from = 0;
    ledger::Verified<Proposal> proposal;
};
struct VoteReceived {
    ValidatorIndex from = 0;
    ledger::Verified<ledger::Vote> vote;
};
struct CertificateReceived {
    ValidatorIndex from = 0;
    ledger::Verified<ledger::Certificate> certificate;
};
/// From a peer, and not checked: a vote or certificate whose content is settled (Core::is_settled).
/// It only shows where the peer stands.
struct SettledTold {
    ValidatorIndex from = 0;
    ledger::VoteContent content;
    bool as_certificate = false;
};
/// A block that the core asked for (FetchBlock), or that sync brought.
struct BlockReceived {
    ledger::Block block;
};
/// The answer to CheckBlock: everything that the block rests on (batches, signatures, rules) is
/// held and was appended to the log, or the block is invalid for ever.
struct BlockChecked {
    Digest block;
    bool valid = false;
};
/// The answer to BuildBlock. As with a valid BlockChecked, everything that it rests on is held and
/// was appended to the log. A block that does not fit the parent is ignored.
struct BlockBuilt {
    View view = 0;
    ledger::Block block;
};
/// All records of this persist, and all before it, are durable.
struct Persisted {
    Ticket ticket = 0;
};
struct TimerFired {
    enum class Kind : std::uint8_t { view, resend };
    Kind kind = Kind::view;
    View view = 0;  ///< of a view timer; a timer of an earlier view is ignored
};
/// Whether the replica has something to expect of consensus: a batch that no ancestor names, an
/// executed change that no final header covers, or a heartbeat that is due.
struct WorkChanged {
    bool has_work = false;
};
/// A session to a validator came up or went down (or was silent for too long).
struct PeerReachable {
    ValidatorIndex validator = 0;
    bool reachable = false;
};
/// From block sync: this block is final by a verified finalization, everything up to it is in the
/// log. The core forgets what is below and goes on from here.
struct SyncedTo {
    ledger::Block block;
    ledger::Verified<ledger::Certificate> finalization;
};
/// The start-up question was answered by a quorum: votes are allowed above this view only.
struct VotingAllowed {
    View above_view = 0;
};

/// The replica can no longer vouch for what it has executed: no vote is cast, sent again or counted
/// from now on. The core goes on to follow.
struct StopVoting {};

using Input = std::variant<ProposalReceived, VoteReceived, CertificateReceived, SettledTold,
                           BlockReceived, BlockChecked, BlockBuilt, Persisted, TimerFired,
                           WorkChanged, PeerReachable, SyncedTo, VotingAllowed, StopVoting>;

}  // namespace cityledger::consensus
