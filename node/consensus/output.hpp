#pragma once
// What the core wants done, in order. A Send or Commit that names a persist must not happen before
// that persist is durable; the replica carries this out in one function.

#include <variant>
#include <vector>

#include "node/consensus/input.hpp"
#include "node/consensus/types.hpp"

namespace cityledger::consensus {

/// The validator's own vote with the certificate by which it entered the view (none for view 1):
/// the safety record. Durable before the vote leaves.
struct SafetyRecord {
    ledger::VoteContent vote;
    std::optional<ledger::Certificate> entry_certificate;
    std::optional<Proposal> proposal;  ///< of a leader: what it will send again after a restart

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("vote", vote), ledger::field("entry_certificate", entry_certificate),
                ledger::field("proposal", proposal));
    }
};

/// What Persist appends to the log. Blocks and certificates are kept until finality passes them.
using Record = std::variant<SafetyRecord, ledger::Block, ledger::Certificate>;

struct Persist {
    Ticket ticket = 0;
    std::vector<Record> records;
};

using Message = std::variant<Proposal, ledger::Vote, ledger::Certificate>;

struct Send {
    std::optional<ValidatorIndex> to;  ///< nobody named: to all other validators
    Message message;
    std::optional<Ticket> after;
};

/// This block and all its ancestors are final. Blocks are committed in order of height, each once.
struct Commit {
    Digest digest;
    ledger::Block block;
    /// The finalization certificate of this block, or of the descendant that finalized it.
    ledger::Certificate finalization;
    std::optional<Ticket> after;
};

/// The core leads `view` and wants a block on this parent; answered by BlockBuilt.
struct BuildBlock {
    View view = 0;
    Digest parent;
    ledger::BlockHeader parent_header;
    /// Digests of the ancestors above the last final block, newest first: a batch that one of
    /// them names must not be named again.
    std::vector<Digest> unfinal_ancestors;
};

/// Answered by BlockChecked once the payload is held and in the log.
struct CheckBlock {
    Digest digest;
    ledger::Block block;
    ledger::BlockHeader parent_header;
    std::vector<Digest> unfinal_ancestors;
};

/// A block that a certificate names and the core lacks: ask one of these validators.
struct FetchBlock {
    Digest digest;
    std::vector<ValidatorIndex> holders;
};

/// A message of a later view was seen: ask its sender for the certificate that leads there.
struct FetchCertificate {
    View view = 0;
    ValidatorIndex from = 0;
};

/// Replaces the timer of this kind. A delay of nothing stops it.
struct SetTimer {
    TimerFired::Kind kind = TimerFired::Kind::view;
    View view = 0;
    std::optional<std::uint64_t> delay_ms;
};

/// Two votes of one validator that no correct validator casts both.
struct Evidence {
    ledger::Vote first;
    ledger::Vote second;
};

using Action = std::variant<Persist, Send, Commit, BuildBlock, CheckBlock, FetchBlock,
                            FetchCertificate, SetTimer, Evidence>;

struct Output {
    std::vector<Action> actions;
};

}  // namespace cityledger::consensus
