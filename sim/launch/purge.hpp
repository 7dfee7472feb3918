#pragma once
// Removes a network from disk, and nothing else: people keep notes, copies and keys of their own in
// its folder.

#include <string>
#include <vector>

#include "sim/launch/network_folder.hpp"

namespace cityledger::sim {

/// Removes what this program and its daemons made of a network whose nodes don't run, and the
/// folder if nothing is left in it. Returns the paths of what stays. From any thread, and again
/// after it was interrupted.
std::vector<std::string> purge_network(const NetworkFolder& folder);

}  // namespace cityledger::sim
