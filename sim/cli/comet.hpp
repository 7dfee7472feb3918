#pragma once
// What `up`, `status` and `down` do with a network that CometBFT orders.

#include <string>

#include "sim/launch/network_folder.hpp"

namespace cityledger::sim {

/// Starts what does not run and prints the nodes; the exit code.
[[nodiscard]] int up_comet(const HeldNetwork& network);
[[nodiscard]] int status_comet(const NetworkFolder& folder, const NetworkFile& network, bool json);
/// Stops all and says so; the names of what runs on, each with a space before it.
[[nodiscard]] std::string down_comet(const HeldNetwork& network);
struct NodeStop;
/// Prints what `down` did to one process.
void tell_stop(const NodeStop& stop);

}  // namespace cityledger::sim
