// Foreign certificates, broken requests, and a network with nothing to do.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "client/http_connection.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/x509_identity.hpp"
#include "node/io/config.hpp"
#include "node/io/config_files.hpp"
#include "node/io/io_codes.hpp"
#include "sim/launch/launch.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t k_day_s = 86'400;

struct BadCertificate {
    std::string story;
    crypto::IssuedIdentity identity;
    Code own;      ///< what the node says of its own certificate
    Code by_peer;  ///< why the others refuse it
};

/// What is put into the home of node3.
BadCertificate bad_certificate(const std::string& story, const NetworkFolder& folder,
                               const NetworkFile& network) {
    const crypto::IssuedIdentity authority{text_of_file(folder.path + "/authority.pem"),
                                           text_of_file(folder.path + "/authority.key")};
    const crypto::NodeName name{to_hex(network.chain_id), "node3"};
    const crypto::Validity now = default_validity();
    if (story == "expired") {
        const crypto::Validity past{now.not_before_unix_s - 9 * k_day_s,
                                    now.not_before_unix_s - k_day_s};
        return {story, crypto::issue_node_certificate(authority, name, past).value(),
                crypto::codes::certificate_expired, crypto::codes::certificate_expired};
    }
    if (story == "another authority") {
        const auto other = crypto::create_authority("other", now);
        return {story, crypto::issue_node_certificate(other, name, now).value(),
                crypto::codes::certificate_wrong_authority,
                crypto::codes::certificate_wrong_authority};
    }
    const std::string home = folder.home("node2");
    return {story,
            {text_of_file(home + "/node.pem"), text_of_file(home + "/node.key")},
            crypto::codes::certificate_wrong_node,
            crypto::codes::certificate_wrong_node};
}

