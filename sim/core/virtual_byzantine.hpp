#pragma once
// Byzantine nodes: a correct replica whose outgoing frames are replaced by what an attacker with
// its key would send. One behaviour a function.

#include <map>
#include <memory>
#include <string_view>

#include "crypto/keys.hpp"
#include "sim/core/simulated_network.hpp"
#include "sim/core/virtual_checker.hpp"

namespace cityledger::sim {

class Byzantine {
public:
    /// equivocate: as a leader two proposals, one to each half of the others, and votes for both;
    ///             also nullify votes beside its finalize votes.
    /// double_vote: nullify beside every finalize vote.
    /// silent_leader: never sends its proposals.
    /// withhold_votes: sends no votes at all, but all else.
    static Result<std::unique_ptr<Byzantine>> create(std::string_view behaviour,
                                                     ValidatorIndex self, std::size_t validators,
                                                     const crypto::PrivateKey& key,
                                                     const ledger::ChainId& chain);

    /// What goes to `to` instead of this frame.
    [[nodiscard]] std::vector<Frame> rewrite(ValidatorIndex to, const Frame& frame);

private:
    using Behaviour = std::vector<Frame> (Byzantine::*)(ValidatorIndex, const Frame&,
                                                        const SeenMessage&);

    Byzantine(Behaviour behaviour, ValidatorIndex self, std::size_t validators,
              const crypto::PrivateKey& key, const ledger::ChainId& chain)
        : behaviour_(behaviour), self_(self), validators_(validators), key_(key), chain_(chain) {}

    std::vector<Frame> equivocate(ValidatorIndex to, const Frame& frame, const SeenMessage& seen);
    std::vector<Frame> double_vote(ValidatorIndex to, const Frame& frame, const SeenMessage& seen);
    std::vector<Frame> silent_leader(ValidatorIndex to, const Frame& frame,
                                     const SeenMessage& seen);
    std::vector<Frame> withhold_votes(ValidatorIndex to, const Frame& frame,
                                      const SeenMessage& seen);

    [[nodiscard]] bool in_second_half(ValidatorIndex peer) const;
    [[nodiscard]] ledger::Vote sign(ledger::VoteContent content) const;
    [[nodiscard]] Frame vote_frame(ledger::VoteContent content) const;
    /// The other proposal of a view that this node leads: the same block without its batches.
    [[nodiscard]] const std::optional<consensus::Proposal>& twin_of(
        const consensus::Proposal& proposal);

    Behaviour behaviour_;
    ValidatorIndex self_;
    std::size_t validators_;
    const crypto::PrivateKey& key_;
    ledger::ChainId chain_;
    std::map<consensus::View, std::optional<consensus::Proposal>> twins_;
};

}  // namespace cityledger::sim
