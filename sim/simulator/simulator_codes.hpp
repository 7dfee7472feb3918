#pragma once
// Codes of the virtual world and its simulated disk: 1650 to 1699. What every world refuses alike
// stands in sim/world/world_codes.hpp.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_SIMULATOR_CODES(X) \
    X(disk_no_such_file, 1650, broken, "the simulated disk has no file of this name", "create it first") \
    X(disk_no_such_folder, 1651, broken, "the simulated disk has no folder of this name", "create it first") \
    X(disk_wrong_kind, 1652, broken, "the name is a folder where a file is needed, or a file where a folder is", "use another name") \
    X(disk_without_room, 1653, busy, "the simulated disk is full", "give it more capacity") \
    X(disk_sync_failed, 1654, broken, "the simulated disk did not confirm what was written", "stop the node: what was written may be lost") \
    X(disk_file_broken, 1655, broken, "a sync of this file failed before, or its machine lost power", "open the file again after a restart") \
    X(virtual_behaviour_unknown, 1660, refused, "no byzantine behaviour has this name", "use one of those that docs/scenarios.md lists") \
    X(virtual_wrong_state, 1661, refused, "the node is not in the state that this fault needs", "kill only running nodes, restart only killed ones") \
    X(virtual_no_node_runs, 1662, refused, "no node runs", "restart a node first")
// clang-format on

namespace cityledger::sim {
CITYLEDGER_DEFINE_CODES(simulator_codes, CITYLEDGER_SIMULATOR_CODES)
}  // namespace cityledger::sim
