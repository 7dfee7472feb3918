#pragma once
// Byzantine nodes: a correct replica whose outgoing frames are replaced by what an attacker with
// its key would send. One behaviour a function.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string_view>

#include "crypto/keys.hpp"
#include "sim/simulator/forgery.hpp"
#include "sim/simulator/network.hpp"

namespace cityledger::sim {

class Byzantine {
public:
    /// equivocate: as a leader two proposals, one to each half of the others, and votes for both;
    ///             also nullify votes beside its finalize votes.
    /// double_vote: nullify beside every finalize vote.
    /// silent_leader: never sends its proposals.
    /// withhold_votes: sends no votes at all, but all else.
    /// false_roots: as a leader it waits until it holds the finalization of the parent, and
    ///              proposes at once a block that names the parent's state, which others hardly
    ///              have executed, with roots out of thin air; all else of the block is right.
    /// forge_header: as a leader it lies in one field of the header, in another one each view.
    /// flood_votes: beside each of its votes it votes to nullify many later views.
    /// flood_batches: beside each of its votes it pushes many small batches, each with a
    /// transaction
    ///                that it has heard of.
    /// lie_in_sync: answers of block sync end without their proof, hold a batch too many, or a
    /// block
    ///              that is changed, in turn.
    /// withhold_certificates: sends none.
    static Result<std::unique_ptr<Byzantine>> create(std::string_view behaviour,
                                                     ValidatorIndex self, std::size_t validators,
                                                     const crypto::PrivateKey& key,
                                                     const ledger::ChainId& chain);

    /// The names of all behaviours, in order of the alphabet.
    [[nodiscard]] static std::vector<std::string_view> names();

    /// How it sends what its replica did not ask for.
    using SendFunction = std::function<void(ValidatorIndex to, const Frame& frame)>;
    void set_send(SendFunction send) { send_ = std::move(send); }
    /// A frame of another node.
    void hear(const Frame& frame);
    /// What goes to `to` instead of this frame.
    [[nodiscard]] std::vector<Frame> rewrite(ValidatorIndex to, const Frame& frame);
    /// Frames that were replaced or held back so far.
    [[nodiscard]] std::uint64_t lies() const { return lies_; }

private:
    using Function = std::vector<Frame> (Byzantine::*)(ValidatorIndex, const Frame&,
                                                       const SeenMessage&);
    struct Behaviour {
        Function function = nullptr;
        bool on_all_frames = false;  ///< not only on those with an own vote
    };

    Byzantine(Behaviour behaviour, ValidatorIndex self, std::size_t validators,
              const crypto::PrivateKey& key, const ledger::ChainId& chain)
        : behaviour_(behaviour),
          self_(self),
          validators_(validators),
          key_(key),
          chain_(chain),
          heard_(validators, chain) {}

    [[nodiscard]] static const std::map<std::string_view, Behaviour>& behaviours();

    std::vector<Frame> equivocate(ValidatorIndex to, const Frame& frame, const SeenMessage& seen);
    std::vector<Frame> double_vote(ValidatorIndex to, const Frame& frame, const SeenMessage& seen);
    std::vector<Frame> silent_leader(ValidatorIndex to, const Frame& frame,
                                     const SeenMessage& seen);
    std::vector<Frame> withhold_votes(ValidatorIndex to, const Frame& frame,
                                      const SeenMessage& seen);
    std::vector<Frame> false_roots(ValidatorIndex to, const Frame& frame, const SeenMessage& seen);
    std::vector<Frame> forge_header(ValidatorIndex to, const Frame& frame, const SeenMessage& seen);
    std::vector<Frame> flood_votes(ValidatorIndex to, const Frame& frame, const SeenMessage& seen);
    std::vector<Frame> flood_batches(ValidatorIndex to, const Frame& frame,
                                     const SeenMessage& seen);
    std::vector<Frame> lie_in_sync(ValidatorIndex to, const Frame& frame, const SeenMessage& seen);
    std::vector<Frame> withhold_certificates(ValidatorIndex to, const Frame& frame,
                                             const SeenMessage& seen);

    /// A lie that was told in a view is told again with every vote and repetition.
    std::vector<Frame> as_told(const Frame& frame, const SeenMessage& seen) const;
    /// Sends the held proposal with false roots, if the finalization of its parent is there.
    void release();
    [[nodiscard]] const consensus::Proposal& tell(const consensus::Proposal& proposal,
                                                  ledger::Block block);
    [[nodiscard]] bool in_second_half(ValidatorIndex peer) const;
    [[nodiscard]] ledger::Vote sign(ledger::VoteContent content) const;
    [[nodiscard]] Frame vote_frame(ledger::VoteContent content) const;
    [[nodiscard]] Frame batch_frame(const ledger::Transaction& transaction);
    /// The other proposal of a view that this node leads: the same block without its batches.
    [[nodiscard]] const std::optional<consensus::Proposal>& twin_of(
        const consensus::Proposal& proposal);

    Behaviour behaviour_;
    ValidatorIndex self_;
    std::size_t validators_;
    const crypto::PrivateKey& key_;
    ledger::ChainId chain_;
    SendFunction send_;
    Eavesdropper heard_;
    std::map<consensus::View, std::optional<consensus::Proposal>> twins_;
    std::map<consensus::View, consensus::Proposal> told_;  ///< forged, by view
    std::optional<consensus::Proposal> held_;              ///< waits for a finalization
    std::set<ValidatorIndex> held_from_;                   ///< who misses it so far
    std::size_t next_forgery_ = 0;
    std::optional<ledger::Transaction> heard_transaction_;  ///< the newest one
    std::uint64_t next_batch_ = 0;
    std::uint64_t lies_ = 0;
};

}  // namespace cityledger::sim
