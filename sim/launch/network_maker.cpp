#include "sim/launch/network_maker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <random>

#include "node/io/config.hpp"
#include "node/io/config_files.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/log/block_log.hpp"
#include "node/replica/replica.hpp"
#include "sim/launch/certificate_office.hpp"
#include "sim/launch/comet_maker.hpp"
#include "sim/launch/launch_codes.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr unsigned k_key_permissions = 0600;
constexpr std::int64_t k_seconds_per_day = 24 * 60 * 60;
constexpr mode_t k_folder_permissions = 0700;
constexpr const char* k_loopback = "127.0.0.1";

/// Holds a port of the loopback interface until it goes out of scope, so that several free ports
/// that are chosen together differ.
class HeldPort {
public:
    explicit HeldPort(std::uint16_t number)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const int yes = 1;  // as the daemon does: a closed connection does not take the port
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(number);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        free_ = socket_ >= 0 &&
                ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                ::listen(socket_, 1) == 0;
    }
    ~HeldPort() {
        if (socket_ >= 0) ::close(socket_);
    }
    HeldPort(const HeldPort&) = delete;
    HeldPort& operator=(const HeldPort&) = delete;
    [[nodiscard]] bool is_free() const { return free_; }

private:
    int socket_;
    bool free_ = false;
};

/// Free ports, in the order of the range that the system gives to no outgoing connection, from a
/// random place on: networks that are made at the same time should not meet.
class FreePorts {
public:
    explicit FreePorts(std::optional<std::uint16_t> first)
        : wished_(first.has_value()),
          next_(first.value_or(static_cast<std::uint16_t>(
              k_lowest_port + std::random_device()() % (k_highest_port - k_lowest_port)))) {}

    Result<std::uint16_t> take() {
        for (std::uint32_t tries = 0; tries < k_highest_port - k_lowest_port; ++tries) {
            const std::uint16_t port = next_;
            next_ = port >= k_highest_port && !wished_ ? k_lowest_port
                                                       : static_cast<std::uint16_t>(port + 1);
            auto held = std::make_unique<HeldPort>(port);
            const bool free = port != 0 && held->is_free();
            if (free) held_.push_back(std::move(held));
            if (free) return port;
            if (wished_) return refuse(codes::port_taken, std::to_string(port));
        }
        return refuse(codes::no_free_port);
    }

private:
    static constexpr std::uint16_t k_lowest_port = 20'000;
    static constexpr std::uint16_t k_highest_port = 32'700;

    bool wished_;
    std::uint16_t next_;
    std::vector<std::unique_ptr<HeldPort>> held_;
};

Status choose_ports(NetworkFile& network, std::optional<std::uint16_t> first) {
    std::vector<std::uint16_t*> wanted;
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
        wanted.push_back(&network.nodes[i].peer_port);
        wanted.push_back(&network.nodes[i].http_port);
        if (network.engine) wanted.push_back(&network.engine->application_ports[i]);
    }
    FreePorts ports(first);
    for (std::uint16_t* port : wanted) {
        const auto free = ports.take();
        if (!free) return propagate(free);
        *port = *free;
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

/// Whoever renews a node's certificate needs an authority that ends later.
crypto::Validity authority_validity(crypto::Validity nodes) {
    const std::int64_t end = nodes.not_before_unix_s + k_authority_days * k_seconds_per_day;
    return {nodes.not_before_unix_s, std::max(nodes.not_after_unix_s, end)};
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
    const crypto::Validity validity =
        options.authority.value_or(authority_validity(options.validity));
    made.authority = crypto::create_authority(plan.name + " authority", validity);
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
    return node::initialise_log(posix, home.log(config), made.genesis, random_nonce(),
                                node::LogOrigin::with_network);
}

Status write_homes(const NetworkFolder& folder, const Ingredients& made, const NetworkFile& network,
                   const NetworkOptions& options) {
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
        const Status written = write_home(folder, made, network, i, options);
        if (!written) return written;
    }
    return {};
}

/// ".run.making-4711" beside "run": hidden, and one for each process.
std::string unfinished_prefix(const NetworkFolder& folder) {
    return "." + fs::path(folder.path).filename().string() + ".making-";
}

NetworkFolder unfinished_of_this_process(const NetworkFolder& folder) {
    const fs::path parent = fs::path(folder.path).parent_path();
    return {(parent / (unfinished_prefix(folder) + std::to_string(::getpid()))).string()};
}

/// What processes that were killed have left of networks that never came to be. Those that are
/// being made now are locked.
void remove_abandoned(const NetworkFolder& folder) {
    const std::string prefix = unfinished_prefix(folder);
    std::error_code error;
    std::vector<std::string> abandoned;
    for (fs::directory_iterator entry(fs::path(folder.path).parent_path(), error), end;
         !error && entry != end; entry.increment(error)) {
        const NetworkFolder found{entry->path().string()};
        const bool unfinished = entry->path().filename().string().starts_with(prefix);
        if (unfinished && !io::FileLock::holder(found.lock())) abandoned.push_back(found.path);
    }
    for (const std::string& path : abandoned) fs::remove_all(path, error);
}

