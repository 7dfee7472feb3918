#include "node/io/config.hpp"

#include <set>

#include "node/io/config_files.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

/// What is wrong with the peers, or nothing.
std::string find_peer_problem(const NodeConfig& config) {
    std::set<std::string> names{config.name};
    for (const PeerAddress& peer : config.peers) {
        if (peer.address.empty()) return "peer " + peer.name + " has no address";
        if (peer.port == 0) return "peer " + peer.name + " has no port";
        if (!names.insert(peer.name).second) return "two nodes are called '" + peer.name + "'";
    }
    return {};
}

template <class T>
Result<T> read_json_file(const std::string& path) {
    const auto text = read_text_file(path);
    if (!text) return propagate(text);
    const auto json = ledger::parse_json(*text);
    const auto value = json ? ledger::from_json<T>(*json) : Result<T>(propagate(json));
    if (!value) {
        return tl::unexpected<Error>(Error{value.error().code, path + ": " + value.error().detail});
    }
    return *value;
}

}  // namespace

std::string NodeHome::data(const NodeConfig& config) const {
    if (config.data_folder.starts_with("/")) return config.data_folder;
    if (config.data_folder == ".") return folder;
    return folder + "/" + config.data_folder;
}

Error invalid_config(std::string problem) {
    return refuse(codes::config_invalid, std::move(problem)).value();
}

Status check_node_config(const NodeConfig& config) {
    std::string problem;
    if (config.name.empty()) problem = "name is empty";
    if (config.listen_address.empty()) problem = "listen_address is empty";
    if (config.http_address.empty()) problem = "http_address is empty";
    if (config.data_folder.empty()) problem = "data_folder is empty";
    if (problem.empty()) problem = find_peer_problem(config);
    if (!problem.empty()) return tl::unexpected<Error>(invalid_config(problem));
    return {};
}

Result<NodeConfig> read_node_config(const std::string& path) {
    auto config = read_json_file<NodeConfig>(path);
    if (!config) return config;
    const Status checked = check_node_config(*config);
    if (!checked) return propagate(checked);
    return config;
}

Status write_node_config(const std::string& path, const NodeConfig& config) {
    const Status checked = check_node_config(config);
    if (!checked) return checked;
    return write_text_file(path, ledger::pretty_json(ledger::to_json(config)) + "\n");
}

Result<ChosenPorts> read_chosen_ports(const std::string& path) {
    return read_json_file<ChosenPorts>(path);
}

}  // namespace cityledger::io
