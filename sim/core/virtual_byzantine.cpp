#include "sim/core/virtual_byzantine.hpp"

#include "sim/core/virtual_codes.hpp"

namespace cityledger::sim {
namespace {

Frame frame_of(const node::PeerMessage& message) {
    return std::make_shared<const Bytes>(node::encode_message(message));
}

}  // namespace

Result<std::unique_ptr<Byzantine>> Byzantine::create(std::string_view behaviour,
                                                     ValidatorIndex self, std::size_t validators,
                                                     const crypto::PrivateKey& key,
                                                     const ledger::ChainId& chain) {
    static const std::map<std::string_view, Behaviour> k_behaviours = {
        {"equivocate", &Byzantine::equivocate},
        {"double_vote", &Byzantine::double_vote},
        {"silent_leader", &Byzantine::silent_leader},
        {"withhold_votes", &Byzantine::withhold_votes},
    };
    const auto found = k_behaviours.find(behaviour);
    if (found == k_behaviours.end()) {
        return refuse(codes::virtual_behaviour_unknown, std::string(behaviour));
    }
    return std::unique_ptr<Byzantine>(
        new Byzantine(found->second, self, validators, key, chain));
}

std::vector<Frame> Byzantine::rewrite(ValidatorIndex to, const Frame& frame) {
    const SeenMessage seen = look_into(*frame);
    if (!seen.vote || seen.vote->validator != self_) return {frame};
    return (this->*behaviour_)(to, frame, seen);
}

std::vector<Frame> Byzantine::equivocate(ValidatorIndex to, const Frame& frame,
                                         const SeenMessage& seen) {
    if (seen.proposal) {
        const auto& twin = twin_of(*seen.proposal);
        if (!twin) return {frame};
        // Each half gets one proposal and the vote for the other one: the proof of the lie.
        if (!in_second_half(to)) return {frame, vote_frame(twin->vote.content)};
        return {frame_of(node::ProposalMessage{*twin, {}}), vote_frame(seen.vote->content)};
    }
    std::vector<Frame> frames = double_vote(to, frame, seen);
    const auto twin = twins_.find(seen.vote->content.view);
    if (twin != twins_.end() && twin->second && !seen.vote->content.block.is_zero()) {
        ledger::VoteContent other = seen.vote->content;
        other.block = twin->second->vote.content.block;
        frames.push_back(vote_frame(other));
    }
    return frames;
}

std::vector<Frame> Byzantine::double_vote(ValidatorIndex, const Frame& frame,
                                          const SeenMessage& seen) {
    if (seen.vote->content.kind != ledger::VoteKind::finalize) return {frame};
    ledger::VoteContent opposite = seen.vote->content;
    opposite.kind = ledger::VoteKind::nullify;
    opposite.block = Digest{};
    return {frame, vote_frame(opposite)};
}

std::vector<Frame> Byzantine::silent_leader(ValidatorIndex, const Frame& frame,
                                            const SeenMessage& seen) {
    if (seen.proposal) return {};
    return {frame};
}

std::vector<Frame> Byzantine::withhold_votes(ValidatorIndex, const Frame& frame,
                                             const SeenMessage& seen) {
    if (seen.proposal) return {frame};
    return {};
}

bool Byzantine::in_second_half(ValidatorIndex peer) const {
    const std::size_t position = peer < self_ ? peer : peer - 1u;
    return position >= validators_ / 2;
}

ledger::Vote Byzantine::sign(ledger::VoteContent content) const {
    ledger::Vote vote{content, self_, {}};
    vote.signature = key_.sign(ledger::vote_signing_bytes(content, chain_));
    return vote;
}

Frame Byzantine::vote_frame(ledger::VoteContent content) const {
    return frame_of(node::VoteMessage{sign(content), {}});
}

const std::optional<consensus::Proposal>& Byzantine::twin_of(const consensus::Proposal& proposal) {
    const auto [twin, is_new] = twins_.try_emplace(proposal.vote.content.view);
    if (is_new && !proposal.block.batches.empty()) {
        consensus::Proposal other = proposal;
        other.block.batches.clear();
        other.block.header.batch_count = 0;
        other.block.header.batches_root = ledger::batches_root({});
        ledger::VoteContent content = proposal.vote.content;
        content.block = ledger::block_digest(other.block.header, chain_);
        other.vote = sign(content);
        twin->second = std::move(other);
    }
    return twin->second;
}

}  // namespace cityledger::sim
