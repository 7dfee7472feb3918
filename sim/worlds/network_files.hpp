#pragma once
// A network on disk: what `cityledger up` makes once. The folder holds
//     network.json               nodes and their addresses
//     genesis.json               the genesis of all nodes
//     authority.pem, authority.key
//     node0/ node1/ ...          a home for each validator (node/io/config.hpp)
//     actors/MEMBER.pem          members' signing keys, mode 0600

#include <string>
#include <vector>

#include "crypto/x509_identity.hpp"
#include "ledger/genesis.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

struct NodeAddress {
    std::string name;
    std::string address;
    std::uint16_t peer_port = 0;
    std::uint16_t http_port = 0;

    bool operator==(const NodeAddress&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("name", name), ledger::field("address", address),
                ledger::field("peer_port", peer_port), ledger::field("http_port", http_port));
    }
};

/// network.json
struct NetworkFile {
    std::uint32_t version = 1;
    std::string name;
    Digest chain_id;
    std::vector<NodeAddress> nodes;

    bool operator==(const NetworkFile&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("version", version), ledger::field("name", name),
                ledger::field("chain_id", chain_id), ledger::field("nodes", nodes));
    }
};

/// The paths inside a network's folder.
struct NetworkFolder {
    std::string path;

    [[nodiscard]] std::string file() const { return path + "/network.json"; }
    [[nodiscard]] std::string genesis() const { return path + "/genesis.json"; }
    [[nodiscard]] std::string home(const std::string& node) const { return path + "/" + node; }
    [[nodiscard]] std::string actors() const { return path + "/actors"; }
    [[nodiscard]] std::string actor_key(const ledger::MemberId& member) const {
        return actors() + "/" + member + ".pem";
    }
};

/// What certificates a network is made with; tests change it to make bad ones.
struct NetworkOptions {
    crypto::Validity validity;  ///< of the authority's and the nodes' certificates
};

/// One year from now, by the system's clock.
[[nodiscard]] crypto::Validity default_validity();

/// network_folder_unusable with the path and the cause.
[[nodiscard]] Error folder_unusable(std::string detail);

/// Makes keys, certificates, genesis, logs and configuration of a new network with free ports on
/// the loopback interface. Refuses a folder that holds one.
[[nodiscard]] Result<NetworkFile> create_network(const NetworkFolder& folder, const WorldPlan& plan,
                                                 const NetworkOptions& options);

/// Gives the nodes of a stopped network ports that are free now.
[[nodiscard]] Status renew_ports(const NetworkFolder& folder, NetworkFile& network);

[[nodiscard]] Result<NetworkFile> read_network(const NetworkFolder& folder);

/// A member's key from the folder; made and kept if `create` is set and there is none.
[[nodiscard]] Result<crypto::PrivateKey> member_key_of(const NetworkFolder& folder,
                                                       const ledger::MemberId& member, bool create);

/// The plan of `cityledger up` without a scenario: an operator, the tax bureau, a countersigner.
[[nodiscard]] WorldPlan default_plan(std::size_t validators);

}  // namespace cityledger::sim
