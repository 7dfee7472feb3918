#pragma once
// What the commands on networks print in common.

#include <string>

#include "sim/launch/network_health.hpp"

namespace cityledger::sim {

/// Prints the refusal; the exit code for it: 2 if a file or an argument is wrong, else 3.
int fail(const Error& error);

/// The node of this name, or node_unknown.
[[nodiscard]] Result<NodeAddress> find_node(const NetworkFile& network, const std::string& name);

/// This program as its user called it, so that printed commands can be typed.
[[nodiscard]] std::string own_name();
/// A path as a shell reads it back.
[[nodiscard]] std::string quoted_path(const std::string& path);

/// Nodes vote a moment before they hear of each other that they do: asks until they have, or for
/// two seconds.
[[nodiscard]] std::pair<NetworkAnswers, NetworkHealth> settled_health(const NetworkFolder& folder,
                                                                      const NetworkFile& network);

/// The health in words: whether a quorum votes, then a line for each node with trouble.
[[nodiscard]] std::string words_of(const NetworkHealth& health);

/// Which connections between nodes are missing, each with its last error as the node that looks for
/// it tells it: a peer that does not run, an expired certificate, another chain.
[[nodiscard]] std::string words_of_links(const NetworkAnswers& answers);

/// A line for each node, within 80 columns.
/// A line for each node; of more than ten in a row that are alike the first three.
[[nodiscard]] std::string nodes_text(const NetworkAnswers& answers);
void print_nodes(const NetworkAnswers& answers);

}  // namespace cityledger::sim
