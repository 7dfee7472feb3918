#include "node/io/daemon/daemon_main.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "node/api/version.hpp"
#include "node/io/config_files.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/stages.hpp"

namespace cityledger::io {
namespace {

constexpr int k_exit_usage = 2;

void print_ready(const Daemon& daemon) {
    const ChosenPorts ports = daemon.ports();
    std::printf("ready node=%s listen=%s:%u http=%s:%u pid=%d\n", daemon.name().c_str(),
                daemon.listen_address().c_str(), unsigned{ports.listen_port},
                daemon.http_address().c_str(), unsigned{ports.http_port}, ::getpid());
    std::fflush(stdout);
}

/// A core file, or another process of this user that reads this one's memory, would have the keys.
void hide_memory() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

/// Sockets and files: as many as the system lets this user have.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

Error no_resources(const char* what) { return Error{codes::resources_missing, what}; }

int fail(const Error& error) {
    std::fprintf(stderr, "cityledgerd: %s\n", error.message().c_str());
    return k_exit_usage;
}

int start_and_run(const DaemonOptions& options) {
    const StageSampler sampler;
    const StageScope start(Stage::execution);  // reading the log back executes it
    const auto daemon = Daemon::start(options);
    if (!daemon) return fail(daemon.error());
    print_ready(**daemon);
    (*daemon)->run();
    return 0;
}

/// Every path is relative to the home from here on: the folder may be moved while the node runs.
Status enter_home(DaemonOptions& options) {
    if (::chdir(options.home.c_str()) != 0) {
        return tl::unexpected<Error>(unreadable(options.home, std::strerror(errno)));
    }
    options.home = ".";
    return {};
}

}  // namespace

int run_daemon(int argument_count, char** arguments, DaemonOptions options) {
    options.handle_signals = true;
    CLI::App app("cityledgerd: one validator of a CityLedger network");
    app.set_version_flag("--version", "cityledgerd " + std::string(api::version_of_build()));
    app.add_option("--home", options.home, "the node's folder, made by `cityledger up`")
        ->required();
    app.add_flag("--fault-controls", options.fault_controls,
                 "POST /control/links cuts links; for test networks only");
    app.add_flag("--new-log", options.new_log,
                 "The log of this node is lost: make a new one, which says so. Votes wait for the "
                 "word of the others");
    app.add_flag("--network-was-stopped", options.network_was_stopped,
                 "the operator's word that every validator was stopped since this one lost its "
                 "votes, and that none is hostile (docs/operations.md)");
    try {
        app.parse(argument_count, arguments);
    } catch (const CLI::ParseError& problem) {
        return app.exit(problem) == 0 ? 0 : k_exit_usage;
    }

    std::signal(SIGPIPE, SIG_IGN);
    hide_memory();
    raise_descriptor_limit();
    if (const Status entered = enter_home(options); !entered) return fail(entered.error());
    // The system's refusals of threads, descriptors and memory come as exceptions of the libraries,
    // each with a type of its own.
    try {
        return start_and_run(options);
    } catch (const std::exception& problem) {
        return fail(no_resources(problem.what()));
    }
}

}  // namespace cityledger::io
