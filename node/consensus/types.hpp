#pragma once
// The words of the Simplex core. The rules and their numbers stand in docs/consensus.md.

#include <cstdint>
#include <functional>
#include <optional>

#include "ledger/block.hpp"
#include "ledger/validator_set.hpp"

namespace cityledger::consensus {

using View = std::uint64_t;            ///< 0 is the genesis; the first leader proposes in view 1
using ValidatorIndex = std::uint16_t;  ///< index in the validator set
using Ticket = std::uint64_t;          ///< names a persist; ascending

/// A proposal is the leader's notarize vote together with the block that it names.
struct Proposal {
    ledger::Vote vote;     ///< notarize(view, digest of block), signed by the leader of the view
    View parent_view = 0;  ///< view of the notarization of the parent; 0 if the parent is final
    ledger::Block block;

    bool operator==(const Proposal&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("vote", vote), ledger::field("parent_view", parent_view),
                ledger::field("block", block));
    }
};

/// Who leads a view. The default is round-robin; Twins tests supply their own.
using LeaderSchedule = std::function<ValidatorIndex(View)>;

}  // namespace cityledger::consensus
