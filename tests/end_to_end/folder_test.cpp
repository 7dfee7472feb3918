// A network's folder and its processes, whatever a person does to them: the commands say what is
// so, stop what they say they stopped, and remove nothing that is not theirs.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "node/io/config.hpp"
#include "node/io/config_files.hpp"
#include "node/io/io_codes.hpp"
#include "sim/launch/launch.hpp"
#include "sim/launch/launch_codes.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

/// A network of `up` that is down at the end of the test, wherever it was moved.
struct UpNetwork {
    explicit UpNetwork(const std::string& options = "")
        : up(run_command("up" + where() + options)) {
        INFO(up.output);
        CHECK(up.exit_code == 0);
    }
    ~UpNetwork() { command("down"); }

    [[nodiscard]] std::string where() const { return " --dir " + path; }
    CommandResult command(const std::string& name) { return run_command(name + where()); }
    [[nodiscard]] std::string home(std::size_t node) const {
        return path + "/node" + std::to_string(node);
    }
    [[nodiscard]] std::size_t running() const {
        std::size_t count = 0;
        for (std::size_t node = 0; node < 4; ++node) count += running_process(home(node)) ? 1 : 0;
        return count;
    }
    [[nodiscard]] NetworkFile file() const { return read_network({path}).value(); }

    const TemporaryFolder folder;
    std::string path = folder.network();
    CommandResult up;
};

/// Whoever should have waited for it: a process that has ended may stay in the list as a zombie.
bool has_ended(pid_t process) {
    const std::string line = text_of_file("/proc/" + std::to_string(process) + "/stat");
    return line.empty() || contains(line, ") Z ");
}

std::string hidden_entries(const std::string& folder) {
    std::string found;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(".")) found += name + " ";
    }
    return found;
}

TEST_CASE("down finds the nodes through a link, after a move, and by a relative path", "[folder]") {
    UpNetwork network;
    const std::string story = GENERATE("link", "moved", "relative");
    INFO(story);
    const std::string other = network.folder.path() + "/other";
    std::string command = "down --dir " + other;
    if (story == "link") {
        fs::create_directory_symlink(network.path, other);
    } else if (story == "moved") {
        fs::rename(network.path, other);
        CHECK(run_command("status --dir " + other).exit_code == 0);
        network.path = other;
    } else {
        command = "down --dir " + fs::relative(network.path).string();
    }
    REQUIRE(network.running() == 4);
    const CommandResult down = run_command(command);
    INFO(down.output);
    CHECK(down.exit_code == 0);
    for (const char* node : {"node0", "node1", "node2", "node3"}) {
        CHECK(contains(down.output, std::string(node) + " stopped (process "));
    }
    CHECK(network.running() == 0);
    CHECK(contains(network.command("down").output, "node2 did not run."));
    // A clean end, wherever it happened: it starts where it is now.
    CHECK(network.command("up").exit_code == 0);
}

