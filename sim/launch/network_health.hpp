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

/// Why a node is not a voting part of its network.
enum class TroubleKind : std::uint8_t {
    no_answer,  ///< its process runs
    paused,
    stopped,
    ended,           ///< killed, or failed
    does_not_vote,   ///< `what` is its standing
    sees_no_quorum,  ///< it votes
};

struct NodeTrouble {
    std::string node;
    TroubleKind kind = TroubleKind::no_answer;
    std::string what;
    std::string why;  ///< in the node's own words; may be empty
};

struct NetworkHealth {
    int exit_code = k_exit_all_vote;
    /// Why no quorum may vote, in the words of node::network_waits_for; else empty.
    std::string waits_for;
    std::vector<NodeTrouble> troubles;  ///< of single nodes, while a quorum may vote
};

/// Asks one node after the other; those whose process does not run are not waited for.
[[nodiscard]] NetworkAnswers ask_nodes(const NetworkFolder& folder, const NetworkFile& network,
                                       std::uint64_t timeout_ms);

/// A quorum votes if enough nodes say that they may vote, and one of them sees such a quorum: nodes
/// that are cut off from each other may each vote, and yet nothing becomes final.
[[nodiscard]] NetworkHealth health_of(const NetworkAnswers& answers);

}  // namespace cityledger::sim
