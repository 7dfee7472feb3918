#include "sim/worlds/network_files.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <random>

#include "node/io/config.hpp"
#include "node/io/config_files.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/replica/replica.hpp"
#include "sim/worlds/worlds_codes.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t k_network_version = 1;
constexpr std::int64_t k_certificate_days = 365;
constexpr std::int64_t k_seconds_per_day = 24 * 60 * 60;
constexpr unsigned k_key_permissions = 0600;
constexpr const char* k_loopback = "127.0.0.1";

/// Holds a port of the loopback interface until it goes out of scope, so that several free ports
/// that are chosen together differ.
class HeldPort {
public:
    HeldPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (socket_ >= 0 && ::bind(socket_, generic, size) == 0 &&
            ::getsockname(socket_, generic, &size) == 0) {
            number_ = ntohs(address.sin_port);
        }
    }
    ~HeldPort() {
        if (socket_ >= 0) ::close(socket_);
    }
    HeldPort(const HeldPort&) = delete;
    HeldPort& operator=(const HeldPort&) = delete;
    [[nodiscard]] std::uint16_t number() const { return number_; }

private:
    int socket_;
    std::uint16_t number_ = 0;
};

Status choose_ports(std::vector<NodeAddress>& nodes) {
    std::vector<std::unique_ptr<HeldPort>> held;
    for (NodeAddress& node : nodes) {
        for (std::uint16_t* port : {&node.peer_port, &node.http_port}) {
            held.push_back(std::make_unique<HeldPort>());
            *port = held.back()->number();
            if (*port == 0) return refuse(codes::no_free_port);
        }
    }
    return {};
}

io::NodeConfig config_of(const NetworkFile& network, std::size_t index) {
    io::NodeConfig config;
    const NodeAddress& self = network.nodes[index];
    config.name = self.name;
    config.listen_address = self.address;
    config.listen_port = self.peer_port;
    config.http_address = self.address;
    config.http_port = self.http_port;
    for (const NodeAddress& node : network.nodes) {
        if (node.name == self.name) continue;
        config.peers.push_back({node.name, node.address, node.peer_port});
    }
    return config;
}

ledger::Nonce random_nonce() {
    std::random_device random;
    ledger::Nonce nonce;
    for (std::uint8_t& byte : nonce.bytes) byte = static_cast<std::uint8_t>(random());
    return nonce;
}

Status make_folder(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return tl::unexpected<Error>(folder_unusable(path + ": " + error.message()));
    return {};
}

/// Everything that a network is made of, before it is written.
struct Ingredients {
    crypto::IssuedIdentity authority;
    std::vector<crypto::PrivateKey> validator_keys;
    ledger::Genesis genesis;
};

Result<Ingredients> make_ingredients(const NetworkFolder& folder, const WorldPlan& plan,
                                     const NetworkOptions& options) {
    Ingredients made;
    made.authority = crypto::create_authority(plan.name + " authority", options.validity);
    ledger::Genesis& genesis = made.genesis;
    genesis.name = plan.name;
    genesis.salt = random_nonce();
    const auto authority = crypto::certificate_digest(made.authority.certificate_pem);
    if (!authority) return propagate(authority);
    genesis.authority = *authority;
    genesis.business = ledger::compact_json(plan.business);
    for (std::size_t i = 0; i < plan.validators; ++i) {
        made.validator_keys.push_back(crypto::PrivateKey::generate());
        genesis.validators.push_back(
            {"node" + std::to_string(i), made.validator_keys.back().public_key().bytes()});
    }
    for (const ledger::MemberId& member : plan.members) {
        const auto key = member_key_of(folder, member, true);
        if (!key) return propagate(key);
        genesis.keys.push_back({member, key->public_key().bytes()});
    }
    if (const Status valid = ledger::check_genesis(genesis); !valid) return propagate(valid);
    return made;
}

Status write_home(const NetworkFolder& folder, const Ingredients& made, const NetworkFile& network,
                  std::size_t index, const NetworkOptions& options) {
    const io::NodeHome home{folder.home(network.nodes[index].name)};
    if (const Status made_folder = make_folder(home.folder); !made_folder) return made_folder;
    const io::NodeConfig config = config_of(network, index);
    if (const Status written = io::write_node_config(home.config(), config); !written) {
        return written;
    }
    const auto identity = crypto::issue_node_certificate(
        made.authority, {to_hex(network.chain_id), network.nodes[index].name}, options.validity);
    if (!identity) return propagate(identity);
    struct TextFile {
        std::string path;
        std::string text;
        unsigned permissions;
    };
    const TextFile files[] = {
        {home.genesis(), ledger::genesis_to_text(made.genesis), 0644},
        {home.authority(), made.authority.certificate_pem, 0644},
        {home.certificate(), identity->certificate_pem, 0644},
        {home.certificate_key(), identity->private_key_pem, k_key_permissions},
        {home.validator_key(), made.validator_keys[index].to_pem(), k_key_permissions},
    };
    for (const TextFile& file : files) {
        const Status written = io::write_text_file(file.path, file.text, file.permissions);
        if (!written) return written;
    }
    io::PosixFileSystem posix;
    return node::initialise_log(posix, home.log(config), made.genesis);
}

