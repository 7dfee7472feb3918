#include "node/replica/peer_table.hpp"

#include <algorithm>

namespace cityledger::node {

std::vector<ValidatorIndex> PeerTable::connected() const {
    std::vector<ValidatorIndex> indexes;
    for (std::size_t index = 0; index < peers_.size(); ++index) {
        if (peers_[index].connected) indexes.push_back(static_cast<ValidatorIndex>(index));
    }
    return indexes;
}

std::optional<ValidatorIndex> PeerTable::rotate(std::uint64_t turn) const {
    const auto indexes = connected();
    if (indexes.empty()) return std::nullopt;
    return indexes[turn % indexes.size()];
}

std::uint64_t PeerTable::executed_by(std::size_t quorum, std::uint64_t own) const {
    std::vector<std::uint64_t> heights;
    for (std::size_t index = 0; index < peers_.size(); ++index) {
        heights.push_back(self_ == index ? own : peers_[index].progress.executed_height);
    }
    std::sort(heights.begin(), heights.end(), std::greater<>());
    return heights.at(quorum - 1);
}

std::uint64_t PeerTable::final_by(std::size_t count) const {
    std::vector<std::uint64_t> heights;
    for (const auto& peer : peers_) heights.push_back(peer.progress.final_height);
    std::sort(heights.begin(), heights.end(), std::greater<>());
    return count <= heights.size() ? heights.at(count - 1) : 0;
}

std::uint64_t PeerTable::highest_final() const { return final_by(1); }

}  // namespace cityledger::node