TEST_CASE("a node with a bad certificate stays outside; both sides say why, three go on",
          "[certificate]") {
    const std::string story = GENERATE("expired", "another authority", "another node");
    INFO(story);
    const TemporaryFolder temporary;
    const NetworkFolder folder{temporary.network()};
    const NetworkFile network =
        create_network(folder, default_plan(4), {default_validity(), {}}).value().file;
    const BadCertificate bad = bad_certificate(story, folder, network);
    const io::NodeHome home{folder.home("node3")};
    REQUIRE(io::write_text_file(home.certificate(), bad.identity.certificate_pem));
    REQUIRE(io::write_text_file(home.certificate_key(), bad.identity.private_key_pem, 0600));

    LaunchOptions launch;
    launch.daemon = daemon_path();
    NodeProcess outside(home.folder, launch);
    REQUIRE(outside.start());
    std::vector<NodeProcess> others;
    for (const char* node : {"node0", "node1", "node2"}) {
        others.emplace_back(folder.home(node), launch);
    }
    std::vector<NodeAddress> three(network.nodes.begin(), network.nodes.end() - 1);
    for (const Status& started : start_nodes(folder, three, others, {})) {
        INFO((started ? "" : started.error().message()));
        REQUIRE(started);
    }

    const auto log_has = [](const std::string& path, std::string_view what) {
        return text_of_file(path).find(what) != std::string::npos;
    };
    CHECK(holds_within(5'000, [&] { return log_has(home.node_log(), bad.own.name); }));
    CHECK(holds_within(
        5'000, [&] { return log_has(home.node_log(), io::codes::peer_refused_this_node.name); }));
    // It answers its own clients, but what the three agree on does not reach it.
    for (std::size_t node = 0; node < 3; ++node) {
        INFO("node" << node);
        client::ApiClient asked(network.nodes[node].address, network.nodes[node].http_port);
        CHECK(holds_within(5'000, [&] {
            const auto status = asked.status();
            if (!status) return false;
            for (const api::PeerView& peer : status->peers) {
                if (peer.name != "node3") continue;
                return !peer.connected &&
                       peer.last_error.find(bad.by_peer.name) != std::string::npos;
            }
            return false;
        }));
    }
    RemoteWorld world(folder, network);
    CHECK(world.submit(enrolment(**world.key_of("OPERATOR"), network.chain_id, "P-THREE",
                                 world.expiry_height().value()),
                       20'000));
    client::ApiClient asked(network.nodes[3].address, network.nodes[3].http_port);
    const auto status = asked.status();
    REQUIRE(status);
    CHECK(status->final_height == 0);
}

struct Usage {
    std::uint64_t resident_kib = 0;
    std::uint64_t cpu_ms = 0;
};

Usage usage_of(pid_t process) {
    Usage usage;
    const std::string folder = "/proc/" + std::to_string(process);
    std::ifstream status(folder + "/status");
    for (std::string word; status >> word;) {
        if (word == "VmRSS:") status >> usage.resident_kib;
    }
    const std::string stat = text_of_file(folder + "/stat");
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;  // utime is field 14 of proc(5)
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    fields >> user >> system;
    usage.cpu_ms = (user + system) * 1'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return usage;
}

/// Allocated on disk, as du counts.
std::uint64_t disk_bytes(const std::string& folder) {
    std::uint64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        struct stat properties {};
        if (::lstat(entry.path().c_str(), &properties) == 0) {
            bytes += static_cast<std::uint64_t>(properties.st_blocks) * 512;
        }
    }
    return bytes;
}

TEST_CASE("an idle network writes nothing and stays small", "[idle]") {
    constexpr std::uint64_t k_idle_ms = 5'000;
    constexpr std::uint64_t k_most_resident_kib = 400 * 1024;
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    enrol_one(*world, "P-BEFORE");
    REQUIRE(settles_within(*world, 10'000));
    world->wait(1'000);  // what the last transaction left to write
    Usage before[4];
    for (std::size_t node = 0; node < 4; ++node) {
        before[node] = usage_of(*world->process(node).process_id());
    }
    const auto heights = world->nodes()[0].status->final_height;
    const std::uint64_t disk_before = disk_bytes(folder.network());
    world->wait(k_idle_ms);
    CHECK(disk_bytes(folder.network()) == disk_before);
    CHECK(world->nodes()[0].status->final_height == heights);
    for (std::size_t node = 0; node < 4; ++node) {
        const Usage after = usage_of(*world->process(node).process_id());
        std::printf("node%zu idle: %llu MiB resident, %llu ms CPU in %llu ms\n", node,
                    static_cast<unsigned long long>(after.resident_kib / 1024),
                    static_cast<unsigned long long>(after.cpu_ms - before[node].cpu_ms),
                    static_cast<unsigned long long>(k_idle_ms));
        CHECK(after.resident_kib > 0);
        CHECK(after.resident_kib < k_most_resident_kib);
    }
}

/// Sends bytes over a connection of their own and ends it, whatever is answered.
void throw_bytes(std::uint16_t port, const std::string& bytes) {
    const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(connection >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const timeval patience{0, 50'000};
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const bool connected =
        ::connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    if (connected) {
        ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        ::shutdown(connection, SHUT_WR);
        char answer[256];
        ::recv(connection, answer, sizeof answer, 0);
    }
    ::close(connection);
    REQUIRE(connected);
}

TEST_CASE("random bytes and mutated requests at the HTTP door do no harm", "[door]") {
    std::mt19937_64 random(printed_seed("HTTP door"));
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    const std::uint16_t port = read_network(world->network_folder())->nodes[0].http_port;
    const pid_t process = *world->process(0).process_id();

    for (int i = 0; i < 1'000; ++i) {
        std::string bytes(1 + random() % 600, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        if (i % 2 == 1) bytes = "POST /transactions HTTP/1.1\r\n" + bytes;
        throw_bytes(port, bytes);
    }
    const ledger::Transaction good = enrolment(**world->key_of("OPERATOR"), world->chain_id(),
                                               "P-DOOR", world->expiry_height().value());
    const Bytes encoded = ledger::encode(good);
    const std::string body(encoded.begin(), encoded.end());
    const std::string head =
        "POST /transactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/octet-stream\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
    for (int i = 0; i < 150; ++i) {
        std::string head_mutated = head;
        head_mutated[random() % head.size()] = static_cast<char>(random());
        throw_bytes(port, head_mutated + "x" + body.substr(1));
    }
    client::HttpConnection connection("127.0.0.1", port);
    for (int i = 0; i < 150; ++i) {
        client::HttpCall call{"POST", "/transactions", "application/octet-stream", body, 5'000};
        const std::size_t place = random() % body.size();
        if (i % 3 == 0) call.body.resize(place);
        if (i % 3 == 1) call.body[place] = static_cast<char>(call.body[place] ^ (1 << i % 8));
        if (i % 3 == 2) call.body.insert(place, 1, static_cast<char>(random()));
        const auto answer = connection.perform(call);
        INFO("mutation " << i << " at " << place << ": "
                         << (answer ? answer->body : answer.error().message()));
        REQUIRE(answer);
        CHECK(answer->status >= 400);
        CHECK(answer->status < 500);
    }

    CHECK(world->process(0).running());
    const auto status = world->node_client(0).status();
    REQUIRE(status);
    CHECK(status->process_id == static_cast<std::uint64_t>(process));
    CHECK_FALSE(world->node_client(0).receipt(ledger::transaction_id(good.body)));
    const auto submitted = world->node_client(0).submit(good, 10'000);
    REQUIRE(submitted);
    REQUIRE(submitted->receipt);
    CHECK(submitted->receipt->operations.at(0).code_name == "ok");
}

}  // namespace
}  // namespace cityledger::sim::test
