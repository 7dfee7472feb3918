// Launching: networks in folders, processes that start, stop and refuse, and the command's exit
// codes. Every code of sim/launch/launch_codes.hpp has its test here.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "ledger/contracts/contracts.hpp"
#include "node/io/config_files.hpp"
#include "node/io/io_codes.hpp"
#include "sim/cli/commands.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/world/world_codes.hpp"
#include "tests/end_to_end/network.hpp"
#include "tests/paths.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

bool alive(pid_t process) { return ::kill(process, 0) == 0 || errno != ESRCH; }

/// Takes down what a failed test would leave behind.
struct DownAtEnd {
    std::string folder;
    ~DownAtEnd() { run_command("down --dir " + folder); }
};

NetworkFile made_network(const NetworkFolder& folder) {
    auto network = create_network(folder, default_plan(4), {default_validity(), {}});
    INFO((network ? "" : network.error().message()));
    REQUIRE(network);
    return network->file;
}

template <class T>
Code code_of(const Result<T>& refused) {
    REQUIRE_FALSE(refused);
    return refused.error().code;
}

TEST_CASE("up, up again, a crash, up, down: one network, and its chain stays", "[command]") {
    const TemporaryFolder folder;
    const std::string where = " --dir " + folder.network();
    const DownAtEnd cleaner{folder.network()};
    const CommandResult up = run_command("up" + where);
    INFO(up.output);
    REQUIRE(up.exit_code == 0);
    CHECK(contains(up.output, "curl http://"));
    const NetworkFolder network{folder.network()};
    const auto pid = running_process(network.home("node0"));
    REQUIRE(pid);

    const CommandResult again = run_command("up" + where);
    CHECK(again.exit_code == 0);
    CHECK(contains(again.output, "was up already"));
    CHECK(running_process(network.home("node0")) == pid);
    CHECK(run_command("up --new-ports" + where).exit_code == 3);
    CHECK(contains(run_command("up --new-ports" + where).output, codes::network_running.name));

    const auto remote = make_remote_world(folder.network(), "");
    REQUIRE(remote);
    const auto expiry = (*remote)->expiry_height().value();
    const auto receipt = (*remote)->submit(
        enrolment(**(*remote)->key_of("OPERATOR"), (*remote)->chain_id(), "P-UP", expiry), 20'000);
    REQUIRE(receipt);

    // The pid files of killed processes are no obstacle.
    for (const char* node : {"node0", "node1", "node2", "node3"}) {
        const auto process = running_process(network.home(node));
        REQUIRE(process);
        ::kill(*process, SIGKILL);
        REQUIRE(holds_within(5'000, [&] { return !running_process(network.home(node)); }));
    }
    CHECK(run_command("status" + where).exit_code == 7);
    const CommandResult revived = run_command("up" + where);
    INFO(revived.output);
    REQUIRE(revived.exit_code == 0);
    const auto after = make_remote_world(folder.network(), "");
    REQUIRE(after);
    // A node that was killed before the block's last vote reached it fetches the block first.
    CHECK(holds_within(20'000,
                       [&] { return (*after)->receipts(receipt->transaction).at(2).has_value(); }));

    const CommandResult down = run_command("down --purge" + where);
    CHECK(down.exit_code == 0);
    CHECK_FALSE(running_process(network.home("node0")));
    CHECK_FALSE(fs::exists(folder.network()));
}

TEST_CASE("commands refuse a folder without a network and wrong usage", "[command]") {
    const TemporaryFolder folder;
    for (const std::string command : {"down", "status", "status --json"}) {
        const CommandResult result = run_command(command + " --dir " + folder.network());
        CHECK(result.exit_code == 3);
        CHECK(contains(result.output, codes::network_folder_missing.name));
    }
    CHECK(run_command("fly").exit_code == 2);
    CHECK(run_command("replay --world remote x.yaml").exit_code == 2);
    CHECK(run_command("validate " + folder.path() + "/none.yaml").exit_code == 2);
    const CommandResult missing =
        run_command("up --daemon /none/cityledgerd --dir " + folder.network());
    CHECK(missing.exit_code == 3);
    CHECK(contains(missing.output, codes::daemon_missing.name));
}

TEST_CASE("Ctrl-C or the death of the command leaves no process", "[command]") {
    const int signal = GENERATE(SIGINT, SIGKILL);
    const TemporaryFolder folder;
    const std::string scenario = source_dir() + "/scenarios/shenzhen-einvoice.yaml";
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string program = command_path();
        ::execl(program.c_str(), program.c_str(), "replay", scenario.c_str(), "--world", "local",
                "--dir", folder.network().c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    REQUIRE(child > 0);
    const NetworkFolder network{folder.network()};
    const auto node = [&] { return running_process(network.home("node3")); };
    REQUIRE(holds_within(30'000, [&] {
        const auto file = read_network(network);
        if (!file || !node()) return false;
        client::ApiClient asked(file->nodes[3].address, file->nodes[3].http_port);
        const auto answer = asked.status();
        return answer && answer->executed_height > 0;
    }));
    ::kill(child, signal);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(holds_within(5'000, [&] { return !node(); }));
    if (signal == SIGINT) {
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 130);
        CHECK_FALSE(fs::exists(folder.network()));
    }
}

TEST_CASE("a world ends its processes and its folder", "[launch]") {
    const TemporaryFolder folder;
    std::vector<pid_t> pids;
    {
        const auto world = make_network(folder.network());
        for (std::size_t node = 0; node < 4; ++node) {
            pids.push_back(*world->process(node).process_id());
        }
        CHECK(code_of(world->key_of("NOBODY")) == codes::member_key_missing);
        CHECK(code_of(world->make_key("../outside")) == codes::member_key_missing);
        CHECK(code_of(world->can(FaultKind::byzantine)) == codes::world_fault_impossible);

        // A second process on the home is refused, and the first goes on.
        LaunchOptions launch;
        launch.daemon = daemon_path();
        const std::string home = world->network_folder().home("node1");
        NodeProcess second(home, launch);
        REQUIRE(second.start());
        REQUIRE(holds_within(5'000, [&] { return !second.running(); }));
        CHECK(second.stop(0) == 2);
        CHECK(contains(text_of_file(home + "/console.log"), io::codes::home_in_use.name));
        enrol_one(*world, "P-SECOND");

        const auto start = Clock::now();
        CHECK(world->process(2).stop(5'000) == 0);
        std::printf("SIGTERM ended a node after %llu ms\n",
                    static_cast<unsigned long long>(milliseconds_since(start)));
        enrol_one(*world, "P-THREE");
    }
    for (const pid_t pid : pids) CHECK_FALSE(alive(pid));
    CHECK_FALSE(fs::exists(folder.network()));
}

TEST_CASE("members are enrolled by an operator whose key is at hand, or not at all", "[remote]") {
    const TemporaryFolder folder;
    const auto world = make_network(folder.network(), false, 1);
    WorldPlan plan = default_plan(1);
    auto& members = plan.business["membership"].as_object()["members"].as_array();
    boost::json::object newcomer = members[1].as_object();
    newcomer["id"] = "NEWCOMER";
    members.push_back(newcomer);

    const auto by_address =
        make_remote_world("http://" + world->node_client(0).target(), folder.path() + "/empty");
    REQUIRE(by_address);
    CHECK(code_of((*by_address)->enrol_missing_members(plan)) == codes::operator_missing);
    const auto by_folder = make_remote_world(folder.network(), "");
    REQUIRE(by_folder);
    REQUIRE((*by_folder)->enrol_missing_members(plan));
    CHECK(world->query("membership", "member", {{"id", "NEWCOMER"}}, std::nullopt, "NEWCOMER"));

    for (const char* url : {"http://127.0.0.1", "http://127.0.0.1:", "http://127.0.0.1:0",
                            "http://127.0.0.1:80x", "http://127.0.0.1:70000", "http://:80",
                            "https://127.0.0.1:80", "http://127.0.0.1:80/status"}) {
        INFO(url);
        CHECK(code_of(make_remote_world(url, "")) == codes::url_invalid);
    }
}

TEST_CASE("a folder that cannot hold or give a network is refused", "[files]") {
    const TemporaryFolder temporary;
    const NetworkFolder folder{temporary.network()};
    CHECK(code_of(read_network(folder)) == codes::network_folder_missing);
    CHECK(code_of(make_remote_world(folder.path, "")) == codes::network_folder_missing);
    const NetworkFile network = made_network(folder);
    CHECK(read_network(folder).value() == network);
    CHECK(code_of(create_network(folder, default_plan(4), {default_validity(), {}})) ==
          codes::network_folder_taken);
    CHECK(code_of(LocalWorld::create(default_plan(4), local_options(folder.path))) ==
          codes::network_folder_taken);

    const NetworkFolder below_a_file{folder.file() + "/network"};
    CHECK(code_of(create_network(below_a_file, default_plan(4), {default_validity(), {}})) ==
          codes::network_folder_unusable);

    for (const char* text : {"", "{", "[]", R"({"version":2})"}) {
        REQUIRE(io::write_text_file(folder.file(), text));
        CHECK(code_of(read_network(folder)) == codes::network_file_invalid);
    }
    NetworkFile changed = network;
    changed.version = 2;
    REQUIRE(io::write_text_file(folder.file(), ledger::pretty_json(ledger::to_json(changed))));
    CHECK(code_of(read_network(folder)) == codes::network_file_invalid);
    changed = network;
    changed.nodes.clear();
    REQUIRE(io::write_text_file(folder.file(), ledger::pretty_json(ledger::to_json(changed))));
    CHECK(code_of(read_network(folder)) == codes::network_file_invalid);
}

TEST_CASE("without a free port, or without the daemon, nothing starts", "[launch]") {
    const TemporaryFolder temporary;
    const NetworkFolder folder{temporary.network()};
    made_network(folder);
    auto network = hold_network(folder);
    REQUIRE(network);
    rlimit usual{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
    rlimit none = usual;
    none.rlim_cur = 0;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const Status renewed = renew_ports(*network, std::nullopt);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
    CHECK(code_of(renewed) == codes::no_free_port);

    CHECK(code_of(find_daemon("/none/cityledgerd")) == codes::daemon_missing);
    CHECK(find_daemon(daemon_path()).value() == daemon_path());
}

TEST_CASE("a node that does not answer is not ready in time, and is when it goes on", "[launch]") {
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    REQUIRE(world->inject({FaultKind::pause, {2}, {}, {}}));
    CHECK(code_of(world->wait_ready(2, 100)) == codes::daemon_not_ready);
    REQUIRE(world->inject({FaultKind::resume, {2}, {}, {}}));
    CHECK(world->wait_ready(2, 10'000));
    CHECK(settles_within(*world, 20'000));
}

TEST_CASE("a node's peak of memory is its own, not that of who started it", "[launch]") {
    constexpr std::size_t k_large = 400'000'000;
    { const std::vector<char> large(k_large, 'x'); }
    const TemporaryFolder folder;
    const auto world = make_network(folder.network(), false, 1);
    const std::string metrics = world->node_client(0).metrics().value();
    const std::string name = "\nprocess_peak_memory_bytes ";
    const std::size_t at = metrics.find(name);
    REQUIRE(at != std::string::npos);
    const auto peak = std::strtoull(metrics.c_str() + at + name.size(), nullptr, 10);
    CHECK(peak > 1'000'000);
    CHECK(peak < k_large / 2);
}

TEST_CASE("docs/codes.md is what the program prints", "[docs]") {
    CHECK(text_of_file(source_dir() + "/docs/codes.md") == codes_document());
}

TEST_CASE("docs/contracts.md is what the program prints", "[docs]") {
    CHECK(text_of_file(source_dir() + "/docs/contracts.md") == contracts_document());
    CHECK(run_command("contracts --markdown").output == contracts_document());
}

TEST_CASE("contracts are described without a network, within 80 columns", "[command]") {
    const CommandResult all = run_command("contracts");
    CHECK(all.exit_code == 0);
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        CHECK(contains(all.output, contract->name));
        for (const std::string environment : {"", "LANG=zh_CN.UTF-8"}) {
            const CommandResult one = run_command("contracts " + contract->name, environment);
            CHECK(one.exit_code == 0);
            for (const ledger::Method& method : contract->operations) {
                CHECK(contains(one.output, " " + method.name + "\n"));
                for (const auto& field : method.arguments) CHECK(contains(one.output, field.name));
            }
            std::istringstream lines(one.output);
            for (std::string line; std::getline(lines, line);) {
                INFO(line);
                CHECK(columns_of(line) <= k_terminal_columns);
            }
        }
    }
    const CommandResult unknown = run_command("contracts invoices");
    CHECK(unknown.exit_code == 2);
    CHECK(contains(unknown.output, "did you mean `invoice`?"));
}

}  // namespace
}  // namespace cityledger::sim::test
