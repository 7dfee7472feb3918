#pragma once
// Makes networks. A new one is made in a hidden folder beside its place and then put there in one
// step: at no moment is there half a network.

#include <cstdint>
#include <optional>

#include "crypto/x509_identity.hpp"
#include "sim/launch/network_folder.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

struct NetworkOptions {
    crypto::Validity validity;  ///< of the nodes' certificates
    /// The nodes get the ports from here on, two each (CometBFT: three); without it free ones that
    /// the system does not give to outgoing connections.
    std::optional<std::uint16_t> first_port = {};
    std::string cometbft = {};  ///< its program, for a network that CometBFT orders
    /// Of the authority's certificate; else ten years from the start of `validity`.
    std::optional<crypto::Validity> authority = {};
};

/// One year from now, by the system's clock.
[[nodiscard]] crypto::Validity default_validity();

/// network_folder_unusable with the path and the cause.
[[nodiscard]] Error folder_unusable(std::string detail);

/// Makes keys, certificates, genesis, logs and configuration of a new network on the loopback
/// interface, and holds it. network_folder_taken if there is one already, network_folder_foreign if
/// the folder holds anything else, network_folder_unusable if there can be none.
[[nodiscard]] Result<HeldNetwork> create_network(const NetworkFolder& folder, const WorldPlan& plan,
                                                 const NetworkOptions& options);

/// Removes what this process has made of a network that is not in its place yet. From any thread.
void discard_unfinished(const NetworkFolder& folder);

/// Gives the nodes of a stopped network ports that are free now; all else in node.json stays.
[[nodiscard]] Status renew_ports(HeldNetwork& network, std::optional<std::uint16_t> first_port);

/// Whether nobody listens on this port of the loopback interface.
[[nodiscard]] bool port_is_free(std::uint16_t port);

/// The plan of `cityledger up` without a scenario: an operator, the tax bureau, a countersigner.
[[nodiscard]] WorldPlan default_plan(std::size_t validators);

}  // namespace cityledger::sim
