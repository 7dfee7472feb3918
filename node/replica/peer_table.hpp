#pragma once
// What is known of each validator: session, progress that it tells, last word, and what it may
// still ask for.

#include <string>
#include <vector>

#include "node/replica/peer_messages.hpp"
#include "node/replica/ration.hpp"

namespace cityledger::node {

using consensus::ValidatorIndex;

inline constexpr std::size_t k_batch_checks_per_peer = 32;

struct Peer {
    bool connected = false;
    bool reachable = false;
    std::uint64_t heard_ms = 0;
    std::uint64_t answered_behind_ms = 0;  ///< when certificates were last sent because of a hint
    PeerBudget budget;
    std::size_t batch_checks = 0;  ///< batches of this session whose signatures are checked
    Progress progress;
    std::optional<Standing> standing;  ///< as it says; nothing before its first hint
    std::uint64_t votes_above_view = 0;
    std::string last_error;
};

class PeerTable {
public:
    PeerTable(std::size_t count, std::optional<ValidatorIndex> self) : peers_(count), self_(self) {}

    [[nodiscard]] Peer& operator[](ValidatorIndex index) { return peers_.at(index); }
    [[nodiscard]] const Peer& operator[](ValidatorIndex index) const { return peers_.at(index); }
    [[nodiscard]] std::size_t size() const { return peers_.size(); }
    [[nodiscard]] std::vector<ValidatorIndex> connected() const;
    /// The connected peer at `turn`, counted round and round; nothing if none is connected.
    [[nodiscard]] std::optional<ValidatorIndex> rotate(std::uint64_t turn) const;
    /// The highest height that a quorum says to have executed; `own` counts for this node.
    [[nodiscard]] std::uint64_t executed_by(std::size_t quorum, std::uint64_t own) const;
    /// The highest final height that this many peers tell or pass.
    [[nodiscard]] std::uint64_t final_by(std::size_t count) const;
    /// The highest final height that a peer tells.
    [[nodiscard]] std::uint64_t highest_final() const;

private:
    std::vector<Peer> peers_;
    std::optional<ValidatorIndex> self_;
};

}  // namespace cityledger::node
