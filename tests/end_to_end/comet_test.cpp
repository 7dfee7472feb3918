// Networks that CometBFT orders, as far as that needs no CometBFT: what is looked for and where,
// the files, and what is refused. scripts/engine-replay does the rest.

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sim/launch/comet_launch.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/launch/network_maker.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

template <class T>
Code code_of(const Result<T>& refused) {
    REQUIRE_FALSE(refused);
    return refused.error().code;
}

std::string make_program(const std::string& path, const std::string& script) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    ::chmod(path.c_str(), 0755);
    return path;
}

/// A network.json of CometBFT with one node.
NetworkFile comet_network() {
    NetworkFile network;
    network.name = "city";
    network.nodes = {{"node0", "127.0.0.1", 1, 2}};
    network.engine.emplace().application_ports = {3};
    return network;
}

TEST_CASE("cometbft is looked for in the environment, in PATH and beside the program", "[comet]") {
    const TemporaryFolder folder;
    const std::string beside = folder.path() + "/release";
    std::string wished;
    const Environment environment = [&](const std::string& name) {
        return name == "PATH" ? folder.path() + "/none::" + folder.path() + "/path" : wished;
    };
    CHECK(code_of(find_comet_programs(beside, environment)) == codes::engine_missing);
    const std::string built = make_program(folder.path() + "/peers/bin/cometbft", "");
    CHECK(code_of(find_comet_programs(beside, environment)) == codes::application_missing);
    const std::string application = make_program(beside + "/cityledger-abci", "");
    const auto found = find_comet_programs(beside, environment);
    REQUIRE(found);
    CHECK(found->cometbft == built);
    CHECK(found->application == application);
    const std::string in_path = make_program(folder.path() + "/path/cometbft", "");
    CHECK(find_comet_programs(beside, environment)->cometbft == in_path);
    wished = folder.path() + "/wished";  // who names one does not want another
    const auto missing = find_comet_programs(beside, environment);
    REQUIRE(code_of(missing) == codes::engine_missing);
    CHECK(missing.error().detail == wished);
    make_program(wished, "");
    CHECK(find_comet_programs(beside, environment)->cometbft == wished);
}

TEST_CASE("without cometbft, up and replay say how to get it and leave nothing", "[comet]") {
    const TemporaryFolder folder;
    ::setenv("CITYLEDGER_COMETBFT", "/none/cometbft", 1);
    const CommandResult up = run_command("up --engine cometbft --dir " + folder.network());
    const CommandResult replay = run_command("replay --engine cometbft --dir " + folder.network() +
                                             " " + source_dir() + "/scenarios/minimal.yaml");
    ::unsetenv("CITYLEDGER_COMETBFT");
    CHECK(up.exit_code == 3);
    CHECK(contains(up.output, codes::engine_missing.name));
    CHECK(contains(up.output, "scripts/peers"));
    CHECK(contains(replay.output, codes::engine_missing.name));
    CHECK_FALSE(fs::exists(folder.network()));
}

TEST_CASE("a testnet that fails leaves no network", "[comet]") {
    const TemporaryFolder folder;
    NetworkOptions options{default_validity(), {}, {}};
    options.cometbft = make_program(folder.path() + "/cometbft", "echo no keys today; exit 1");
    const NetworkFolder network{folder.network()};
    const auto made = create_network(network, default_plan(1), options);
    REQUIRE(code_of(made) == codes::engine_step_failed);
    CHECK(contains(made.error().detail, "no keys today"));
    CHECK_FALSE(fs::exists(network.path));
}

TEST_CASE("commands of the built-in engine refuse a network of CometBFT", "[comet]") {
    const TemporaryFolder folder;
    const NetworkFolder network{folder.network()};
    fs::create_directory(network.path);
    REQUIRE(write_network(network, comet_network()));
    CHECK(code_of(read_network(network)) == codes::engine_other);
    CHECK(code_of(hold_network(network)) == codes::engine_other);
    CHECK(read_network(network, Engines::any).value() == comet_network());
    const std::string where = " --dir " + network.path;
    CHECK(contains(run_command("watch" + where).output, codes::engine_other.name));
    CHECK(contains(run_command("kill node0" + where).output, codes::engine_other.name));
    CHECK(contains(run_command("up --fault-controls" + where).output, codes::engine_other.name));
    const CommandResult other = run_command("up --engine simplex" + where);
    CHECK(contains(other.output, codes::network_made_otherwise.name));
    const CommandResult status = run_command("status" + where);
    CHECK(status.exit_code == 7);
    CHECK(contains(status.output, "Engine: cometbft"));
    CHECK(contains(status.output, "stopped"));
    CHECK(run_command("down --purge" + where).exit_code == 0);
    CHECK_FALSE(fs::exists(network.path));
}