TEST_CASE("a network that is moved while it runs goes on, and its blocks move with it",
          "[folder]") {
    UpNetwork network;
    const std::string other = network.folder.path() + "/moved";
    fs::rename(network.path, other);
    network.path = other;
    const auto world = make_remote_world(other, "");
    REQUIRE(world);
    const auto receipt =
        (*world)->submit(enrolment(**(*world)->key_of("OPERATOR"), (*world)->chain_id(), "P-MOVED",
                                   (*world)->expiry_height().value()),
                         20'000);
    REQUIRE(receipt);
    CHECK(network.command("down").exit_code == 0);
    CHECK(network.command("up").exit_code == 0);
    const auto after = make_remote_world(other, "");
    REQUIRE(after);
    CHECK((*after)->find_receipt(receipt->transaction, {}));
}

TEST_CASE("nodes whose home is removed end by themselves", "[folder]") {
    UpNetwork network;
    std::vector<pid_t> processes;
    for (std::size_t node = 0; node < 4; ++node) {
        processes.push_back(running_process(network.home(node)).value());
    }
    fs::remove_all(network.path);
    CHECK(holds_within(10'000,
                       [&] { return std::all_of(processes.begin(), processes.end(), has_ended); }));
}

TEST_CASE("up starts what is missing and leaves the rest alone", "[folder]") {
    UpNetwork network;
    const pid_t first = running_process(network.home(0)).value();
    CHECK(run_command("kill node2" + network.where()).exit_code == 0);
    CHECK(network.running() == 3);
    CHECK(contains(network.command("status").output, "node2 was killed or failed."));
    const CommandResult up = network.command("up");
    INFO(up.output);
    CHECK(up.exit_code == 0);
    CHECK(contains(up.output, "1 nodes started, 3 were running"));
    CHECK(running_process(network.home(0)) == first);
    CHECK(network.running() == 4);
}

TEST_CASE("up names what cannot start; with a quorum the others run, without one none does",
          "[folder]") {
    UpNetwork network;
    REQUIRE(network.command("down").exit_code == 0);
    const auto damage = [&](std::size_t node) {
        REQUIRE(io::write_text_file(network.home(node) + "/validator.key", "no key", 0600));
    };
    damage(3);
    const CommandResult three = network.command("up");
    INFO(three.output);
    CHECK(three.exit_code == 6);
    CHECK(contains(three.output, "node3 does not run: "));
    CHECK(contains(three.output, codes::daemon_not_started.name));
    CHECK(contains(three.output, "private_key_unreadable"));
    CHECK(network.running() == 3);
    REQUIRE(network.command("down").exit_code == 0);

    damage(2);
    const CommandResult two = network.command("up");
    INFO(two.output);
    CHECK(two.exit_code == 3);
    CHECK(contains(two.output, codes::network_quorum_missing.name));
    CHECK(contains(two.output, "node2 does not run"));
    CHECK(network.running() == 0);
}

TEST_CASE("ports and edits of node.json stay; a taken port is named, and can be changed",
          "[folder]") {
    UpNetwork network(" --first-port 23450");
    const NetworkFile before = network.file();
    CHECK(before.nodes[0].peer_port == 23450);
    CHECK(before.nodes[3].http_port == 23457);
    REQUIRE(network.command("down").exit_code == 0);
    auto config = io::read_node_config(network.home(1) + "/node.json").value();
    config.log_level = io::LogLevel::debug;
    config.http_port = 23460;
    REQUIRE(io::write_node_config(network.home(1) + "/node.json", config));
    REQUIRE(network.command("up").exit_code == 0);
    CHECK(io::read_node_config(network.home(1) + "/node.json").value() == config);
    CHECK(network.file().nodes[1].http_port == 23460);
    CHECK(contains(network.command("status").output, "127.0.0.1:23460"));
    CHECK(contains(network.command("status").output, "All nodes vote."));
    REQUIRE(network.command("down").exit_code == 0);

    const TakenPort taken(before.nodes[2].peer_port);
    const CommandResult up = network.command("up");
    INFO(up.output);
    CHECK(up.exit_code == 6);
    CHECK(contains(up.output, "node2 does not run"));
    CHECK(contains(up.output, io::codes::listen_failed.name));
    CHECK(contains(up.output, "23454"));
    REQUIRE(network.command("down").exit_code == 0);
    CHECK(contains(network.command("up --first-port 23454 --new-ports").output,
                   codes::port_taken.name));
    const CommandResult changed = network.command("up --new-ports");
    INFO(changed.output);
    CHECK(changed.exit_code == 0);
    config.http_port = network.file().nodes[1].http_port;
    CHECK(io::read_node_config(network.home(1) + "/node.json")->log_level == io::LogLevel::debug);
}

TEST_CASE("files of others are neither covered nor removed", "[folder]") {
    const TemporaryFolder folder;
    const std::string path = folder.network();
    const std::string scenario = source_dir() + "/scenarios/double-booking.yaml";
    fs::create_directory(path);
    REQUIRE(io::write_text_file(path + "/thesis.txt", "years of work"));
    for (const std::string& command :
         {"up --dir " + path, "replay " + scenario + " --dir " + path}) {
        const CommandResult refused = run_command(command);
        INFO(refused.output);
        CHECK(refused.exit_code == 3);
        CHECK(contains(refused.output, codes::network_folder_foreign.name));
        CHECK(text_of_file(path + "/thesis.txt") == "years of work");
    }
    fs::remove(path + "/thesis.txt");

    // An empty folder may be used, and is there afterwards.
    const CommandResult replay = run_command("replay " + scenario + " --dir " + path);
    INFO(replay.output);
    CHECK(replay.exit_code == 0);
    CHECK(fs::is_empty(path));

    REQUIRE(run_command("up --dir " + path).exit_code == 0);
    const std::vector<std::string> foreign = {
        path + "/thesis.txt", path + "/node0/notes.txt", path + "/node1/state/notes.txt",
        path + "/actors/COPIED.pem", path + "/backup/node0/validator.key"};
    fs::create_directories(path + "/backup/node0");
    for (const std::string& file : foreign) REQUIRE(io::write_text_file(file, "mine", 0600));
    fs::create_directory_symlink(folder.path(), path + "/link");
    const CommandResult down = run_command("down --purge --dir " + path);
    INFO(down.output);
    CHECK(down.exit_code == 0);
    for (const std::string& file : foreign) {
        CHECK(text_of_file(file) == "mine");
        CHECK(contains(down.output, file));
    }
    CHECK(fs::is_symlink(path + "/link"));
    std::size_t left = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
        left += entry.is_directory() && !entry.is_symlink() ? 0 : 1;
    }
    CHECK(left == foreign.size() + 1);
    CHECK(contains(run_command("up --dir " + path).output, codes::network_folder_foreign.name));
}

