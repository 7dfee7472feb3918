#include "sim/simulator/byzantine.hpp"

#include "sim/simulator/simulator_codes.hpp"

namespace cityledger::sim {
namespace {

Frame frame_of(const node::PeerMessage& message) {
    return std::make_shared<const Bytes>(node::encode_message(message));
}

}  // namespace

const std::map<std::string_view, Byzantine::Behaviour>& Byzantine::behaviours() {
    static const std::map<std::string_view, Behaviour> known = {
        {"double_vote", {&Byzantine::double_vote}},
        {"equivocate", {&Byzantine::equivocate}},
        {"false_roots", {&Byzantine::false_roots}},
        {"flood_batches", {&Byzantine::flood_batches}},
        {"flood_votes", {&Byzantine::flood_votes}},
        {"forge_header", {&Byzantine::forge_header}},
        {"lie_in_sync", {&Byzantine::lie_in_sync, true}},
        {"silent_leader", {&Byzantine::silent_leader}},
        {"withhold_certificates", {&Byzantine::withhold_certificates, true}},
        {"withhold_votes", {&Byzantine::withhold_votes}},
    };
    return known;
}

std::vector<std::string_view> Byzantine::names() {
    std::vector<std::string_view> names;
    for (const auto& [name, behaviour] : behaviours()) names.push_back(name);
    return names;
}

Result<std::unique_ptr<Byzantine>> Byzantine::create(std::string_view behaviour,
                                                     ValidatorIndex self, std::size_t validators,
                                                     const crypto::PrivateKey& key,
                                                     const ledger::ChainId& chain) {
    const auto found = behaviours().find(behaviour);
    if (found == behaviours().end()) {
        return refuse(codes::virtual_behaviour_unknown, std::string(behaviour));
    }
    return std::unique_ptr<Byzantine>(new Byzantine(found->second, self, validators, key, chain));
}

void Byzantine::hear(const Frame& frame) {
    if (frame->at(0) == node::frame_kind<node::BatchPush>()) {
        const auto message = node::decode_message(*frame);
        const auto* push = message ? std::get_if<node::BatchPush>(&*message) : nullptr;
        if (push != nullptr && !push->batch.transactions.empty()) {
            heard_transaction_ = push->batch.transactions.back();
        }
    }
    heard_.hear(look_into(*frame));
    release();
}

std::vector<Frame> Byzantine::rewrite(ValidatorIndex to, const Frame& frame) {
    const SeenMessage seen = look_into(*frame);
    const bool own_vote = seen.vote && seen.vote->validator == self_;
    if (!own_vote && !behaviour_.on_all_frames) return {frame};
    if (own_vote) {
        heard_.hear(seen);
        release();
    }
    std::vector<Frame> frames = (this->*behaviour_.function)(to, frame, seen);
    if (frames != std::vector<Frame>{frame}) ++lies_;
    return frames;
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

std::vector<Frame> Byzantine::false_roots(ValidatorIndex to, const Frame& frame,
                                          const SeenMessage& seen) {
    if (!seen.proposal || told_.contains(seen.vote->content.view)) return as_told(frame, seen);
    const consensus::Proposal& proposal = *seen.proposal;
    if (!heard_.finalization(proposal.block.header.parent)) {
        const bool newer = !held_ || held_->vote.content.view != proposal.vote.content.view;
        if (newer) held_from_.clear();
        held_ = proposal;
        // The replica repeats a proposal after a while: then it has waited long enough.
        if (held_from_.insert(to).second) return {};
    }
    held_.reset();
    ledger::Block block = proposal.block;
    if (!forge_roots(block, heard_)) return {frame};
    return {frame_of(node::ProposalMessage{tell(proposal, std::move(block)), {}})};
}

void Byzantine::release() {
    if (!held_ || !heard_.finalization(held_->block.header.parent)) return;
    const consensus::Proposal proposal = *std::exchange(held_, std::nullopt);
    ledger::Block block = proposal.block;
    if (!forge_roots(block, heard_)) return;
    const Frame forged = frame_of(node::ProposalMessage{tell(proposal, std::move(block)), {}});
    for (std::size_t peer = 0; peer < validators_; ++peer) {
        if (peer != self_ && send_) send_(static_cast<ValidatorIndex>(peer), forged);
    }
}

std::vector<Frame> Byzantine::forge_header(ValidatorIndex, const Frame& frame,
                                           const SeenMessage& seen) {
    if (!seen.proposal || told_.contains(seen.vote->content.view)) return as_told(frame, seen);
    const auto& forgeries = header_forgeries();
    for (std::size_t tried = 0; tried < forgeries.size(); ++tried) {
        const HeaderForgery& forgery = forgeries[next_forgery_++ % forgeries.size()];
        ledger::Block block = seen.proposal->block;
        if (!forgery.apply(block, heard_)) continue;
        return {frame_of(node::ProposalMessage{tell(*seen.proposal, std::move(block)), {}})};
    }
    return {frame};
}

std::vector<Frame> Byzantine::flood_votes(ValidatorIndex, const Frame& frame,
                                          const SeenMessage& seen) {
    constexpr std::uint64_t k_views = 64;
    std::vector<Frame> frames = {frame};
    for (std::uint64_t ahead = 1; ahead <= k_views; ++ahead) {
        const auto& vote = seen.vote->content;
        frames.push_back(
            vote_frame({ledger::VoteKind::nullify, vote.epoch, vote.view + ahead, Digest{}}));
    }
    return frames;
}

Frame Byzantine::batch_frame(const ledger::Transaction& transaction) {
    ledger::Batch batch;
    batch.transactions.push_back(transaction);
    batch.header.author = self_;
    batch.header.sequence = ++next_batch_;
    batch.header.session.bytes.fill(0xb2);  // apart from the replica's own
    batch.header.transaction_count = 1;
    batch.header.transactions_root = ledger::batch_transactions_root(batch.transactions);
    batch.signature = key_.sign(ledger::signing_bytes(ledger::tags::batch, chain_, batch.header));
    return frame_of(node::BatchPush{std::move(batch)});
}

std::vector<Frame> Byzantine::flood_batches(ValidatorIndex, const Frame& frame,
                                            const SeenMessage&) {
    constexpr std::size_t k_batches = 16;
    std::vector<Frame> frames = {frame};
    if (!heard_transaction_) return frames;
    for (std::size_t i = 0; i < k_batches; ++i) frames.push_back(batch_frame(*heard_transaction_));
    return frames;
}

std::vector<Frame> Byzantine::lie_in_sync(ValidatorIndex, const Frame& frame, const SeenMessage&) {
    if (frame->at(0) != node::frame_kind<node::SyncAnswer>()) return {frame};
    auto message = node::decode_message(*frame);
    auto* answer = message ? std::get_if<node::SyncAnswer>(&*message) : nullptr;
    if (answer == nullptr || answer->blocks.empty()) return {frame};
    auto& last = answer->blocks.back();
    switch (next_forgery_++ % 4) {
        case 0: last.finalization.reset(); break;
        case 1: last.batches.emplace_back().header.author = self_; break;
        case 2: answer->blocks.front().block.header.executed.business_root = Digest{}; break;
        default: answer->from_height += 1; break;
    }
    return {frame_of(*message)};
}

std::vector<Frame> Byzantine::withhold_certificates(ValidatorIndex, const Frame& frame,
                                                    const SeenMessage&) {
    if (frame->at(0) == node::frame_kind<node::CertificateMessage>()) return {};
    return {frame};
}

const consensus::Proposal& Byzantine::tell(const consensus::Proposal& proposal,
                                           ledger::Block block) {
    consensus::Proposal forged = proposal;
    forged.block = std::move(block);
    ledger::VoteContent content = proposal.vote.content;
    content.block = ledger::block_digest(forged.block.header, chain_);
    forged.vote = sign(content);
    return told_.insert_or_assign(content.view, std::move(forged)).first->second;
}

std::vector<Frame> Byzantine::as_told(const Frame& frame, const SeenMessage& seen) const {
    const auto told = told_.find(seen.vote->content.view);
    if (told == told_.end()) return {frame};
    if (seen.proposal) return {frame_of(node::ProposalMessage{told->second, {}})};
    if (seen.vote->content.kind != ledger::VoteKind::notarize) return {frame};
    return {frame_of(node::VoteMessage{told->second.vote, {}})};
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
        set_batches(other.block, {});
        ledger::VoteContent content = proposal.vote.content;
        content.block = ledger::block_digest(other.block.header, chain_);
        other.vote = sign(content);
        twin->second = std::move(other);
    }
    return twin->second;
}

}  // namespace cityledger::sim
