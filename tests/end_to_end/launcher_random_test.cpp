// Random actions of a launcher's user, from a seed: after each, what the tool said is what the
// process table and the disk show, and nothing of others is gone.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <random>

#include "node/io/config_files.hpp"
#include "sim/launch/launch.hpp"
#include "sim/launch/launch_codes.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_nodes = 4;
constexpr std::string_view k_foreign_text = "years of work";

/// A command that runs beside the test, killed or interrupted when asked to.
class Beside {
public:
    explicit Beside(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), command_path());
        std::vector<char*> words;
        for (std::string& argument : arguments) words.push_back(argument.data());
        words.push_back(nullptr);
        sigset_t interrupt;
        ::sigemptyset(&interrupt);
        ::sigaddset(&interrupt, SIGINT);
        ::sigprocmask(SIG_BLOCK, &interrupt, nullptr);
        child_ = ::fork();
        if (child_ == 0) {
            ::signal(SIGINT, SIG_DFL);
            ::sigprocmask(SIG_UNBLOCK, &interrupt, nullptr);
            const int nothing = ::open("/dev/null", O_WRONLY);
            ::dup2(nothing, STDOUT_FILENO);
            ::dup2(nothing, STDERR_FILENO);
            ::execv(words.front(), words.data());
            ::_exit(127);
        }
        ::sigprocmask(SIG_UNBLOCK, &interrupt, nullptr);
    }
    void send(int signal) const { ::kill(child_, signal); }
    int wait() const {
        int status = 0;
        ::waitpid(child_, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t child_ = 0;
};

/// Processes of the daemon under test that were started on a home below this folder: what `ps`
/// shows, by their command line, since only root may see where a process that hides its memory
/// works.
std::vector<pid_t> daemons_below(const std::string& folder) {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const std::string line = text_of_file(entry.path().string() + "/cmdline");
        const bool is_daemon = line.substr(0, line.find('\0')).ends_with("/cityledgerd");
        const bool is_below = contains(line, std::string("--home") + '\0' + folder + "/");
        if (is_daemon && is_below) found.push_back(std::atoi(name.c_str()));
    }
    return found;
}

class Launcher {
public:
    explicit Launcher(std::uint64_t seed) : random_(seed) {}
    ~Launcher() {
        for (const pid_t process : daemons_below(folder_.path())) ::kill(process, SIGKILL);
    }

    void act() {
        const std::size_t action = below(15);
        INFO("action " << action << "; so far: " << history_);
        switch (action) {
            case 0:
            case 1:
            case 2: return up();
            case 3: return down("");
            case 4: return down(" --purge");
            case 5: return interrupted_up(SIGINT);
            case 6: return interrupted_up(SIGKILL);
            case 7: return kill_daemon();
            case 8: return move();
            case 9: return through_link();
            case 10: return two_at_once();
            case 11: return leave_foreign_file();
            case 12: return signal_node();
            case 13: return up_with_taken_port();
            case 14: return by_another_user();
            default: return;
        }
    }

    /// What must be so whatever was done.
    void check() {
        INFO("history: " << history_);
        // No orphan: each process holds a home of the network that the tool finds.
        CHECK(settles());
        const std::vector<pid_t> daemons = daemons_below(folder_.path());
        for (const std::string& file : foreign_) {
            INFO(file);
            CHECK(text_of_file(file) == k_foreign_text);
        }
        const CommandResult status = run("status");
        std::size_t shown = 0;
        for (const pid_t daemon : daemons) {
            shown += contains(status.output, " " + std::to_string(daemon) + " ") ? 1 : 0;
        }
        const bool network = fs::exists(path_ + "/network.json");
        CHECK(network == (status.exit_code != 3));
        CHECK(shown == daemons.size());
        CHECK(count_unfinished() <= abandoned_);
    }