Status write_network(const NetworkFolder& folder, const NetworkFile& network) {
    return io::write_text_file(folder.file(), ledger::pretty_json(ledger::to_json(network)));
}

}  // namespace

Error folder_unusable(std::string detail) {
    return Error{codes::network_folder_unusable, std::move(detail)};
}

crypto::Validity default_validity() {
    const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
    // An hour back: the hosts' clocks need not agree to the second.
    return {now - 3600, now + k_certificate_days * k_seconds_per_day};
}

Result<NetworkFile> create_network(const NetworkFolder& folder, const WorldPlan& plan,
                                   const NetworkOptions& options) {
    if (fs::exists(folder.file())) return refuse(codes::network_folder_taken, folder.path);
    if (const Status made = make_folder(folder.actors()); !made) return propagate(made);
    const auto made = make_ingredients(folder, plan, options);
    if (!made) return propagate(made);

    NetworkFile network;
    network.version = k_network_version;
    network.name = plan.name;
    network.chain_id = ledger::chain_id_of(made->genesis);
    for (const ledger::Validator& validator : made->genesis.validators) {
        network.nodes.push_back({validator.name, k_loopback, 0, 0});
    }
    if (const Status chosen = choose_ports(network.nodes); !chosen) return propagate(chosen);
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
        const Status written = write_home(folder, *made, network, i, options);
        if (!written) return propagate(written);
    }
    const Status files[] = {
        io::write_text_file(folder.genesis(), ledger::genesis_to_text(made->genesis)),
        io::write_text_file(folder.path + "/authority.pem", made->authority.certificate_pem),
        io::write_text_file(folder.path + "/authority.key", made->authority.private_key_pem,
                            k_key_permissions),
        write_network(folder, network),  // last: it says that the network is whole
    };
    for (const Status& written : files) {
        if (!written) return propagate(written);
    }
    return network;
}

Status renew_ports(const NetworkFolder& folder, NetworkFile& network) {
    if (const Status chosen = choose_ports(network.nodes); !chosen) return chosen;
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
        const io::NodeHome home{folder.home(network.nodes[i].name)};
        const Status written = io::write_node_config(home.config(), config_of(network, i));
        if (!written) return written;
    }
    return write_network(folder, network);
}

Result<NetworkFile> read_network(const NetworkFolder& folder) {
    if (!fs::exists(folder.file())) return refuse(codes::network_folder_missing, folder.path);
    const auto text = io::read_text_file(folder.file());
    if (!text) return propagate(text);
    const auto json = ledger::parse_json(*text);
    auto network = json ? ledger::from_json<NetworkFile>(*json)
                        : Result<NetworkFile>(tl::unexpected<Error>(json.error()));
    std::string problem;
    if (!network) {
        problem = network.error().detail;
    } else if (network->version != k_network_version) {
        problem = "version " + std::to_string(network->version);
    } else if (network->nodes.empty()) {
        problem = "it names no node";
    }
    if (!problem.empty()) {
        return refuse(codes::network_file_invalid, folder.file() + ": " + problem);
    }
    return network;
}

Result<crypto::PrivateKey> member_key_of(const NetworkFolder& folder,
                                         const ledger::MemberId& member, bool create) {
    const std::string path = folder.actor_key(member);
    if (fs::exists(path)) {
        const auto pem = io::read_key_file(path);
        if (!pem) return propagate(pem);
        return crypto::PrivateKey::from_pem(*pem);
    }
    // An id becomes the name of a file: a slash would lead out of the folder.
    if (!create || member.empty() || member.find('/') != std::string::npos) {
        return refuse(codes::member_key_missing, path);
    }
    crypto::PrivateKey key = crypto::PrivateKey::generate();
    const Status written = io::write_text_file(path, key.to_pem(), k_key_permissions);
    if (!written) return propagate(written);
    return key;
}

WorldPlan default_plan(std::size_t validators) {
    WorldPlan plan;
    plan.name = "city";
    plan.validators = validators;
    plan.business = {
        {"calendar", {{"first_day", "2018-08-10"}, {"weekends", true}}},
        {"invoice", {{"region", "4403"}}},
        {"membership",
         {{"members",
           {{{"id", "OPERATOR"},
             {"name", "Operator"},
             {"kind", "authority"},
             {"roles", {"operator", "staffing_office"}}},
            {{"id", "TAXBUREAU"},
             {"name", "Tax bureau"},
             {"kind", "authority"},
             {"roles", {"tax_bureau"}}},
            {{"id", "COUNTERSIGN"},
             {"name", "Countersigner"},
             {"kind", "authority"},
             {"roles", {"calendar_countersigner"}}}}}}},
    };
    plan.members = {"OPERATOR", "TAXBUREAU", "COUNTERSIGN"};
    return plan;
}

}  // namespace cityledger::sim
