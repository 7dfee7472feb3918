#pragma once
// Starting and stopping the nodes of a network whose folder is held.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/api_client.hpp"
#include "sim/launch/network_folder.hpp"
#include "sim/launch/node_process.hpp"

namespace cityledger::sim {

/// How long to wait for nodes that were started.
struct StartPatience {
    std::uint64_t timeout_ms = 30'000;  ///< until each takes transactions
    /// A node that answers, but may not vote yet, has started after so long; without it only when
    /// it votes, or waits for votes of others.
    std::optional<std::uint64_t> answering_ms = {};
    /// Ends early once more nodes than this have ended.
    std::size_t may_fail = 0;
};

/// daemon_not_ready with the node's home and what it said last.
[[nodiscard]] Error not_ready(std::string detail);

/// Starts these nodes, all at once, and waits for each. Per node: daemon_not_started or
/// daemon_not_ready, with the end of its log.
[[nodiscard]] std::vector<Status> start_nodes(const NetworkFolder& folder,
                                              const std::vector<NodeAddress>& nodes,
                                              std::vector<NodeProcess>& processes,
                                              const StartPatience& patience);

/// Waits for one node that was started.
[[nodiscard]] Status wait_until_started(NodeProcess& process, const NetworkFolder& folder,
                                        const NodeAddress& node, const StartPatience& patience);

/// What `up` did for one node.
struct NodeStart {
    std::string node;
    bool ran_before = false;
    Status started;  ///< why it does not run, or is not ready
};

/// Starts in the background what does not run yet, and leaves it running if a quorum runs then;
/// else what was started here is stopped again. From the first start on it may be interrupted.
[[nodiscard]] std::vector<NodeStart> start_missing(const HeldNetwork& network,
                                                   const LaunchOptions& options);

/// How long `up` and `restart` wait for a node that cannot vote, since too few others run.
inline constexpr std::uint64_t k_answering_ms = 2'000;

/// Validators that must run: n - f.
[[nodiscard]] std::size_t quorum_of(const NetworkFile& network);

enum class StopOutcome : std::uint8_t {
    did_not_run,
    stopped,
    killed,   ///< it did not end in time
    refused,  ///< it runs on: it belongs to another user, or cannot be named
};

/// What `down` did for one node.
struct NodeStop {
    std::string node;
    StopOutcome outcome = StopOutcome::did_not_run;
    pid_t process = 0;
};

/// node_not_stopped: these nodes run on in spite of a signal.
[[nodiscard]] Error still_runs(std::string nodes);

/// Stops these nodes and waits until no process holds their homes.
[[nodiscard]] std::vector<NodeStop> stop_nodes(const HeldNetwork& network,
                                               const std::vector<std::string>& nodes);

/// Whether a node runs, by its home's lock and the system's process table.
enum class ProcessState : std::uint8_t {
    running,
    paused,   ///< SIGSTOP
    stopped,  ///< ended in order, or was never started
    ended,    ///< ended otherwise: killed, or by a failure
};
[[nodiscard]] ProcessState process_state(const std::string& home);

}  // namespace cityledger::sim

template <>
struct cityledger::ledger::EnumNames<cityledger::sim::ProcessState> {
    static constexpr std::string_view names[] = {"running", "paused", "stopped", "ended"};
};
