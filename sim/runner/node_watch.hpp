#pragma once
// The honest nodes during a run: two of them must never tell different chains or states.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/world/world.hpp"

namespace cityledger::sim {

class NodeWatch {
public:
    explicit NodeWatch(World& world) : world_(world) {}

    /// The running honest nodes. Refused (`invariant_broken`) if one of them contradicts what any
    /// of them has said in this run about a block or a state.
    [[nodiscard]] Result<std::vector<NodeView>> look();

    /// A receipt of this height has come: later questions are for nodes that have executed it.
    void saw_receipt(std::uint64_t height) { last_height_ = std::max(last_height_, height); }

    /// Waits for a node (of all honest ones, or only this one) that has executed the last receipt's
    /// block, so that it does not answer from the past. Nothing if none got there in time.
    [[nodiscard]] std::optional<std::size_t> node_at_last_height(std::optional<std::size_t> only);

private:
    World& world_;
    std::uint64_t last_height_ = 0;  ///< of the receipts so far
    std::map<std::uint64_t, Digest> final_blocks_;
    std::map<std::uint64_t, std::string> executed_roots_;
};

/// The three roots of what a node has executed, as text.
[[nodiscard]] std::string roots_of(const api::StatusView& status);

}  // namespace cityledger::sim
