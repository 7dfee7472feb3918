#pragma once
// Whether a network can make blocks, by what its nodes answer.

#include <vector>

#include "client/api_client.hpp"
#include "sim/launch/launch.hpp"

namespace cityledger::sim {

struct NodeAnswer {
    NodeAddress node;
    Result<api::StatusView> status;
    ProcessState process = ProcessState::running;
    pid_t process_id = 0;  ///< by the home's lock; 0: no process, or one that cannot be named
};
using NetworkAnswers = std::vector<NodeAnswer>;

/// The exit codes of `cityledger status`, and of `up` for a network that runs.
inline constexpr int k_exit_all_vote = 0;
inline constexpr int k_exit_quorum_votes = 6;
inline constexpr int k_exit_no_quorum = 7;

struct NetworkHealth {
    int exit_code = k_exit_all_vote;
    std::string text;  ///< for people; never empty
};

/// Asks one node after the other; those whose process does not run are not waited for.
[[nodiscard]] NetworkAnswers ask_nodes(const NetworkFolder& folder, const NetworkFile& network,
                                       std::uint64_t timeout_ms);

/// A quorum votes if enough nodes say that they may vote, and one of them sees such a quorum: nodes
/// that are cut off from each other may each vote, and yet nothing becomes final.
[[nodiscard]] NetworkHealth health_of(const NetworkAnswers& answers);

}  // namespace cityledger::sim
