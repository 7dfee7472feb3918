#pragma once
// One validator process: files, state store, executor, verifier, transport, HTTP and replica
// wired together.

#include <functional>
#include <memory>
#include <string>

#include "node/io/config.hpp"
#include "node/log/file_system.hpp"

namespace cityledger::io {

struct DaemonOptions {
    std::string home;
    bool network_was_stopped = false;  ///< see node::ReplicaOptions
    bool new_log = false;         ///< makes a log in place of a lost one; refuses to replace one
    bool fault_controls = false;  ///< POST /control/links works: test networks only
    bool handle_signals = false;  ///< SIGTERM and SIGINT stop it cleanly
    /// Puts a file system over the real one, which outlives it; empty: none. For tests.
    std::function<std::unique_ptr<node::FileSystem>(node::FileSystem& real)> files_over;
};

class Daemon {
public:
    /// Reads the home, opens everything, starts listening. Refused with what is wrong and what to
    /// do; home_in_use if another process runs on the folder.
    static Result<std::unique_ptr<Daemon>> start(const DaemonOptions& options);
    ~Daemon();

    /// Runs the node on this thread until `stop` or a signal; a failure of durability ends the
    /// process with exit code 70 at once, before it can acknowledge anything.
    void run();
    /// Ends `run`; from any thread.
    void stop();

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] ChosenPorts ports() const;
    [[nodiscard]] std::string listen_address() const;
    [[nodiscard]] std::string http_address() const;

private:
    class Impl;
    explicit Daemon(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Of a process whose files can no longer be trusted to keep what it writes (sysexits.h,
/// EX_SOFTWARE).
inline constexpr int k_exit_fatal = 70;

}  // namespace cityledger::io
