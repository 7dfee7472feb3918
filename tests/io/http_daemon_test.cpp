// One real validator in this process: its home checked, then a transaction submitted and read back.

#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>
#include <ctime>
#include <filesystem>
#include <future>
#include <list>
#include <thread>

#include "client/api_client.hpp"
#include "crypto/x509_identity.hpp"
#include "node/io/config_files.hpp"
#include "node/io/daemon/daemon.hpp"
#include "node/io/daemon/daemon_home.hpp"
#include "node/io/http/http_limits.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/log/block_log.hpp"
#include "node/log/log_codes.hpp"
#include "node/log/torn_tail_scan.hpp"
#include "node/replica/replica.hpp"
#include "node/replica/replica_codes.hpp"
#include "tests/io/daemon_fixtures.hpp"
#include "tests/io/http_fixtures.hpp"
#include "tests/power/lose_unsynced_file_system.hpp"

namespace cityledger::io::test {
namespace {

TEST_CASE("a node of one takes a transaction, tells its receipt, and knows it after a restart",
          "[daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    const ledger::Transaction transaction = call(home, 1);
    Digest business_root;
    {
        RunningDaemon daemon(options);
        CHECK(read_chosen_ports(home.home.ports())->http_port == daemon.http_port());
        client::ApiClient client("127.0.0.1", daemon.http_port());
        const auto submitted = client.submit(transaction, 20'000);
        INFO((submitted ? "" : submitted.error().message()));
        REQUIRE(submitted);
        REQUIRE(submitted->outcome == "executed");
        CHECK(submitted->receipt->operations.at(0).code_name == "operation_unknown_method");
        // The answer came after the applied write, so a question right behind it finds it.
        const auto receipt = client.receipt(submitted->transaction);
        REQUIRE(receipt);
        CHECK(receipt->operations.at(0).method == "no_such_method");
        const auto block = client.block(receipt->height);
        REQUIRE(block);
        CHECK(block->transactions == std::vector<Digest>{submitted->transaction});
        CHECK(client.genesis().value() == home.genesis);
        CHECK(client.query("calendar", "today", boost::json::object()));
        CHECK(client.control_links("", {}).error().code == codes::controls_disabled);
        const auto status = client.status();
        REQUIRE(status);
        CHECK(status->standing == "voting");
        CHECK(status->standing_reason.empty());
        CHECK(status->network_waits_for.empty());
        CHECK(status->peers.at(0).standing == "voting");
        CHECK(client.ready());
        business_root = status->business_root;

        const auto second = Daemon::start(options);
        REQUIRE_FALSE(second);
        CHECK(second.error().code == codes::home_in_use);
        CHECK(second.error().detail.find(std::to_string(::getpid())) != std::string::npos);
    }
    RunningDaemon daemon(options);
    client::ApiClient client("127.0.0.1", daemon.http_port());
    const auto receipt = client.receipt(ledger::transaction_id(transaction.body));
    REQUIRE(receipt);
    CHECK(receipt->operations.at(0).method == "no_such_method");
    CHECK(client.status()->business_root == business_root);
}

TEST_CASE("many transactions in one body are executed while the client waits", "[daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    options.files_over = make_lose_unsynced;
    RunningDaemon daemon(options);
    client::ApiClient client("127.0.0.1", daemon.http_port());
    std::vector<Bytes> items;
    for (std::uint8_t i = 0; i < 20; ++i) items.push_back(ledger::encode(call(home, i)));
    const auto submitted = client.submit_batch(items, 20'000);
    REQUIRE(submitted);
    for (const api::BatchOutcome& outcome : submitted->outcomes) {
        CHECK(outcome.outcome == "executed");
        CHECK(outcome.code_name == "operation_unknown_method");
    }
}

TEST_CASE("a client follows the receipts of all blocks, and waits for the next", "[daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    client::ApiClient client("127.0.0.1", daemon.http_port());
    CHECK(client.receipts(1, 0)->blocks.empty());
    auto waiting = std::async(std::launch::async, [port = daemon.http_port()] {
        return client::ApiClient("127.0.0.1", port).receipts(1, 20'000);
    });
    const auto first = client.submit(call(home, 1), 20'000);
    REQUIRE(first);
    const auto followed = waiting.get();
    REQUIRE(followed);
    REQUIRE(!followed->blocks.empty());  // an empty block may have followed already
    CHECK(followed->next_height == followed->blocks.size() + 1);
    CHECK(followed->blocks[0].height == 1);
    REQUIRE(followed->blocks[0].receipts.size() == 1);
    const api::ReceiptLine& line = followed->blocks[0].receipts[0];
    CHECK(line.transaction == first->transaction);
    CHECK(line.code_name == "ok");
    CHECK(line.operations_ok == 0);
    REQUIRE(line.refused.size() == 1);
    CHECK(line.refused[0].code_name == "operation_unknown_method");
    CHECK(line.refused[0].count == 1);

    REQUIRE(client.submit(call(home, 2), 20'000));
    // Empty blocks may follow at any time; what was told of a height stays.
    const auto status = client.status();
    REQUIRE(status);
    const auto all = client.receipts(1, 0);
    REQUIRE(all);
    REQUIRE(all->blocks.size() >= status->executed_height);
    CHECK(all->next_height == all->blocks.size() + 1);
    CHECK(all->blocks.at(status->executed_height - 1).receipts_root == status->receipts_root);
    CHECK(client.receipts(all->next_height + 5, 1)->blocks.empty());
    CHECK(client.receipts(0, 0).error().code == codes::http_wrong_parameter);
}

TEST_CASE("a node counts the idle connections that made room", "[daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    boost::asio::io_context context;
    std::list<boost::asio::ip::tcp::socket> idle;
    for (std::size_t i = 0; i < k_max_http_connections_per_address; ++i) {
        idle.emplace_back(context).connect(
            {boost::asio::ip::address_v4::loopback(), daemon.http_port()});
    }
    client::ApiClient client("127.0.0.1", daemon.http_port());
    const auto metrics = client.metrics();
    REQUIRE(metrics);
    CHECK(metrics->find("cityledger_http_connections_evicted_total 1\n") != std::string::npos);
}

TEST_CASE("a body of a wrong type is refused before it is sent", "[daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    // The body never comes: only a refusal by the head alone can answer before the deadline (408).
    const RawAnswers answers =
        exchange(daemon.http_port(),
                 "POST /transactions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                 "Content-Type: application/json\r\nContent-Length: 2000000\r\n\r\n");
    CHECK(answers.statuses == std::vector<int>{415});
    CHECK(answers.text.find(codes::http_wrong_media_type.name) != std::string::npos);
}

TEST_CASE("HTTP answers while the replica's thread does nothing, and waits for it where it must",
          "[daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    auto started = Daemon::start(options);  // and nobody calls run(): the thread stands still
    REQUIRE(started);
    const auto daemon = *std::move(started);
    const std::uint16_t port = daemon->ports().http_port;
    client::ApiClient client("127.0.0.1", port);
    for (const char* path : {"/health", "/contracts", "/codes", "/genesis"}) {
        INFO(path);
        CHECK(client.get(path));
    }
    CHECK(client.query("calendar", "today", boost::json::object()));
    auto status = std::async(std::launch::async,
                             [port] { return client::ApiClient("127.0.0.1", port).status(); });
    CHECK(status.wait_for(std::chrono::milliseconds(100)) == std::future_status::timeout);
    std::thread replica([&daemon] { daemon->run(); });
    CHECK(status.get());
    daemon->stop();
    replica.join();
}

TEST_CASE("a node stops while questions of clients are under way", "[daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    const bool runs = GENERATE(false, true);
    std::vector<std::future<bool>> answers;
    {
        auto started = Daemon::start(options);
        REQUIRE(started);
        const auto daemon = *std::move(started);
        std::thread replica;
        if (runs) replica = std::thread([&daemon] { daemon->run(); });
        const std::uint16_t port = daemon->ports().http_port;
        const auto ask = [&](auto question) {
            answers.push_back(std::async(std::launch::async, [port, question] {
                client::ApiClient client("127.0.0.1", port);
                bool answered = false;
                while (question(client)) answered = true;
                return answered;
            }));
        };
        for (int i = 0; i < 4; ++i) {
            ask([](auto& client) { return client.status().has_value(); });
            ask([](auto& client) { return client.receipts(1'000'000, 60'000).has_value(); });
            ask([](auto& client) {
                const auto block = client.block(1);
                return block || block.error().code == codes::block_not_found;
            });
            ask([&home, i, sent = std::make_shared<std::uint8_t>(0)](auto& client) {
                const auto nonce = static_cast<std::uint8_t>(i * 60 + ++*sent % 60);
                return client.submit(call(home, nonce), 60'000).has_value();
            });
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        daemon->stop();
        if (runs) replica.join();
    }
    for (auto& answer : answers) answer.get();  // each client was let go
}

TEST_CASE("a block that the disk damaged is refused, and the node goes on", "[daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    client::ApiClient client("127.0.0.1", daemon.http_port());
    const auto submitted = client.submit(call(home, 1), 20'000);
    REQUIRE(submitted);
    PosixFileSystem files;
    const std::string folder = home.home.log(home.config);
    std::optional<node::LogPosition> block;
    const auto find = [&](const node::LogHeader& header, const node::LogPosition& position,
                          ByteView) {
        if (!block && header.kind == static_cast<std::uint32_t>(node::LogKind::block)) {
            block = position;
        }
        return Status{};
    };
    REQUIRE(node::scan_log(files, folder, find, [] { return std::string(); }));
    REQUIRE(block);
    const auto file = files.open(folder + "/" + node::log_segment_name(block->segment), false);
    REQUIRE(file);
    REQUIRE((*file)->write_at(block->offset + node::k_log_header_bytes, Bytes(4, 0xa5)));
    CHECK(client.block(1).error().code == node::codes::log_damaged);
    // The receipt is in the state; only the names of its methods are lost.
    const auto receipt = client.receipt(submitted->transaction);
    REQUIRE(receipt);
    CHECK(receipt->operations.at(0).method.empty());
    CHECK(client.submit(call(home, 2), 20'000)->outcome == "executed");
}

TEST_CASE("who has a receipt is told of no lower height, and reads what it did", "[daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    client::ApiClient client("127.0.0.1", daemon.http_port());
    for (std::uint8_t i = 0; i < 15; ++i) {  // empty blocks follow each; all expire at 100
        const auto submitted = client.submit(call(home, i), 20'000);
        INFO((submitted ? "" : submitted.error().message()));
        REQUIRE(submitted);
        REQUIRE(submitted->receipt);
        const std::uint64_t height = submitted->receipt->height;
        CHECK(client.executed_height() >= height);
        CHECK(client.receipt(submitted->transaction));
        CHECK(client.executed_height() >= height);
        CHECK(client.receipts(height, 0)->blocks.size() >= 1);
        CHECK(client.block(height)->transactions == std::vector<Digest>{submitted->transaction});
    }
}

TEST_CASE("the daemon makes a log only when asked, and never over another one", "[daemon]") {
    TestHome home;
    DaemonOptions options;
    options.home = home.folder.path();
    const auto started = Daemon::start(options);
    REQUIRE_FALSE(started);
    CHECK(started.error().code == node::codes::log_missing);
    CHECK(read_text_file(home.home.node_log())->find("code=log_missing") != std::string::npos);
    options.new_log = true;
    CHECK(Daemon::start(options));
    const auto again = Daemon::start(options);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == node::codes::log_exists);
    options.new_log = false;
    CHECK(Daemon::start(options));
}

TEST_CASE("a good home is read whole", "[daemon]") {
    const TestHome home;
    const auto contents = read_home(home.home);
    REQUIRE(contents);
    CHECK(contents->own_index == 0);
    CHECK(contents->own_certificate.has_value());
    CHECK(contents->config == home.config);
}

TEST_CASE("a home that does not fit together is refused, each for its own reason", "[daemon]") {
    TestHome home;
    SECTION("key files that others can read") {
        REQUIRE(::chmod(home.home.validator_key().c_str(), 0640) == 0);
        CHECK(home.refusal() == codes::key_file_exposed);
    }
    SECTION("a file that is missing") {
        fs::remove(home.home.certificate());
        CHECK(home.refusal() == codes::file_unreadable);
    }
    SECTION("another authority") {
        TestHome::write(home.home.authority(),
                        crypto::create_authority("other", {0, 2'000'000'000}).certificate_pem);
        CHECK(home.refusal() == codes::genesis_other_authority);
    }
    SECTION("another validator's key") {
        TestHome::write(home.home.validator_key(), crypto::PrivateKey::generate().to_pem(), 0600);
        CHECK(home.refusal() == codes::genesis_other_key);
    }
    SECTION("a name that the genesis does not have") {
        home.config.name = "node7";
        REQUIRE(write_node_config(home.home.config(), home.config));
        CHECK(home.refusal() == codes::config_invalid);
    }
}

TEST_CASE("a genesis of the simulation suite is refused by a real node", "[daemon]") {
    const TestHome home(ledger::SuiteName::simulation);
    CHECK(home.refusal() == codes::genesis_of_simulation);
}

TEST_CASE("node.json is written and read back, and every broken rule is refused", "[config]") {
    const TestFolder folder;
    const std::string path = folder.path() + "/node.json";
    NodeConfig config;
    config.name = "node0";
    config.listen_port = 7000;
    config.peers = {{"node1", "192.0.2.1", 7001}, {"node2", "node2.example", 7002}};
    config.data_folder = "data";
    REQUIRE(write_node_config(path, config));
    CHECK(read_node_config(path).value() == config);

    const auto refused = [&](auto change) {
        NodeConfig broken = config;
        change(broken);
        const Status written = write_node_config(path, broken);
        return !written && written.error().code == codes::config_invalid;
    };
    CHECK(refused([](NodeConfig& c) { c.name.clear(); }));
    CHECK(refused([](NodeConfig& c) { c.listen_address.clear(); }));
    CHECK(refused([](NodeConfig& c) { c.http_address.clear(); }));
    CHECK(refused([](NodeConfig& c) { c.data_folder.clear(); }));
    CHECK(refused([](NodeConfig& c) { c.peers[0].port = 0; }));
    CHECK(refused([](NodeConfig& c) { c.peers[0].address.clear(); }));
    CHECK(refused([](NodeConfig& c) { c.peers[1].name = "node1"; }));
    CHECK(refused([](NodeConfig& c) { c.peers[1].name = "node0"; }));

    REQUIRE(write_text_file(path, R"({"name":"node0","nmae":1})"));
    const auto misspelt = read_node_config(path);
    REQUIRE_FALSE(misspelt);
    CHECK(misspelt.error().detail.find(path) != std::string::npos);
}

TEST_CASE("a file that cannot be written is named", "[config]") {
    const Status written = write_text_file("/nonexistent/folder/file", "x");
    REQUIRE_FALSE(written);
    CHECK(written.error().code == codes::file_unwritable);
    CHECK(written.error().detail.find("/nonexistent/folder/file") != std::string::npos);
}

TEST_CASE("log lines keep what peers say inside their own line", "[logging]") {
    CHECK(to_logfmt("session_closed", {{"peer", "node1"}, {"why", "a \"b\"\nevent=c"}}) ==
          R"(event=session_closed peer=node1 why="a \"b\" event=c")");
    CHECK(to_logfmt("x", {{"empty", ""}}) == "event=x empty=\"\"");
}

}  // namespace
}  // namespace cityledger::io::test
