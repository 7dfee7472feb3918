#include "sim/runner/node_watch.hpp"

#include "sim/world/world_codes.hpp"

namespace cityledger::sim {

namespace {

constexpr std::uint64_t k_poll_ms = 25;
constexpr std::uint64_t k_catch_up_ms = 10'000;

tl::unexpected<Error> contradiction(const std::string& what, std::uint64_t height,
                                    const NodeView& node) {
    return tl::unexpected<Error>(invariant_broken("two " + what + " at height " +
                                                  std::to_string(height) + ", one of node " +
                                                  std::to_string(node.index)));
}

}  // namespace

std::string roots_of(const api::StatusView& status) {
    return to_hex(status.system_root) + " " + to_hex(status.business_root) + " " +
           to_hex(status.receipts_root);
}

Result<std::vector<NodeView>> NodeWatch::look() {
    std::vector<NodeView> honest;
    for (NodeView& node : world_.nodes()) {
        if (!node.running || !node.honest) continue;
        if (node.status) {
            const api::StatusView& status = *node.status;
            const auto block = final_blocks_.emplace(status.final_height, status.final_block);
            if (block.first->second != status.final_block) {
                return contradiction("final blocks", status.final_height, node);
            }
            const auto roots = executed_roots_.emplace(status.executed_height, roots_of(status));
            if (roots.first->second != roots_of(status)) {
                return contradiction("states", status.executed_height, node);
            }
        }
        honest.push_back(std::move(node));
    }
    return honest;
}

std::optional<std::size_t> NodeWatch::node_at_last_height(std::optional<std::size_t> only) {
    for (std::uint64_t waited = 0; waited <= k_catch_up_ms; waited += k_poll_ms) {
        for (const NodeView& node : world_.nodes()) {
            const bool wanted = only ? node.index == *only : node.honest;
            if (wanted && node.running && node.status &&
                node.status->executed_height >= last_height_) {
                return node.index;
            }
        }
        world_.wait(k_poll_ms);
    }
    return std::nullopt;
}

}  // namespace cityledger::sim
