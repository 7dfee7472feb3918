#pragma once
// Codes of the port between scenarios and networks: 1600 to 1649.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_WORLD_CODES(X) \
    X(world_timed_out, 1600, unreachable, "the network gave no final receipt in time", "check that a quorum of nodes is running and connected") \
    X(world_unknown_node, 1601, not_found, "this world has no node of this number", "number nodes from 0") \
    X(world_unknown_member, 1602, not_found, "this world holds no key of this member", "list the member in the plan or make its key first") \
    X(world_fault_impossible, 1603, refused, "this world cannot do this fault", "run the scenario in another world; see docs/scenarios.md") \
    X(world_invariant_broken, 1604, broken, "the network broke an invariant: honest nodes disagree", "keep the data directories and replay the seed")
// clang-format on

namespace cityledger::sim {

CITYLEDGER_DEFINE_CODES(world_codes, CITYLEDGER_WORLD_CODES)

// Refusals that every world shares, so that each code is raised in one place only.

[[nodiscard]] inline Error timed_out(std::string detail) {
    return Error{codes::world_timed_out, std::move(detail)};
}
[[nodiscard]] inline Error unknown_node(std::size_t node) {
    return Error{codes::world_unknown_node, "node " + std::to_string(node)};
}
[[nodiscard]] inline Error unknown_member(std::string_view member) {
    return Error{codes::world_unknown_member, "member " + std::string(member)};
}
[[nodiscard]] inline Error fault_impossible(std::string detail) {
    return Error{codes::world_fault_impossible, std::move(detail)};
}
[[nodiscard]] inline Error invariant_broken(std::string detail) {
    return Error{codes::world_invariant_broken, std::move(detail)};
}

}  // namespace cityledger::sim
