#pragma once
// One real `cityledgerd` process: start, signals, end. Never leaves an orphan unless asked to.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "crypto/result.hpp"
#include "node/io/file_lock.hpp"

namespace cityledger::sim {

/// Another program than cityledgerd: it does not lock its home by itself.
struct OtherProgram {
    std::vector<std::string> command;
};

struct LaunchOptions {
    std::string daemon;  ///< path of cityledgerd; empty: beside this program
    /// May stay when this program ends (see leave_running); else it dies with it, however it ends.
    bool background = false;
    std::vector<std::string> arguments;      ///< further ones, e.g. --fault-controls
    std::optional<OtherProgram> other = {};  ///< instead of the daemon
};

/// The path of cityledgerd, or daemon_missing.
[[nodiscard]] Result<std::string> find_daemon(const std::string& wished);

/// daemon_not_started with the node's home and what is known of the cause.
[[nodiscard]] Error not_started(std::string detail);

/// One process of a node, by the folder of its node.
class NodeProcess {
public:
    NodeProcess(std::string home, LaunchOptions options);
    /// Kills the process unless it was told to stay.
    ~NodeProcess();
    NodeProcess(NodeProcess&&) noexcept;
    NodeProcess& operator=(NodeProcess&&) noexcept;

    /// Unless it runs in the background the process dies with the thread that calls this.
    [[nodiscard]] Status start();
    /// False once the process has ended, by itself too.
    [[nodiscard]] bool running();
    [[nodiscard]] std::optional<pid_t> process_id() const { return process_id_; }
    /// Of a process that has ended by itself.
    [[nodiscard]] std::optional<int> exit_code() const { return exit_code_; }
    /// A process in the background is no longer this program's to end.
    void leave_running();

    void send_signal(int signal);
    /// SIGKILL, and waits for the end.
    void kill_now();
    /// SIGTERM, waits; SIGKILL after `timeout_ms`. The exit code, or nothing if a signal ended it.
    std::optional<int> stop(std::uint64_t timeout_ms);

private:
    [[nodiscard]] Result<std::vector<std::string>> command() const;
    /// Takes the exit status of an ended child; waits for it if asked to.
    void reap(bool wait);

    std::string home_;
    LaunchOptions options_;
    std::optional<pid_t> process_id_;
    std::optional<int> exit_code_;
};

/// A process of anybody, held so that its number cannot come to mean another one.
class ForeignProcess {
public:
    /// Of the process with this number, if there is one.
    explicit ForeignProcess(pid_t process);
    ForeignProcess(ForeignProcess&& other) noexcept;
    ForeignProcess& operator=(ForeignProcess&&) = delete;
    ~ForeignProcess();

    /// False if it has ended, or belongs to another user.
    bool send_signal(int signal) const;
    /// Whether it ends within this time.
    [[nodiscard]] bool ends_within(std::uint64_t milliseconds) const;

private:
    int handle_;
};

/// Kills every child process that was not told to stay. From any thread.
void kill_all_children();

/// The process that runs on this node's home, whoever started it and wherever the folder was then:
/// the holder of the home's lock.
[[nodiscard]] io::LockHolder running_process(const std::string& home);

/// The last lines of a node's log, for messages.
[[nodiscard]] std::string log_tail(const std::string& home, std::size_t lines);

}  // namespace cityledger::sim
