#pragma once
// Events of a replica in words, one line each.

#include <string>

#include "node/replica/trace.hpp"

namespace cityledger::node {

/// What the node did, in the third person and without its name: "votes notarize in view 7 for block
/// 1f2e3d4c".
[[nodiscard]] std::string words_of(const ReplicaEvent& event);

}  // namespace cityledger::node
