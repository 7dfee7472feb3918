#include "node/replica/peer_links.hpp"

namespace cityledger::node {

void PeerLinks::send_frame(ValidatorIndex to, std::shared_ptr<const Bytes> frame) {
    sent_bytes_ += frame->size();
    transport_.send(to, std::move(frame));
}

void PeerLinks::broadcast_frame(Bytes frame) {
    const auto shared = std::make_shared<const Bytes>(std::move(frame));
    for (const auto peer : peers_.connected()) send_frame(peer, shared);
}

void PeerLinks::send(ValidatorIndex to, const PeerMessage& message) {
    send_frame(to, std::make_shared<const Bytes>(encode_message(message)));
}

void PeerLinks::broadcast(const PeerMessage& message) { broadcast_frame(encode_message(message)); }

void PeerLinks::push_batch(ValidatorIndex to, const ledger::Batch& batch) {
    send_frame(to, std::make_shared<const Bytes>(encode_batch_push(batch)));
}

void PeerLinks::push_batch(const ledger::Batch& batch) {
    broadcast_frame(encode_batch_push(batch));
}

void PeerLinks::close(ValidatorIndex peer, const Error& reason) {
    peers_[peer].last_error = reason.message();
    ++protocol_breaks_;
    transport_.close(peer, reason);
}

bool PeerLinks::may_cost(ValidatorIndex peer, Ration ration, std::uint64_t amount,
                         std::uint64_t now_ms) {
    if (peers_[peer].budget.take(ration, amount, now_ms)) return true;
    ++rationed_[static_cast<std::size_t>(ration)];
    return false;
}

void PeerLinks::on_session(ValidatorIndex index, bool up, std::uint64_t now_ms) {
    Peer& peer = peers_[index];
    peer.connected = up;
    peer.reachable = up;
    peer.heard_ms = now_ms;
    if (!up) peer.standing.reset();
    ++(up ? sessions_opened_ : sessions_closed_);
}

bool PeerLinks::on_frame(ValidatorIndex peer, std::size_t bytes, std::uint64_t now_ms) {
    peers_[peer].heard_ms = now_ms;
    received_bytes_ += bytes;
    return may_cost(peer, Ration::frames, 1, now_ms) &&
           may_cost(peer, Ration::frame_bytes, bytes, now_ms);
}

void PeerLinks::add_counters(Counters& counters) const {
    counters["p2p_send_bytes"] = sent_bytes_;
    counters["p2p_receive_bytes"] = received_bytes_;
    counters["p2p_sessions_opened"] = sessions_opened_;
    counters["p2p_sessions_closed"] = sessions_closed_;
    counters["p2p_broken_protocol"] = protocol_breaks_;
    for (std::size_t i = 0; i < k_rations; ++i) {
        counters["p2p_rationed_" + std::string(k_ration_bounds[i].name)] = rationed_[i];
    }
    counters["p2p_peers"] = peers_.connected().size();
}

}  // namespace cityledger::node