TEST_CASE("purge leaves nothing of a network that is all cityledger's", "[folder]") {
    UpNetwork network;
    struct stat information {};
    REQUIRE(::stat(network.path.c_str(), &information) == 0);
    CHECK((information.st_mode & 0777) == 0700);
    CHECK(network.command("down --purge").exit_code == 0);
    CHECK(fs::is_empty(network.folder.path()));
}

TEST_CASE("a working directory is not made into a network", "[folder]") {
    const TemporaryFolder folder;
    fs::create_directory(folder.network());
    const fs::path before = fs::current_path();
    fs::current_path(folder.network());
    const CommandResult up = run_command("up --dir .");
    const CommandResult below = run_command("up --dir run");
    const CommandResult down = run_command("down --purge --dir run");
    const bool there = fs::exists(folder.network());
    fs::current_path(before);
    CHECK(up.exit_code == 3);
    CHECK(contains(up.output, "it is your working directory"));
    CHECK(below.exit_code == 0);
    CHECK(down.exit_code == 0);
    CHECK(there);
    CHECK(fs::is_empty(folder.network()));
}

TEST_CASE("an up that is interrupted leaves nothing, or a network that up goes on with",
          "[folder]") {
    const int signal = GENERATE(SIGINT, SIGKILL);
    const unsigned delay_ms = GENERATE(0u, 50u, 100u, 150u, 250u);
    INFO("signal " << signal << " after " << delay_ms << " ms");
    const TemporaryFolder folder;
    const std::string path = folder.network();
    sigset_t interrupt;
    ::sigemptyset(&interrupt);
    ::sigaddset(&interrupt, SIGINT);
    ::sigprocmask(SIG_BLOCK, &interrupt, nullptr);  // not for this program's own handler
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGINT, SIG_DFL);
        ::sigprocmask(SIG_UNBLOCK, &interrupt, nullptr);
        const int nothing = ::open("/dev/null", O_WRONLY);
        ::dup2(nothing, STDOUT_FILENO);
        ::dup2(nothing, STDERR_FILENO);
        const std::string program = command_path();
        ::execl(program.c_str(), program.c_str(), "up", "--dir", path.c_str(),
                static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::sigprocmask(SIG_UNBLOCK, &interrupt, nullptr);
    std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
    ::kill(child, signal);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    std::size_t running = 0;
    for (int node = 0; node < 4; ++node) {
        running += running_process(path + "/node" + std::to_string(node)) ? 1 : 0;
    }
    if (signal == SIGINT && WIFEXITED(status) && WEXITSTATUS(status) == 130) CHECK(running == 0);
    const CommandResult up = run_command("up --dir " + path);
    INFO(up.output);
    CHECK(up.exit_code == 0);
    CHECK(hidden_entries(folder.path()).empty());
    CHECK(run_command("down --purge --dir " + path).exit_code == 0);
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("one command at a time changes a network", "[folder]") {
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    for (const char* command : {"up", "down", "down --purge", "restart node1"}) {
        const CommandResult refused =
            run_command(std::string(command) + " --dir " + folder.network());
        INFO(refused.output);
        CHECK(refused.exit_code == 3);
        CHECK(contains(refused.output, codes::network_folder_busy.name));
        CHECK(contains(refused.output, "process " + std::to_string(::getpid())));
    }
    CHECK(world->process(1).running());
    CHECK(run_command("status --dir " + folder.network()).exit_code == 0);
}

TEST_CASE("single nodes are killed, paused, resumed and restarted by name", "[folder]") {
    UpNetwork network;
    const auto on = [&](const std::string& command) {
        const CommandResult result = run_command(command + network.where());
        INFO(result.output);
        CHECK(result.exit_code == 0);
        return result.output;
    };
    const pid_t before = running_process(network.home(1)).value();
    CHECK(contains(on("pause node1"), "node1 is paused (process " + std::to_string(before)));
    CHECK(process_state(network.home(1)) == ProcessState::paused);
    const CommandResult paused = network.command("status");
    CHECK(paused.exit_code == 6);
    CHECK(contains(paused.output, "node1 is paused."));
    CHECK(contains(on("resume node1"), "node1 goes on"));
    CHECK(process_state(network.home(1)) == ProcessState::running);

    on("kill node1");
    CHECK(process_state(network.home(1)) == ProcessState::ended);
    for (const char* command : {"kill node1", "pause node1", "resume node1"}) {
        const CommandResult refused = run_command(command + network.where());
        CHECK(refused.exit_code == 3);
        CHECK(contains(refused.output, codes::node_not_running.name));
    }
    on("restart node1");
    const pid_t after = running_process(network.home(1)).value();
    CHECK(after != before);
    on("restart node1");
    CHECK(running_process(network.home(1)).value() != after);
    CHECK(holds_within(10'000, [&] { return network.command("status").exit_code == 0; }));

    for (const char* command : {"kill node9", "restart node9", "logs --node node9"}) {
        CHECK(contains(run_command(command + network.where()).output, codes::node_unknown.name));
    }
    const std::string one = on("logs --node node2");
    CHECK(contains(one, "node=node2"));
    CHECK_FALSE(contains(one, "node=node1"));
    const std::string merged = on("logs --merge");
    std::string previous;
    std::istringstream lines(merged);
    for (std::string line; std::getline(lines, line);) {
        const std::string time = line.substr(0, line.find(' '));
        CHECK(previous <= time);
        previous = time;
    }
    CHECK(contains(merged, "node=node0"));
    CHECK(contains(merged, "node=node3"));
}

TEST_CASE("a paused node is stopped too, and a stopped one is told from a killed one", "[folder]") {
    UpNetwork network;
    REQUIRE(run_command("pause node0" + network.where()).exit_code == 0);
    REQUIRE(run_command("kill node1" + network.where()).exit_code == 0);
    const CommandResult down = network.command("down");
    INFO(down.output);
    CHECK(down.exit_code == 0);
    CHECK(contains(down.output, "node0 stopped"));
    CHECK(contains(down.output, "node1 did not run."));
    CHECK(network.running() == 0);
    CHECK(process_state(network.home(0)) == ProcessState::stopped);
    CHECK(process_state(network.home(1)) == ProcessState::ended);
    const std::string status = network.command("status").output;
    CHECK(contains(status, "node0 (does not answer)"));
}

/// Runs the daemon on a home under a limit until it ends, or for a second; its exit code, 124 if it
/// ran on.
int run_daemon_under(const std::string& limit, const std::string& home, const std::string& output) {
    const std::string line =
        limit + "; timeout 1 " + daemon_path() + " --home " + home + " >" + output + " 2>&1";
    const int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("a process without descriptors is refused in words, never with an abort", "[folder]") {
    UpNetwork network;
    REQUIRE(network.command("down").exit_code == 0);
    const std::string output = network.folder.path() + "/output";
    bool by_the_system = false;
    for (int limit = 14; limit < 30; limit += limit < 18 ? 4 : 1) {
        const int exit_code =
            run_daemon_under("ulimit -n " + std::to_string(limit), network.home(0), output);
        const std::string said = text_of_file(output);
        INFO(limit << " descriptors: exit code " << exit_code << "\n" << said);
        CHECK((exit_code == 2 || exit_code == 124 || exit_code == 0));
        if (exit_code == 2) CHECK(contains(said, "Next: "));
        by_the_system = by_the_system || contains(said, io::codes::resources_missing.name);
    }
    CHECK(by_the_system);
}

TEST_CASE("a removed home ends its process with the reason", "[folder]") {
    UpNetwork network;
    REQUIRE(network.command("down").exit_code == 0);
    const std::string output = network.folder.path() + "/output";
    const std::string line = daemon_path() + " --home " + network.home(0) + " >" + output + " 2>&1";
    int status = 0;
    std::thread daemon([&] { status = std::system(line.c_str()); });
    CHECK(holds_within(10'000, [&] { return contains(text_of_file(output), "ready node=node0"); }));
    fs::remove_all(network.home(0));
    daemon.join();
    INFO(text_of_file(output));
    CHECK(WEXITSTATUS(status) == 70);
    CHECK(contains(text_of_file(output), io::codes::home_vanished.name));
}

TEST_CASE("down does not say of a process that it stopped while it holds the home", "[folder]") {
    UpNetwork network;
    REQUIRE(network.command("down").exit_code == 0);
    {
        const auto held = io::FileLock::try_acquire(network.home(2) + "/pid");
        REQUIRE(held);
        REQUIRE(*held);
        // Its holder cannot be named, so it cannot be asked to end.
        fs::resize_file(network.home(2) + "/pid", 0);
        const CommandResult down = network.command("down --purge");
        INFO(down.output);
        CHECK(down.exit_code == 3);
        CHECK(contains(down.output, "node2 runs on"));
        CHECK(contains(down.output, codes::node_not_stopped.name));
        CHECK(fs::exists(network.home(2) + "/validator.key"));
        CHECK(run_command("kill node2" + network.where()).exit_code == 3);
    }
    CHECK(network.command("down").exit_code == 0);
}

TEST_CASE("fault controls are off unless asked for, and then for who holds the token", "[folder]") {
    UpNetwork network;
    const NodeAddress node = network.file().nodes[0];
    client::ApiClient client(node.address, node.http_port);
    CHECK(client.control_links("", {}).error().code == io::codes::controls_disabled);
    CHECK_FALSE(fs::exists(network.home(0) + "/control.token"));
    REQUIRE(network.command("down").exit_code == 0);
    REQUIRE(network.command("up --fault-controls").exit_code == 0);
    const auto token = io::read_key_file(network.home(0) + "/control.token");
    REQUIRE(token);
    CHECK(token->size() == 64);
    CHECK(client.control_links("guess", {}).error().code == io::codes::control_token_wrong);
    CHECK(client.control_links(*token, {}));
}

TEST_CASE("doctor names what keeps a network from running, with what to do", "[folder]") {
    const TemporaryFolder folder;
    const CommandResult before = run_command("doctor --dir " + folder.network());
    INFO(before.output);
    CHECK(before.exit_code == 0);
    CHECK(contains(before.output, "holds no network yet"));
    CHECK(run_command("doctor --daemon /bin/true --dir " + folder.network()).exit_code == 1);

    UpNetwork network;
    CHECK(network.command("doctor").exit_code == 0);  // its own ports are no trouble
    REQUIRE(network.command("down").exit_code == 0);
    CHECK(network.command("doctor").exit_code == 0);
    const TakenPort taken(network.file().nodes[2].http_port);
    fs::permissions(network.home(1) + "/validator.key", fs::perms::others_read,
                    fs::perm_options::add);
    fs::remove(network.home(3) + "/node.pem");
    const CommandResult after = network.command("doctor");
    INFO(after.output);
    CHECK(after.exit_code == 1);
    CHECK(contains(after.output, "port " + std::to_string(network.file().nodes[2].http_port)));
    CHECK(contains(after.output, "validator.key"));
    CHECK(contains(after.output, io::codes::file_unreadable.name));
    std::istringstream lines(after.output);
    std::size_t failures = 0;
    for (std::string line; std::getline(lines, line);) failures += contains(line, "FAIL") ? 1 : 0;
    CHECK(failures == 3);
}

TEST_CASE("a full disk is told by up, status and the log, and down and purge still work",
          "[folder]") {
    if (::geteuid() != 0) {
        WARN("only root may mount a small disk");
        return;
    }
    const TemporaryFolder folder;
    const std::string disk = folder.path() + "/disk";
    fs::create_directory(disk);
    // In a mount namespace of its own, which ends with the shell.
    std::ofstream(folder.path() + "/story.sh")
        << "mount -t tmpfs -o size=20m tmpfs " << disk << " || exit 77\n"
        << command_path() << " up --dir " << disk << "/run; echo up=$?\n"
        << command_path() << " status --dir " << disk << "/run; echo status=$?\n"
        << "grep -h disk_full " << disk << "/run/node*/node.log | head -1\n"
        << command_path() << " down --purge --dir " << disk << "/run; echo down=$?\n"
        << "ls -A " << disk << " | wc -l\n";
    const std::string output = folder.path() + "/output";
    const int status =
        std::system(("unshare -m sh " + folder.path() + "/story.sh > " + output + " 2>&1").c_str());
    const std::string said = text_of_file(output);
    INFO(said);
    if (WEXITSTATUS(status) == 77 || contains(said, "unshare failed")) {
        WARN("no small disk can be mounted here");
        return;
    }
    CHECK(contains(said, "up=7"));
    CHECK(contains(said, "status=7"));
    CHECK(contains(said, "event=standing_changed before=starting now=disk_full"));
    CHECK(contains(said, "the disk is full"));
    CHECK(contains(said, "down=0"));
    CHECK(said.ends_with("\n0\n"));
}

}  // namespace
}  // namespace cityledger::sim::test
