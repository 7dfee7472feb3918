#pragma once
// Starting, asking and stopping the nodes of a network that CometBFT orders. Each is two processes:
// `cometbft node` and, beside it, `cityledger-abci`.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/comet_client.hpp"
#include "sim/launch/comet_maker.hpp"
#include "sim/launch/launch.hpp"

namespace cityledger::sim {

struct CometPrograms {
    std::string cometbft;
    std::string application;  ///< cityledger-abci
};

/// The value of an environment variable; empty if there is none.
using Environment = std::function<std::string(const char* name)>;
/// Of this process.
[[nodiscard]] std::string environment_value(const char* name);

/// cometbft: CITYLEDGER_COMETBFT, or else in PATH, or where scripts/peers puts it, in a folder
/// beside `beside`; cityledger-abci: in `beside`. engine_missing, application_missing.
[[nodiscard]] Result<CometPrograms> find_comet_programs(const std::string& beside,
                                                        const Environment& environment);
/// The same for this process.
[[nodiscard]] Result<CometPrograms> find_comet_programs();

/// What one node says.
struct CometAnswer {
    NodeAddress node;
    Result<client::CometStatus> engine;
    Result<ledger::ExecutedState> application;
    ProcessState process = ProcessState::running;  ///< of CometBFT
    pid_t process_id = 0;                          ///< as NodeAnswer has it
};
[[nodiscard]] CometAnswer ask_comet_node(const NetworkFolder& folder, const NodeAddress& node,
                                         client::CometClient& client);
[[nodiscard]] std::vector<CometAnswer> ask_comet_nodes(const NetworkFolder& folder,
                                                       const NetworkFile& network,
                                                       std::uint64_t timeout_ms);

/// It has executed a block and does not catch up.
[[nodiscard]] bool is_in_step(const CometAnswer& answer);

/// Starts what does not run and waits until every node is in step; else daemon_not_started or
/// daemon_not_ready, and what was started here is killed.
[[nodiscard]] Result<std::vector<NodeProcess>> start_comet(const NetworkFolder& folder,
                                                           const NetworkFile& network,
                                                           const CometPrograms& programs,
                                                           bool background);

/// Stops the engines, then their applications: two entries for each node.
[[nodiscard]] std::vector<NodeStop> stop_comet(const HeldNetwork& network);

}  // namespace cityledger::sim
