// Frames of peers in, frames to peers out.

#include "node/replica/replica_codes.hpp"
#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

void Replica::Impl::on_session(ValidatorIndex index, bool up) {
    if (index >= peers_.size() || is_self(index)) return;
    Peer& peer = peers_[index];
    const bool was_reachable = peer.reachable;
    peer.connected = up;
    peer.reachable = up;
    peer.heard_ms = now_ms();
    ++counters_[up ? "p2p_sessions_opened" : "p2p_sessions_closed"];
    if (!takes_part()) return;
    if (was_reachable != up) give(consensus::PeerReachable{index, up});
    if (!up) {
        peer.standing.reset();
        if (sync_ && sync_->peer == index) end_sync_request();
        return;
    }
    const StandingReport own = standing();
    send(index, Hint{progress(), own.standing, own.votes_above_view});
    if (self_ && !voting_) send(index, StartQuestion{question_});
    auto held = pool_.held_since(now_ms(), k_max_digests_per_message);
    if (self_ && !held.empty()) send(index, BatchAck{std::move(held)});
    send_certificates(index, peer.progress.view);
}

void Replica::Impl::on_message(ValidatorIndex from, ByteView frame) {
    if (from >= peers_.size() || is_self(from) || !takes_part()) return;
    Peer& peer = peers_[from];
    peer.heard_ms = now_ms();
    counters_["p2p_receive_bytes"] += frame.size();
    auto message = decode_message(frame);
    if (!message) return close(from, message.error());
    if (peer.connected && !peer.reachable) {
        peer.reachable = true;
        give(consensus::PeerReachable{from, true});
    }
    std::visit([&](auto& content) { handle(from, content); }, *message);
}

Progress Replica::Impl::progress() const {
    return {log_->final_height(), executed_.height, core_->view()};
}

void Replica::Impl::send(ValidatorIndex to, const PeerMessage& message) {
    auto frame = std::make_shared<const Bytes>(encode_message(message));
    counters_["p2p_send_bytes"] += frame->size();
    ports_.transport.send(to, std::move(frame));
}

void Replica::Impl::broadcast(const PeerMessage& message) {
    const auto frame = std::make_shared<const Bytes>(encode_message(message));
    for (const auto peer : peers_.connected()) {
        counters_["p2p_send_bytes"] += frame->size();
        ports_.transport.send(peer, frame);
    }
}

void Replica::Impl::close(ValidatorIndex index, const Error& reason) {
    peers_[index].last_error = reason.message();
    ++counters_["p2p_broken_protocol"];
    ports_.transport.close(index, reason);
}

void Replica::Impl::send_hint() {
    told_executed_height_ = executed_.height;
    const StandingReport own = standing();
    broadcast(Hint{progress(), own.standing, own.votes_above_view});
}

void Replica::Impl::learn(ValidatorIndex from, const Progress& told) {
    Progress& known = peers_[from].progress;
    const bool executed_more = told.executed_height != known.executed_height;
    known = told;
    if (executed_more) recompute_work();
    maybe_sync();
}

bool Replica::Impl::may_serve(ValidatorIndex peer, std::uint64_t bytes) {
    if (peers_[peer].may_serve(bytes, now_ms())) return true;
    ++counters_["p2p_requests_rationed"];
    return false;
}

void Replica::Impl::handle(ValidatorIndex from, ProposalMessage& message) {
    const auto& proposal = message.proposal;
    learn(from, message.progress);
    const auto vote = checker_.check(proposal.vote);
    if (!vote) return close(from, vote.error());
    const bool names_block =
        proposal.vote.content.block == ledger::block_digest(proposal.block.header, chain_);
    if (!names_block) {
        const auto wrong = refuse(codes::proposal_wrong_vote,
                                  "view " + std::to_string(proposal.vote.content.view));
        return close(from, wrong.value());
    }
    const auto form = ledger::check_block_form(proposal.block, chain_);
    if (!form) return close(from, form.error());
    if (!log_->files().has_room()) return;
    give(consensus::ProposalReceived{
        from, ledger::Verified<consensus::Proposal>::assume(std::move(message.proposal))});
}

void Replica::Impl::handle(ValidatorIndex from, VoteMessage& message) {
    learn(from, message.progress);
    auto vote = checker_.check(message.vote);
    if (!vote) return close(from, vote.error());
    if (!log_->files().has_room()) return;
    give(consensus::VoteReceived{from, *std::move(vote)});
}

void Replica::Impl::handle(ValidatorIndex from, CertificateMessage& message) {
    auto certificate = checker_.check(message.certificate);
    if (!certificate) return close(from, certificate.error());
    if (!log_->files().has_room()) return;
    give(consensus::CertificateReceived{from, *std::move(certificate)});
}

void Replica::Impl::handle(ValidatorIndex, BlockAnswer& message) {
    if (!ledger::check_block_form(message.block, chain_)) return;
    if (!log_->files().has_room()) return;
    give(consensus::BlockReceived{std::move(message.block)});
}

void Replica::Impl::handle(ValidatorIndex from, Hint& message) {
    learn(from, message.progress);
    Peer& peer = peers_[from];
    peer.standing = message.standing;
    peer.votes_above_view = message.votes_above_view;
    // A peer that stands in an earlier view gets what leads here, now and then.
    if (message.progress.view >= core_->view()) return;
    if (now_ms() < peer.answered_behind_ms + k_gossip_interval_ms) return;
    peer.answered_behind_ms = now_ms();
    send_certificates(from, message.progress.view);
}

}  // namespace cityledger::node
