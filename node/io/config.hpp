#pragma once
// node.json: what one validator process is told. Strict JSON; unknown keys are refused.

#include <optional>
#include <string>
#include <vector>

#include "ledger/codec/json.hpp"
#include "node/io/logging.hpp"

namespace cityledger::io {

/// Where another validator listens.
struct PeerAddress {
    std::string name;     ///< as in the genesis
    std::string address;  ///< IPv4, IPv6 or a host name
    std::uint16_t port = 0;

    bool operator==(const PeerAddress&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("name", name), ledger::field("address", address),
                ledger::field("port", port));
    }
};

/// The file node.json. The other files of the home have fixed names (see NodeHome).
struct NodeConfig {
    std::string name;  ///< of this validator, as in the genesis
    std::string listen_address = "127.0.0.1";
    std::uint16_t listen_port = 0;  ///< for the other validators; 0: the system chooses
    std::string http_address = "127.0.0.1";
    std::uint16_t http_port = 0;  ///< for clients; 0: the system chooses
    /// By which clients may call it (the Host of a request), beside addresses and "localhost".
    std::optional<std::vector<std::string>> http_names;
    std::vector<PeerAddress> peers;
    std::string data_folder = ".";  ///< holds log/ and state/; relative to the home
    LogLevel log_level = LogLevel::info;

    bool operator==(const NodeConfig&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("name", name), ledger::field("listen_address", listen_address),
                ledger::field("listen_port", listen_port),
                ledger::field("http_address", http_address), ledger::field("http_port", http_port),
                ledger::field("http_names", http_names), ledger::field("peers", peers),
                ledger::field("data_folder", data_folder), ledger::field("log_level", log_level));
    }
};

/// The names of the files in a node's home folder.
struct NodeHome {
    std::string folder;

    [[nodiscard]] std::string config() const { return folder + "/node.json"; }
    [[nodiscard]] std::string genesis() const { return folder + "/genesis.json"; }
    [[nodiscard]] std::string authority() const { return folder + "/authority.pem"; }
    /// Certificates that the authority has taken back; not there before the first one.
    [[nodiscard]] std::string revocations() const { return folder + "/revoked.pem"; }
    [[nodiscard]] std::string certificate() const { return folder + "/node.pem"; }
    [[nodiscard]] std::string certificate_key() const { return folder + "/node.key"; }
    [[nodiscard]] std::string validator_key() const { return folder + "/validator.key"; }
    [[nodiscard]] std::string node_log() const { return folder + "/node.log"; }
    /// What the log holds no more, 1 for the newest.
    [[nodiscard]] std::string old_node_log(std::size_t age) const {
        return folder + "/node." + std::to_string(age) + ".log";
    }
    /// What the process writes before it has its log; made by who starts it.
    [[nodiscard]] std::string console_log() const { return folder + "/console.log"; }
    /// Locked by the process that runs on this home; empty once it ended in order.
    [[nodiscard]] std::string process_id() const { return folder + "/pid"; }
    /// Who may use the fault controls; there while the node runs with them.
    [[nodiscard]] std::string control_token() const { return folder + "/control.token"; }
    [[nodiscard]] std::string ports() const { return folder + "/ports.json"; }
    [[nodiscard]] std::string data(const NodeConfig& config) const;
    /// The replica's log, made by node::initialise_log.
    [[nodiscard]] std::string log(const NodeConfig& config) const { return data(config) + "/log"; }
    /// The state store (RocksDB).
    [[nodiscard]] std::string state(const NodeConfig& config) const {
        return data(config) + "/state";
    }
};

/// The ports that the system chose: home/ports.json, written when the node is ready.
struct ChosenPorts {
    std::uint16_t listen_port = 0;
    std::uint16_t http_port = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("listen_port", listen_port), ledger::field("http_port", http_port));
    }
};

[[nodiscard]] Result<NodeConfig> read_node_config(const std::string& path);
[[nodiscard]] Status write_node_config(const std::string& path, const NodeConfig& config);
[[nodiscard]] Result<ChosenPorts> read_chosen_ports(const std::string& path);

/// config_invalid with what is wrong.
[[nodiscard]] Error invalid_config(std::string problem);

/// Rules that a node.json keeps: names given and distinct, peers with ports, this node not its own
/// peer.
[[nodiscard]] Status check_node_config(const NodeConfig& config);

}  // namespace cityledger::io