/// A place where a new network can be put: none there yet, or an empty folder.
Status check_place(const NetworkFolder& folder) {
    std::error_code error;
    if (fs::exists(folder.file(), error)) return refuse(codes::network_folder_taken, folder.path);
    if (!fs::exists(folder.path, error)) return {};
    if (!fs::is_directory(folder.path, error)) {
        return tl::unexpected<Error>(folder_unusable(folder.path + ": it is no folder"));
    }
    const bool empty = fs::is_empty(folder.path, error);
    if (error) return tl::unexpected<Error>(folder_unusable(folder.path + ": " + error.message()));
    if (!empty) return refuse(codes::network_folder_foreign, folder.path);
    const std::string current = fs::current_path(error).string() + "/";
    if (current.starts_with(folder.path + "/")) {
        return tl::unexpected<Error>(
            folder_unusable(folder.path + ": it is your working directory; name a folder in it"));
    }
    return {};
}

Result<NetworkFile> make_files(const NetworkFolder& folder, const WorldPlan& plan,
                               const NetworkOptions& options) {
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
    if (!options.cometbft.empty()) {
        network.engine.emplace().application_ports.resize(network.nodes.size());
    }
    if (const Status chosen = choose_ports(network, options.first_port); !chosen) {
        return propagate(chosen);
    }
    const Status homes = network.engine ? make_comet_homes(folder, network, options.cometbft)
                                        : write_homes(folder, *made, network, options);
    if (!homes) return propagate(homes);
    const Status files[] = {
        io::write_text_file(folder.genesis(), ledger::genesis_to_text(made->genesis)),
        io::write_text_file(folder.authority(), made->authority.certificate_pem),
        io::write_text_file(folder.authority_key(), made->authority.private_key_pem,
                            k_key_permissions),
        write_register_key(folder.register_key(),
                           plan.register_secret ? *plan.register_secret : fresh_register_secret()),
        write_network(folder, network),
    };
    for (const Status& written : files) {
        if (!written) return propagate(written);
    }
    return network;
}

}  // namespace

Error folder_unusable(std::string detail) {
    return Error{codes::network_folder_unusable, std::move(detail)};
}

crypto::Validity default_validity() {
    const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
    return validity_of_days(now, k_certificate_days);
}

Result<HeldNetwork> create_network(const NetworkFolder& folder, const WorldPlan& plan,
                                   const NetworkOptions& options) {
    if (const Status usable = check_place(folder); !usable) return propagate(usable);
    const Status parent = make_folder(fs::path(folder.path).parent_path().string());
    if (!parent) return propagate(parent);
    remove_abandoned(folder);
    const NetworkFolder unfinished = unfinished_of_this_process(folder);
    if (::mkdir(unfinished.path.c_str(), k_folder_permissions) != 0) {
        return tl::unexpected<Error>(
            folder_unusable(unfinished.path + ": " + std::strerror(errno)));
    }
    // Locked before it is in its place: nobody starts it before whoever made it lets go.
    auto lock = io::FileLock::try_acquire(unfinished.lock());
    auto network =
        lock ? make_files(unfinished, plan, options) : Result<NetworkFile>(propagate(lock));
    if (network && ::rename(unfinished.path.c_str(), folder.path.c_str()) != 0) {
        network = tl::unexpected<Error>(folder_unusable(folder.path + ": " + std::strerror(errno)));
    }
    if (!network) {
        discard_unfinished(folder);
        return propagate(network);
    }
    return HeldNetwork{folder, *std::move(network), **std::move(lock)};
}

void discard_unfinished(const NetworkFolder& folder) {
    std::error_code ignored;
    fs::remove_all(unfinished_of_this_process(folder).path, ignored);
}

Status renew_ports(HeldNetwork& network, std::optional<std::uint16_t> first_port) {
    NetworkFile renewed = network.file;
    if (const Status chosen = choose_ports(renewed, first_port); !chosen) return chosen;
    for (const NodeAddress& node : renewed.nodes) {
        const io::NodeHome home{network.folder.home(node.name)};
        auto config = io::read_node_config(home.config());
        if (!config) return propagate(config);
        config->listen_port = node.peer_port;
        config->http_port = node.http_port;
        for (io::PeerAddress& peer : config->peers) {
            for (const NodeAddress& other : renewed.nodes) {
                if (other.name == peer.name) peer.port = other.peer_port;
            }
        }
        const Status written = io::write_node_config(home.config(), *config);
        if (!written) return written;
    }
    network.file = std::move(renewed);
    return write_network(network.folder, network.file);
}

bool port_is_free(std::uint16_t port) { return HeldPort(port).is_free(); }

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
