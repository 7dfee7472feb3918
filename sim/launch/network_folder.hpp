#pragma once
// A network on disk. The folder holds
//     network.json               nodes and their addresses
//     genesis.json               the genesis of all nodes
//     authority.pem, authority.key
//     revoked.pem                certificates that the authority has taken back, if any
//     issued.pem                 certificates that `cityledger certs` has met or made
//     node0/ node1/ ...          a home for each validator (node/io/config.hpp)
//     actors/MEMBER.pem          members' signing keys, mode 0600
//     register.key               what gives tags and commitments their names, mode 0600
//     pending/ID.hex             transactions that were sent and have no receipt yet
//     data/MEMBER.port           where a department serves its rows, while it does
//     data/MEMBER.outbox         keys of its deliveries (SQLite), mode 0600
//     lock                       held by the command that changes the network

#include <optional>
#include <string>
#include <vector>

#include "crypto/keys.hpp"
#include "ledger/codec/json.hpp"
#include "ledger/genesis.hpp"
#include "node/io/file_lock.hpp"

namespace cityledger::sim {

inline constexpr std::string_view k_comet_engine = "cometbft";
inline constexpr std::string_view k_own_engine = "simplex";

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

/// Of a network whose blocks CometBFT makes: its nodes' ports are those of CometBFT (peers, RPC).
struct CometEngine {
    std::string name = std::string(k_comet_engine);
    std::vector<std::uint16_t> application_ports;  ///< of cityledger-abci, by node

    bool operator==(const CometEngine&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("name", name), ledger::field("application_ports", application_ports));
    }
};

/// network.json
struct NetworkFile {
    std::uint32_t version = 1;
    std::string name;
    Digest chain_id;
    std::vector<NodeAddress> nodes;
    std::optional<CometEngine> engine = {};  ///< none: the built-in one

    bool operator==(const NetworkFile&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("version", version), ledger::field("name", name),
                ledger::field("chain_id", chain_id), ledger::field("nodes", nodes),
                ledger::field("engine", engine));
    }
};

inline constexpr std::uint32_t k_network_version = 1;

/// The paths inside a network's folder.
struct NetworkFolder {
    std::string path;

    [[nodiscard]] std::string file() const { return path + "/network.json"; }
    [[nodiscard]] std::string genesis() const { return path + "/genesis.json"; }
    [[nodiscard]] std::string authority() const { return path + "/authority.pem"; }
    [[nodiscard]] std::string authority_key() const { return path + "/authority.key"; }
    [[nodiscard]] std::string revocations() const { return path + "/revoked.pem"; }
    [[nodiscard]] std::string issued() const { return path + "/issued.pem"; }
    [[nodiscard]] std::string register_key() const { return path + "/register.key"; }
    [[nodiscard]] std::string lock() const { return path + "/lock"; }
    [[nodiscard]] std::string home(const std::string& node) const { return path + "/" + node; }
    [[nodiscard]] std::string actors() const { return path + "/actors"; }
    [[nodiscard]] std::string pending() const { return path + "/pending"; }
    [[nodiscard]] std::string data() const { return path + "/data"; }
    [[nodiscard]] std::string actor_key(const ledger::MemberId& member) const {
        return actors() + "/" + member + ".pem";
    }
};

/// Absolute, links resolved, without a slash at the end.
[[nodiscard]] NetworkFolder folder_at(const std::string& path);

/// On which networks a command works.
enum class Engines : std::uint8_t { built_in, any };

/// The nodes, with the addresses that their own node.json has now. engine_other if the network is
/// none of `engines`.
[[nodiscard]] Result<NetworkFile> read_network(const NetworkFolder& folder,
                                               Engines engines = Engines::built_in);
[[nodiscard]] Status write_network(const NetworkFolder& folder, const NetworkFile& network);

/// The sections of a genesis by contract, without membership, whose members can be added later.
[[nodiscard]] boost::json::object sections_of(boost::json::object business);

[[nodiscard]] Error made_otherwise(std::string detail);
/// engine_other with the engine's name.
[[nodiscard]] Error engine_other(const std::string& path, const NetworkFile& network);
/// network_made_otherwise unless the genesis of `name` has the sections that are wanted.
[[nodiscard]] Status check_sections(const std::string& name, const ledger::Genesis& genesis,
                                    const boost::json::object& wanted_business);

/// A network that no other command starts, stops or removes while this lives.
struct HeldNetwork {
    NetworkFolder folder;
    NetworkFile file;
    io::FileLock lock;
};

/// network_folder_busy with who holds it.
[[nodiscard]] Result<HeldNetwork> hold_network(const NetworkFolder& folder,
                                               Engines engines = Engines::built_in);

/// A register's secret from its file of 64 hexadecimal digits; register_key_missing if it cannot be
/// read or is something else.
[[nodiscard]] Result<Digest> read_register_key(const std::string& path);
[[nodiscard]] Status write_register_key(const std::string& path, const Digest& secret);
/// From the operating system's randomness.
[[nodiscard]] Digest fresh_register_secret();

/// A member's key from the folder; made and kept if `create` is set and there is none.
[[nodiscard]] Result<crypto::PrivateKey> member_key_of(const NetworkFolder& folder,
                                                       const ledger::MemberId& member, bool create);
/// Whether this program made the key file: only such a file may it remove.
[[nodiscard]] bool is_made_key(const std::string& pem);

}  // namespace cityledger::sim
