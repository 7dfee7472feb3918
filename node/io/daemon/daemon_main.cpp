#include "node/io/daemon/daemon_main.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "node/api/version.hpp"
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

}  // namespace

int run_daemon(int argument_count, char** arguments, DaemonOptions options) {
    options.handle_signals = true;
    CLI::App app("cityledgerd: one validator of a CityLedger network");
    app.set_version_flag("--version", "cityledgerd " + std::string(api::version_of_build()));
    app.add_option("--home", options.home, "the node's folder, made by `cityledger up`")
        ->required();
    app.add_flag("--fault-controls", options.fault_controls,
                 "POST /control/links cuts links; for test networks only");
    app.add_flag("--network-was-stopped", options.network_was_stopped,
                 "the operator's word that every validator was stopped since this one lost its "
                 "votes, and that none is hostile (docs/operations.md)");
    try {
        app.parse(argument_count, arguments);
    } catch (const CLI::ParseError& problem) {
        return app.exit(problem) == 0 ? 0 : k_exit_usage;
    }

    std::signal(SIGPIPE, SIG_IGN);
    const StageSampler sampler;
    const StageScope start(Stage::execution);  // reading the log back executes it
    const auto daemon = Daemon::start(options);
    if (!daemon) {
        std::fprintf(stderr, "cityledgerd: %s\n", daemon.error().message().c_str());
        return k_exit_usage;
    }
    print_ready(**daemon);
    (*daemon)->run();
    return 0;
}

}  // namespace cityledger::io
