// Certificates of running networks: renewed, rotated after a theft, revoked, and an authority that
// has ended.

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "crypto/certificate_end.hpp"
#include "crypto/crypto_codes.hpp"
#include "node/io/config.hpp"
#include "node/io/config_files.hpp"
#include "node/io/io_codes.hpp"
#include "sim/launch/launch.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/launch/network_maker.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t k_day_s = 86'400;
/// Within which every node has taken what changes in its home.
constexpr std::uint64_t k_taken_ms = 5'000;

std::size_t times_in(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

/// Four nodes whose folder no command holds.
struct Network {
    explicit Network(const NetworkOptions& options = {default_validity(), {}})
        : file(create_network(folder, default_plan(4), options).value().file) {
        launch.daemon = daemon_path();
    }

    void start() {
        processes.clear();
        for (const NodeAddress& node : file.nodes) {
            processes.emplace_back(folder.home(node.name), launch);
        }
        for (const Status& started :
             start_nodes(folder, file.nodes, processes, {30'000, 2'000, 0})) {
            INFO((started ? "" : started.error().message()));
            REQUIRE(started);
        }
    }
    void stop() {
        for (NodeProcess& process : processes) process.stop(10'000);
    }
    /// Enrols a person, and waits for the receipt.
    api::ReceiptView enrol(const std::string& name) {
        RemoteWorld world(folder, file);
        const auto receipt = world.submit(enrolment(**world.key_of("OPERATOR"), file.chain_id, name,
                                                    world.expiry_height().value()),
                                          20'000);
        INFO((receipt ? "" : receipt.error().message()));
        REQUIRE(receipt);
        return *receipt;
    }
    client::ApiClient client(std::size_t node) const {
        return {file.nodes[node].address, file.nodes[node].http_port};
    }
    /// How `node` sees another one.
    std::optional<api::PeerView> peer(std::size_t node, const std::string& name) const {
        const auto status = client(node).status();
        if (!status) return std::nullopt;
        for (const api::PeerView& peer : status->peers) {
            if (peer.name == name) return peer;
        }
        return std::nullopt;
    }
    /// Whether each of the others has this node as a peer, or each has not.
    bool all_see(const std::string& name, bool connected) const {
        for (std::size_t node = 0; node < file.nodes.size(); ++node) {
            if (file.nodes[node].name == name) continue;
            const auto seen = peer(node, name);
            if (!seen || seen->connected != connected) return false;
        }
        return true;
    }
    bool all_vote() const {
        for (std::size_t node = 0; node < file.nodes.size(); ++node) {
            const auto status = client(node).status();
            if (!status || !status->voting || !status->network_waits_for.empty()) return false;
        }
        return true;
    }
    std::string log_of(const std::string& node) const {
        return text_of_file(io::NodeHome{folder.home(node)}.node_log());
    }

    std::size_t sessions_opened(const std::string& node) const {
        return times_in(log_of(node), "event=session_up");
    }

    TemporaryFolder temporary;
    NetworkFolder folder{temporary.network()};
    NetworkFile file;
    LaunchOptions launch;
    std::vector<NodeProcess> processes;
};

CommandResult certs(const std::string& arguments) {
    const CommandResult result = run_command("certs " + arguments);
    UNSCOPED_INFO("certs " << arguments << ": " << result.output);
    return result;
}

std::int64_t shown_end(const Network& network, std::size_t node) {
    const auto condition = network.client(node).get("/condition");
    if (!condition) return 0;
    return ledger::parse_json(*condition)->at("certificate_ends_unix_s").to_number<std::int64_t>();
}

TEST_CASE("certificates that end soon are renewed while the network runs", "[certs]") {
    const crypto::Validity now = default_validity();
    Network network({{now.not_before_unix_s, now.not_before_unix_s + 3 * k_day_s}, {}});
    network.start();
    CHECK(contains(run_command("doctor --dir " + network.folder.path).output, "within 7 days"));
    std::map<std::string, std::size_t> sessions;
    for (const NodeAddress& node : network.file.nodes) {
        REQUIRE(holds_within(5'000, [&] { return network.all_see(node.name, true); }));
    }
    for (const NodeAddress& node : network.file.nodes) {
        sessions[node.name] = network.sessions_opened(node.name);
        CHECK(sessions[node.name] == 3);
    }
    const std::int64_t before = shown_end(network, 0);
    CHECK(before > 0);
    const std::string key = text_of_file(network.folder.home("node1") + "/node.key");
    REQUIRE(certs("renew " + network.folder.path).exit_code == 0);
    CHECK(holds_within(k_taken_ms, [&] {
        for (std::size_t node = 0; node < 4; ++node) {
            if (shown_end(network, node) < before + 300 * k_day_s) return false;
        }
        return true;
    }));
    CHECK(text_of_file(network.folder.home("node1") + "/node.key") == key);
    CHECK(network.all_vote());
    for (const NodeAddress& node : network.file.nodes) {
        INFO(node.name);
        CHECK(contains(network.log_of(node.name), "certificate_taken"));
        CHECK(network.sessions_opened(node.name) == sessions[node.name]);
    }
    network.enrol("P-RENEWED");
    const CommandResult shown = certs("show " + network.folder.path);
    CHECK(shown.exit_code == 0);
    CHECK_FALSE(contains(run_command("doctor --dir " + network.folder.path).output, "ends within"));
}

TEST_CASE("a thief with a node's key displaces it, until the key is rotated and revoked",
          "[certs]") {
    Network network;
    const std::string home = network.folder.home("node0");
    const std::string stolen = network.temporary.path() + "/thief";
    fs::create_directory(stolen);
    for (const char* file :
         {"node.json", "genesis.json", "authority.pem", "node.pem", "node.key", "validator.key"}) {
        fs::copy_file(home + "/" + file, stolen + "/" + file);
    }
    io::NodeConfig config = io::read_node_config(stolen + "/node.json").value();
    config.listen_port = 0;
    config.http_port = 0;
    REQUIRE(io::write_node_config(stolen + "/node.json", config));
    network.start();
    network.enrol("P-BEFORE");

    LaunchOptions launch = network.launch;
    launch.arguments = {"--new-log"};
    NodeProcess thief(stolen, launch);
    REQUIRE(thief.start());
    REQUIRE(holds_within(10'000, [&] {
        return contains(network.log_of("node1"), io::codes::session_replaced.name);
    }));

    REQUIRE(certs("rotate " + home).exit_code == 0);
    const CommandResult revoked = certs("revoke " + home + " --old");
    REQUIRE(revoked.exit_code == 0);
    CHECK(contains(revoked.output, "node0"));
    CHECK(holds_within(k_taken_ms, [&] {
        return contains(text_of_file(stolen + "/node.log"),
                        crypto::codes::certificate_revoked.name);
    }));
    CHECK(holds_within(k_taken_ms, [&] { return network.all_see("node0", true); }));
    const auto count_replaced = [&] {
        return times_in(network.log_of("node1"), io::codes::session_replaced.name);
    };
    const std::size_t replaced = count_replaced();
    network.enrol("P-AFTER");
    // The thief dials at least every two seconds, and displaces nobody any more.
    CHECK_FALSE(holds_within(4'500, [&] { return count_replaced() != replaced; }));
    CHECK(thief.running());
    CHECK(network.all_see("node0", true));
}

TEST_CASE("a revoked node is out until it is rotated; renewal does not bring it back", "[certs]") {
    Network network;
    network.start();
    const std::string home = network.folder.home("node3");
    CHECK(contains(certs("revoke " + network.folder.path).output, codes::certificates_of_all.name));
    CHECK(contains(certs("revoke " + network.folder.path + " --old").output, "nothing"));
    REQUIRE(certs("revoke " + home).exit_code == 0);
    CHECK(holds_within(k_taken_ms, [&] { return network.all_see("node3", false); }));
    for (std::size_t node = 0; node < 3; ++node) {
        CHECK(holds_within(k_taken_ms, [&] {
            const auto peer = network.peer(node, "node3");
            return peer && contains(peer->last_error, crypto::codes::certificate_revoked.name);
        }));
    }
    network.enrol("P-THREE");
    CHECK(certs("show " + network.folder.path).exit_code == 1);
    CHECK(run_command("doctor --dir " + network.folder.path).exit_code == 1);
    CHECK(contains(certs("renew " + home).output, crypto::codes::certificate_revoked.name));
    CHECK_FALSE(network.all_see("node3", true));

    REQUIRE(certs("rotate " + home).exit_code == 0);
    CHECK(holds_within(10'000, [&] { return network.all_see("node3", true); }));
    CHECK(holds_within(10'000, [&] { return network.all_vote(); }));
    CHECK(certs("show " + network.folder.path).exit_code == 0);
    network.stop();
    network.start();
    CHECK(holds_within(10'000, [&] { return network.all_vote(); }));
}

TEST_CASE("a home that was carried to another place is renewed from the authority's folder",
          "[certs]") {
    const Network network;
    const std::string far = network.temporary.path() + "/far";
    fs::rename(network.folder.home("node2"), far);
    const std::string before = text_of_file(far + "/node.pem");
    CHECK(certs("renew " + far).exit_code == 3);
    REQUIRE(certs("renew " + far + " --authority " + network.folder.path).exit_code == 0);
    CHECK(text_of_file(far + "/node.pem") != before);
}

TEST_CASE("an ended authority comes back without a restart, and the chain with it", "[certs]") {
    const crypto::Validity now = default_validity();
    NetworkOptions options{now, {}};
    options.authority = {now.not_before_unix_s - 20 * k_day_s, now.not_before_unix_s - k_day_s};
    Network network(options);
    const NetworkFolder& folder = network.folder;
    const std::string ended = text_of_file(folder.authority());
    REQUIRE(certs("authority " + folder.path).exit_code == 0);
    network.start();
    REQUIRE(holds_within(20'000, [&] { return network.all_vote(); }));
    const api::ReceiptView before = network.enrol("P-BEFORE");
    network.stop();

    // As when the second certificate had ended, too.
    REQUIRE(io::write_text_file(folder.authority(), ended));
    for (const NodeAddress& node : network.file.nodes) {
        REQUIRE(io::write_text_file(io::NodeHome{folder.home(node.name)}.authority(), ended));
    }
    network.start();
    CHECK_FALSE(network.all_vote());
    CHECK(holds_within(5'000, [&] {
        const auto peer = network.peer(0, "node1");
        return peer && contains(peer->last_error, crypto::codes::certificate_expired.name);
    }));
    CHECK(contains(certs("renew " + folder.path).output, codes::authority_ended.name));
    CHECK(certs("show " + folder.path).exit_code == 1);

    REQUIRE(certs("authority " + folder.path).exit_code == 0);
    REQUIRE(certs("renew " + folder.path).exit_code == 0);
    REQUIRE(holds_within(20'000, [&] { return network.all_vote(); }));
    network.enrol("P-AFTER");
    for (std::size_t node = 0; node < 4; ++node) {
        const auto receipt = network.client(node).receipt(before.transaction);
        REQUIRE(receipt);
        CHECK(receipt->height == before.height);
    }
    network.stop();
    CHECK(run_command("audit " + folder.path).exit_code == 0);
}

}  // namespace
}  // namespace cityledger::sim::test
