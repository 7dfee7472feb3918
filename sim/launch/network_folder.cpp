#include "sim/launch/network_folder.hpp"

#include <algorithm>
#include <filesystem>

#include "crypto/seal.hpp"
#include "node/io/config.hpp"
#include "node/io/config_files.hpp"
#include "sim/launch/launch_codes.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr unsigned k_key_permissions = 0600;
/// The first line of a key file of this program; readers of PEM pass over what stands before it.
constexpr std::string_view k_made_key_mark = "A key that cityledger made for this network\n";

/// People may change node.json: it tells where the node is, network.json where it was made.
void take_own_address(const NetworkFolder& folder, NodeAddress& node) {
    const io::NodeHome home{folder.home(node.name)};
    const auto config = io::read_node_config(home.config());
    if (!config) return;  // `up` names what is wrong with it
    node.address = config->http_address;
    node.peer_port = config->listen_port;
    node.http_port = config->http_port;
    const bool chosen_by_system = node.peer_port == 0 || node.http_port == 0;
    const auto chosen = chosen_by_system ? io::read_chosen_ports(home.ports())
                                         : Result<io::ChosenPorts>(io::ChosenPorts{});
    if (!chosen) return;
    if (node.peer_port == 0) node.peer_port = chosen->listen_port;
    if (node.http_port == 0) node.http_port = chosen->http_port;
}

std::string problem_of(const Result<NetworkFile>& network) {
    if (!network) return network.error().detail;
    if (network->version != k_network_version) {
        return "version " + std::to_string(network->version);
    }
    if (network->nodes.empty()) return "it names no node";
    for (const NodeAddress& node : network->nodes) {
        // A name becomes a folder's: it must not lead out of the network's.
        const bool usable = !node.name.empty() && node.name.front() != '.' &&
                            node.name.find('/') == std::string::npos;
        if (!usable) return "'" + node.name + "' cannot be the name of a node";
    }
    if (network->engine && network->engine->name != k_comet_engine) {
        return "no engine is called '" + network->engine->name + "'";
    }
    if (network->engine && network->engine->application_ports.size() != network->nodes.size()) {
        return "engine.application_ports is not one for each node";
    }
    return {};
}

/// Nothing there that a command could use.
Error folder_missing(const NetworkFolder& folder) {
    return Error{codes::network_folder_missing, folder.path};
}

}  // namespace

NetworkFolder folder_at(const std::string& path) {
    std::error_code error;
    fs::path resolved = fs::weakly_canonical(fs::absolute(path), error);
    if (error) resolved = fs::absolute(path).lexically_normal();
    std::string text = resolved.string();
    while (text.size() > 1 && text.back() == '/') text.pop_back();
    return {text};
}

Result<NetworkFile> read_network(const NetworkFolder& folder, Engines engines) {
    std::error_code error;
    const auto found = fs::status(folder.file(), error);
    if (found.type() == fs::file_type::not_found) {
        return tl::unexpected<Error>(folder_missing(folder));
    }
    const auto text = io::read_text_file(folder.file());
    if (!text) return propagate(text);
    const auto json = ledger::parse_json(*text);
    auto network = json ? ledger::from_json<NetworkFile>(*json)
                        : Result<NetworkFile>(tl::unexpected<Error>(json.error()));
    const std::string problem = problem_of(network);
    if (!problem.empty()) {
        return refuse(codes::network_file_invalid, folder.file() + ": " + problem);
    }
    if (network->engine && engines != Engines::any) {
        return tl::unexpected<Error>(engine_other(folder.path, *network));
    }
    for (NodeAddress& node : network->nodes) take_own_address(folder, node);
    return network;
}

Status write_network(const NetworkFolder& folder, const NetworkFile& network) {
    return io::write_text_file(folder.file(), ledger::pretty_json(ledger::to_json(network)));
}

boost::json::object sections_of(boost::json::object business) {
    business.erase("membership");
    return business;
}

Error engine_other(const std::string& path, const NetworkFile& network) {
    const std::string_view engine = network.engine ? k_comet_engine : k_own_engine;
    return Error{codes::engine_other, path + ": " + std::string(engine)};
}

Error made_otherwise(std::string detail) {
    return Error{codes::network_made_otherwise, std::move(detail)};
}

Status check_sections(const std::string& name, const ledger::Genesis& genesis,
                      const boost::json::object& wanted_business) {
    const auto made = ledger::parse_json(genesis.business);
    if (!made) return propagate(made);
    const boost::json::object sections =
        made->is_object() ? sections_of(made->get_object()) : boost::json::object();
    const boost::json::object wanted = sections_of(wanted_business);
    if (sections == wanted) return {};
    return tl::unexpected<Error>(made_otherwise(name + ": its genesis has " +
                                                ledger::compact_json(sections) + ", wanted is " +
                                                ledger::compact_json(wanted)));
}

Result<HeldNetwork> hold_network(const NetworkFolder& folder, Engines engines) {
    auto network = read_network(folder, engines);
    if (!network) return propagate(network);
    auto lock = io::FileLock::try_acquire(folder.lock());
    if (!lock) return propagate(lock);
    if (!*lock) {
        return refuse(codes::network_folder_busy,
                      folder.path + " by " + io::FileLock::holder_in_words(folder.lock()));
    }
    // It may have been removed, and another one made, since it was read.
    if (!(*lock)->is_at(folder.lock())) return tl::unexpected<Error>(folder_missing(folder));
    return HeldNetwork{folder, *std::move(network), **std::move(lock)};
}

Result<Digest> read_register_key(const std::string& path) {
    const auto text = io::read_key_file(path);
    const auto missing = [&](const std::string& why) {
        return refuse(codes::register_key_missing, why);
    };
    if (!text) return missing(text.error().detail);
    const auto secret = digest_from_hex(text->substr(0, text->find_last_not_of(" \r\n") + 1));
    if (!secret) return missing(path + ": it is no 64 hexadecimal digits");
    return *secret;
}

Status write_register_key(const std::string& path, const Digest& secret) {
    return io::write_text_file(path, to_hex(secret) + "\n", k_key_permissions);
}

Digest fresh_register_secret() {
    const crypto::SecretKey key = crypto::SecretKey::generate();
    Digest secret;
    std::copy(key.view().begin(), key.view().end(), secret.bytes.begin());
    return secret;
}

Result<crypto::PrivateKey> member_key_of(const NetworkFolder& folder,
                                         const ledger::MemberId& member, bool create) {
    const std::string path = folder.actor_key(member);
    std::error_code error;
    if (fs::exists(path, error)) {
        const auto pem = io::read_key_file(path);
        if (!pem) return propagate(pem);
        return crypto::PrivateKey::from_pem(*pem);
    }
    // An id becomes the name of a file: a slash would lead out of the folder.
    if (!create || member.empty() || member.find('/') != std::string::npos) {
        return refuse(codes::member_key_missing, path);
    }
    crypto::PrivateKey key = crypto::PrivateKey::generate();
    const Status written =
        io::write_text_file(path, std::string(k_made_key_mark) + key.to_pem(), k_key_permissions);
    if (!written) return propagate(written);
    return key;
}

bool is_made_key(const std::string& pem) { return pem.starts_with(k_made_key_mark); }

}  // namespace cityledger::sim
