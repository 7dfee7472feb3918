#pragma once
// Frames to the other validators, and what is known of each.

#include "node/replica/counters.hpp"
#include "node/replica/peer_table.hpp"
#include "node/replica/ports.hpp"

namespace cityledger::node {

class PeerLinks {
public:
    PeerLinks(std::size_t validators, std::optional<ValidatorIndex> self, Transport& transport)
        : transport_(transport), self_(self), peers_(validators, self) {}

    [[nodiscard]] PeerTable& peers() { return peers_; }
    [[nodiscard]] const PeerTable& peers() const { return peers_; }
    [[nodiscard]] std::optional<ValidatorIndex> self() const { return self_; }
    [[nodiscard]] bool is_self(ValidatorIndex index) const { return self_ == index; }

    void send(ValidatorIndex to, const PeerMessage& message);
    /// To all that are connected.
    void broadcast(const PeerMessage& message);
    void push_batch(ValidatorIndex to, const ledger::Batch& batch);
    void push_batch(const ledger::Batch& batch);
    /// Ends the session of a peer that broke the protocol.
    void close(ValidatorIndex peer, const Error& reason);
    /// Whether this peer may cost so much now; counts it, or that it was refused.
    [[nodiscard]] bool may_cost(ValidatorIndex peer, Ration ration, std::uint64_t amount,
                                std::uint64_t now_ms);

    void on_session(ValidatorIndex peer, bool up, std::uint64_t now_ms);
    /// Whether the frame is within the share of the peer: else it is dropped unread.
    [[nodiscard]] bool on_frame(ValidatorIndex peer, std::size_t bytes, std::uint64_t now_ms);
    void add_counters(Counters& counters) const;

private:
    void send_frame(ValidatorIndex to, std::shared_ptr<const Bytes> frame);
    void broadcast_frame(Bytes frame);

    Transport& transport_;
    std::optional<ValidatorIndex> self_;
    PeerTable peers_;
    std::uint64_t sent_bytes_ = 0;
    std::uint64_t received_bytes_ = 0;
    std::uint64_t sessions_opened_ = 0;
    std::uint64_t sessions_closed_ = 0;
    std::uint64_t protocol_breaks_ = 0;
    std::array<std::uint64_t, k_rations> rationed_{};  ///< by Ration
};

}  // namespace cityledger::node