TEST_CASE("an engine in network.json is a known one with a port for each application", "[comet]") {
    const TemporaryFolder folder;
    const NetworkFolder network{folder.network()};
    fs::create_directory(network.path);
    NetworkFile file = comet_network();
    file.engine->name = "raft";
    REQUIRE(write_network(network, file));
    CHECK(code_of(read_network(network, Engines::any)) == codes::network_file_invalid);
    file = comet_network();
    file.engine->application_ports.clear();
    REQUIRE(write_network(network, file));
    CHECK(code_of(read_network(network, Engines::any)) == codes::network_file_invalid);
}

TEST_CASE("programs that end at once are not waited for, and their words are told", "[comet]") {
    const TemporaryFolder folder;
    const NetworkFolder network{folder.network()};
    fs::create_directories(application_home(network, "node0"));
    REQUIRE(write_network(network, comet_network()));
    const std::string silent = make_program(folder.path() + "/abci", "exec sleep 60");
    const std::string failing = make_program(folder.path() + "/cometbft", "echo no home; exit 1");
    const auto started = start_comet(network, comet_network(), {failing, silent}, false);
    REQUIRE(code_of(started) == codes::daemon_not_started);
    CHECK(contains(started.error().detail, "no home"));
    CHECK_FALSE(running_process(application_home(network, "node0")));
}

TEST_CASE("a process of another program is found by the lock of its home", "[comet]") {
    const TemporaryFolder folder;
    LaunchOptions launch;
    launch.other = OtherProgram{{make_program(folder.path() + "/program", "exec sleep 60")}};
    NodeProcess process(folder.path(), launch);
    REQUIRE(process.start());
    for (int i = 0; i < 400 && !running_process(folder.path()); ++i) ::usleep(5'000);
    CHECK(running_process(folder.path()) == process.process_id());
    process.kill_now();
    CHECK_FALSE(running_process(folder.path()));
    CHECK(process_state(folder.path()) == ProcessState::ended);
}

TEST_CASE("the choice of an engine is checked", "[comet]") {
    CHECK(run_command("up --engine raft").exit_code == 2);
    CHECK(run_command("replay --engine raft x.yaml").exit_code == 2);
    CHECK(run_command("replay --world virtual --engine cometbft x.yaml").exit_code == 2);
}

TEST_CASE("values of a config.toml are set in their section", "[comet]") {
    const std::string toml =
        "moniker = \"a\"\n[rpc]\nladdr = \"x\"\n# laddr =\n[p2p]\nladdr = \"y\"\n";
    CHECK(with_values(toml, {{"", "moniker", "\"b\""}, {"p2p", "laddr", "\"z\""}}) ==
          "moniker = \"b\"\n[rpc]\nladdr = \"x\"\n# laddr =\n[p2p]\nladdr = \"z\"\n");
}

TEST_CASE("a CometBFT node's id is that of its key", "[comet]") {
    CHECK(
        comet_node_id(
            R"({"priv_key":{"type":"tendermint/PrivKeyEd25519","value":")"
            R"(gAzy+hNicVYKO0Yays+c6zudCvFHuwyyPgxU9uwNjZPzH+zu7Jwd814S7xUyVnY6iXUbd/jPG59IhluHSuVbXA=="}})") ==
        "416f4047d1b182ad07ea347fbd3ab85b54da89d2");
    CHECK(comet_node_id("{}").empty());
    CHECK(comet_node_id("no JSON").empty());
    CHECK(comet_node_id(R"({"priv_key":{"value":"Zm9v"}})").empty());
}

}  // namespace
}  // namespace cityledger::sim::test
