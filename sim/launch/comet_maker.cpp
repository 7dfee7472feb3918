#include "sim/launch/comet_maker.hpp"

#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>

#include "crypto/base64.hpp"
#include "crypto/hash.hpp"
#include "ledger/engine_chain_id.hpp"
#include "node/io/config_files.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/launch/network_maker.hpp"
#include "sim/launch/node_process.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr auto k_poll_interval = std::chrono::milliseconds(5);
constexpr std::size_t k_public_key_bytes = 32;  // Ed25519; a private one is seed and public key
constexpr std::size_t k_node_id_bytes = 20;
constexpr std::size_t k_log_lines = 8;

tl::unexpected<Error> step_failed(std::string detail) {
    return refuse(codes::engine_step_failed, std::move(detail));
}

std::string toml_text(const std::string& text) { return "\"" + text + "\""; }

std::string tcp(const std::string& address, std::uint16_t port) {
    return toml_text("tcp://" + address + ":" + std::to_string(port));
}

/// Runs `cometbft testnet` to its end.
Status run_testnet(const NetworkFolder& folder, const NetworkFile& network,
                   const std::string& cometbft) {
    LaunchOptions launch;
    // A home of its own, or it would make one in the user's.
    launch.other = OtherProgram{{cometbft, "testnet", "--home", folder.home("testnet"), "--v",
                                 std::to_string(network.nodes.size()), "--o", folder.path,
                                 "--populate-persistent-peers=false"}};
    std::error_code ignored;
    fs::create_directory(folder.home("testnet"), ignored);
    NodeProcess process(folder.home("testnet"), launch);
    if (const Status started = process.start(); !started) return started;
    while (process.running()) std::this_thread::sleep_for(k_poll_interval);
    if (process.exit_code() != 0) {
        return step_failed(cometbft + log_tail(folder.home("testnet"), k_log_lines));
    }
    fs::remove_all(folder.home("testnet"), ignored);
    return {};
}

/// "ID@HOST:PORT" of each node, by node.
Result<std::vector<std::string>> peers_of(const NetworkFolder& folder, const NetworkFile& network) {
    std::vector<std::string> peers;
    for (const NodeAddress& node : network.nodes) {
        const std::string path = folder.home(node.name) + "/config/node_key.json";
        const auto text = io::read_text_file(path);
        if (!text) return propagate(text);
        const std::string id = comet_node_id(*text);
        if (id.empty()) return step_failed(path);
        peers.push_back(id + "@" + node.address + ":" + std::to_string(node.peer_port));
    }
    return peers;
}

std::vector<TomlValue> values_of(const NetworkFile& network, std::size_t index,
                                 const std::vector<std::string>& peers) {
    std::string others;
    for (std::size_t i = 0; i < peers.size(); ++i) {
        if (i != index) others += (others.empty() ? "" : ",") + peers[i];
    }
    const NodeAddress& node = network.nodes[index];
    return {
        {"", "proxy_app", tcp(node.address, network.engine->application_ports[index])},
        {"", "moniker", toml_text(node.name)},
        {"", "log_level", toml_text("error")},
        {"rpc", "laddr", tcp(node.address, node.http_port)},
        {"rpc", "max_body_bytes", "4194304"},  // the largest transaction in base64, and room
        {"p2p", "laddr", tcp(node.address, node.peer_port)},
        {"p2p", "persistent_peers", toml_text(others)},
        {"p2p", "pex", "false"},
        {"mempool", "max_tx_bytes", "2097152"},
        // One machine, so no second between blocks; blocks go on when nothing is sent.
        {"consensus", "timeout_commit", toml_text("100ms")},
        {"consensus", "peer_gossip_sleep_duration", toml_text("10ms")},
    };
}

Status write_config(const std::string& home, const std::vector<TomlValue>& values,
                    const std::string& chain_id) {
    const std::string config = home + "/config/config.toml";
    const std::string genesis = home + "/config/genesis.json";
    const auto toml = io::read_text_file(config);
    if (!toml) return propagate(toml);
    const auto text = io::read_text_file(genesis);
    if (!text) return propagate(text);
    auto json = ledger::parse_json(*text);
    if (!json || !json->is_object()) return step_failed(genesis);
    json->as_object()["chain_id"] = chain_id;
    const Status written = io::write_text_file(config, with_values(*toml, values));
    return written ? io::write_text_file(genesis, ledger::pretty_json(*json)) : written;
}

}  // namespace

std::string application_home(const NetworkFolder& folder, const std::string& node) {
    return folder.home(node) + "/application";
}

std::string with_values(const std::string& toml, const std::vector<TomlValue>& values) {
    std::istringstream lines(toml);
    std::string changed;
    std::string section;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("[")) section = line.substr(1, line.find(']') - 1);
        for (const TomlValue& value : values) {
            if (value.section != section || !line.starts_with(value.key + " =")) continue;
            line = value.key + " = " + value.value;
        }
        changed += line + "\n";
    }
    return changed;
}

std::string comet_node_id(const std::string& node_key_json) {
    const auto json = ledger::parse_json(node_key_json);
    if (!json) return {};
    boost::system::error_code error;
    const boost::json::value* value = json->find_pointer("/priv_key/value", error);
    if (value == nullptr || !value->is_string()) return {};
    const auto key = decode_base64(std::string_view(value->get_string()));
    if (!key || key->size() != 2 * k_public_key_bytes) return {};
    const Digest digest = crypto::sha256(ByteView(*key).subspan(k_public_key_bytes));
    return to_hex(digest.view().first(k_node_id_bytes));
}

Status make_comet_homes(const NetworkFolder& folder, const NetworkFile& network,
                        const std::string& cometbft) {
    if (const Status made = run_testnet(folder, network, cometbft); !made) return made;
    const auto peers = peers_of(folder, network);
    if (!peers) return propagate(peers);
    const std::string chain_id = ledger::engine_chain_id(network.chain_id);
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
        const std::string& name = network.nodes[i].name;
        const Status written =
            write_config(folder.home(name), values_of(network, i, *peers), chain_id);
        if (!written) return written;
        std::error_code error;
        fs::create_directory(application_home(folder, name), error);
        if (error) return tl::unexpected<Error>(folder_unusable(application_home(folder, name)));
    }
    return {};
}

}  // namespace cityledger::sim