    [[nodiscard]] const std::string& history() const { return history_; }

private:
    std::size_t below(std::size_t bound) { return random_() % bound; }
    void note(const std::string& what) { history_ += what + "; "; }
    [[nodiscard]] std::string home(std::size_t node) const {
        return path_ + "/node" + std::to_string(node);
    }
    CommandResult run(const std::string& command) {
        return run_command(command + " --dir " + path_);
    }
    /// As many daemons as homes that are held; one that was forked just before its launcher was
    /// killed may need a moment to hold its home, or to refuse.
    [[nodiscard]] bool settles() const {
        return holds_within(3'000, [&] {
            std::size_t held = 0;
            for (std::size_t node = 0; node < k_nodes; ++node) {
                held += running_process(home(node)) ? 1 : 0;
            }
            return daemons_below(folder_.path()).size() == held;
        });
    }
    [[nodiscard]] bool has_foreign_files() const {
        return std::any_of(foreign_.begin(), foreign_.end(),
                           [](const std::string& file) { return fs::exists(file); });
    }
    std::size_t count_unfinished() const {
        std::size_t found = 0;
        for (const auto& entry : fs::directory_iterator(folder_.path())) {
            found += contains(entry.path().filename().string(), ".making-") ? 1 : 0;
        }
        return found;
    }

    void up() {
        note("up");
        const bool network = fs::exists(path_ + "/network.json");
        const CommandResult up = run("up");
        INFO(up.output);
        if (!network && has_foreign_files()) {
            CHECK(up.exit_code == 3);
            CHECK(contains(up.output, codes::network_folder_foreign.name));
            return;
        }
        CHECK((up.exit_code == 0 || up.exit_code == 6 || up.exit_code == 7));
        for (std::size_t node = 0; node < k_nodes; ++node) CHECK(running_process(home(node)));
        abandoned_ = 0;  // what killed ones had left is gone
    }

    void up_with_taken_port() {
        note("up while a port is taken");
        const auto network = read_network({path_});
        if (!network) return;
        const std::size_t node = below(k_nodes);
        if (running_process(home(node))) return;
        const TakenPort taken(network->nodes[node].peer_port);
        const CommandResult up = run("up");
        INFO(up.output);
        CHECK((up.exit_code == 3 || up.exit_code == 6 || up.exit_code == 7));
        CHECK(contains(up.output, network->nodes[node].name + " does not run"));
        CHECK_FALSE(running_process(home(node)));
    }

    void by_another_user() {
        note("commands of another user");
        if (::geteuid() != 0 || !fs::exists(path_ + "/network.json")) return;
        const std::string nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups";
        const std::size_t before = daemons_below(folder_.path()).size();
        for (const char* command : {"down", "down --purge", "up", "kill node0", "restart node0"}) {
            const CommandResult result =
                run_command(command + std::string(" --dir ") + path_, nobody);
            INFO(command << "\n" << result.output);
            CHECK(result.exit_code == 3);
        }
        CHECK(daemons_below(folder_.path()).size() == before);
        CHECK(fs::exists(path_ + "/node0/validator.key"));
    }

    void down(const std::string& options) {
        note("down" + options);
        const bool network = fs::exists(path_ + "/network.json");
        const CommandResult down = run("down" + options);
        INFO(down.output);
        CHECK(down.exit_code == (network ? 0 : 3));
        CHECK(daemons_below(folder_.path()).empty());
        if (!network || options.empty()) return;
        CHECK_FALSE(fs::exists(path_ + "/network.json"));
        CHECK(fs::exists(path_) == has_foreign_files());
    }

    void interrupted_up(int signal) {
        const auto delay = std::chrono::milliseconds(below(300));
        note("up ended by signal " + std::to_string(signal) + " after " +
             std::to_string(delay.count()) + " ms");
        const Beside up({"up", "--dir", path_});
        std::this_thread::sleep_for(delay);
        up.send(signal);
        up.wait();
        if (signal == SIGKILL) ++abandoned_;
    }

    void kill_daemon() {
        note("SIGKILL of a daemon");
        const std::vector<pid_t> daemons = daemons_below(folder_.path());
        if (daemons.empty()) return;
        const pid_t victim = daemons[below(daemons.size())];
        ::kill(victim, SIGKILL);
        holds_within(3'000, [&] {
            const auto left = daemons_below(folder_.path());
            return std::find(left.begin(), left.end(), victim) == left.end();
        });
    }

    void move() {
        note("mv");
        if (!fs::exists(path_)) return;
        const std::string other = folder_.path() + "/network" + std::to_string(++moves_);
        fs::rename(path_, other);
        for (std::string& file : foreign_) {
            if (file.starts_with(path_ + "/")) file = other + file.substr(path_.size());
        }
        path_ = other;
    }

    void through_link() {
        note("down through a link");
        const std::string link = folder_.path() + "/link";
        fs::remove(link);
        if (!fs::exists(path_ + "/network.json")) return;
        fs::create_directory_symlink(path_, link);
        const CommandResult down = run_command("down --dir " + link);
        INFO(down.output);
        CHECK(down.exit_code == 0);
        CHECK(daemons_below(folder_.path()).empty());
        fs::remove(link);
    }

    void two_at_once() {
        note("two at once");
        const Beside one({"up", "--dir", path_});
        const Beside other({below(2) == 0 ? "up" : "down", "--dir", path_});
        const int first = one.wait();
        const int second = other.wait();
        // Each does its work or is refused; none crashes.
        for (const int code : {first, second}) {
            INFO(code);
            CHECK((code == 0 || code == 3 || code == 6 || code == 7));
        }
    }

    void leave_foreign_file() {
        note("a file of one's own");
        if (!fs::exists(path_)) return;
        const char* const places[] = {"/thesis.txt", "/node0/notes.txt", "/actors/OWN.pem"};
        const std::string file = path_ + places[below(std::size(places))];
        if (!fs::exists(fs::path(file).parent_path())) return;
        REQUIRE(io::write_text_file(file, k_foreign_text, 0600));
        if (std::find(foreign_.begin(), foreign_.end(), file) == foreign_.end()) {
            foreign_.push_back(file);
        }
    }

    void signal_node() {
        const std::string node = "node" + std::to_string(below(k_nodes));
        const char* const commands[] = {"kill ", "pause ", "resume ", "restart "};
        const std::string command = commands[below(std::size(commands))] + node;
        note(command);
        const bool network = fs::exists(path_ + "/network.json");
        const bool runs = running_process(path_ + "/" + node).has_value();
        const bool restarts = command.starts_with("restart");
        const CommandResult result = run(command);
        INFO(result.output);
        if (!network || (!runs && !restarts)) {
            CHECK(result.exit_code == 3);
            return;
        }
        // Alone, a node that starts again is not ready; it runs all the same.
        if (!restarts) CHECK(result.exit_code == 0);
        CHECK(running_process(path_ + "/" + node).has_value() == !command.starts_with("kill"));
    }

    std::mt19937_64 random_;
    const TemporaryFolder folder_;
    std::string path_ = folder_.network();
    std::vector<std::string> foreign_;
    std::string history_;
    int moves_ = 0;
    std::size_t abandoned_ = 0;
};

TEST_CASE("whatever a person does to a network, the launcher tells the truth and loses nothing",
          "[launcher-random]") {
    const std::uint64_t seed = printed_seed("random launcher actions");
    INFO("CITYLEDGER_SEED=" << seed);
    Launcher launcher(seed);
    const std::size_t actions = deep() ? 200 : 40;
    for (std::size_t i = 0; i < actions; ++i) {
        launcher.act();
        launcher.check();
    }
}

}  // namespace
}  // namespace cityledger::sim::test
