// cityledgerd: one validator process.

#include <unistd.h>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "node/api/version.hpp"
#include "node/io/daemon/daemon.hpp"

namespace {

using namespace cityledger;

constexpr int k_exit_usage = 2;

void print_ready(const io::Daemon& daemon) {
    const io::ChosenPorts ports = daemon.ports();
    std::printf("ready node=%s listen=%s:%u http=%s:%u pid=%d\n", daemon.name().c_str(),
                daemon.listen_address().c_str(), unsigned{ports.listen_port},
                daemon.http_address().c_str(), unsigned{ports.http_port}, ::getpid());
    std::fflush(stdout);
}

}  // namespace

int main(int argument_count, char** arguments) {
    io::DaemonOptions options;
    options.handle_signals = true;
    std::string storage;
    CLI::App app("cityledgerd: one validator of a CityLedger network");
    app.set_version_flag("--version", "cityledgerd " + std::string(api::version_of_build()));
    app.add_option("--home", options.home, "the node's folder, made by `cityledger up`")
        ->required();
    app.add_option("--storage", storage, "posix, or lose-unsynced: a kill acts like a power cut")
        ->check(CLI::IsMember({"posix", "lose-unsynced"}));
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
    if (storage == "posix") options.storage = io::StorageMode::posix;
    if (storage == "lose-unsynced") options.storage = io::StorageMode::lose_unsynced;

    std::signal(SIGPIPE, SIG_IGN);
    const auto daemon = io::Daemon::start(options);
    if (!daemon) {
        std::fprintf(stderr, "cityledgerd: %s\n", daemon.error().message().c_str());
        return k_exit_usage;
    }
    print_ready(**daemon);
    (*daemon)->run();
    return 0;
}
