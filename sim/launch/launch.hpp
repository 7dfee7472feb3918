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

/// Starts these nodes, all at once, and waits for each until it takes transactions, or runs but
/// waits for the others before it may vote. Per node: daemon_not_started or daemon_not_ready, with
/// the end of its log. Ends early once more than `may_fail` of them have ended.
[[nodiscard]] std::vector<Status> start_nodes(const NetworkFolder& folder,
                                              const std::vector<NodeAddress>& nodes,
                                              std::vector<NodeProcess>& processes,
                                              std::uint64_t timeout_ms, std::size_t may_fail = 0);

/// Waits for one node as start_nodes does.
[[nodiscard]] Status wait_until_ready(NodeProcess& process, const NetworkFolder& folder,
                                      const NodeAddress& node, std::uint64_t timeout_ms);

/// What `up` did for one node.
struct NodeStart {
    std::string node;
    bool ran_before = false;
    Status started;  ///< why it does not run, or is not ready
};

/// Starts in the background what does not run yet, and leaves it running if a quorum runs then;
/// else what was started here is stopped again. From the first start on it may be interrupted.
[[nodiscard]] std::vector<NodeStart> start_missing(const HeldNetwork& network,
                                                   const LaunchOptions& options,
                                                   std::uint64_t timeout_ms);

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
