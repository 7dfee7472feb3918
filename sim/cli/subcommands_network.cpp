// up, down, status.

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.hpp"
#include "sim/cli/subcommands.hpp"

namespace cityledger::sim {
namespace {

struct FolderOptions {
    std::string folder = "run";
    bool purge = false;
    bool json = false;
};

void add_up(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<UpOptions>();
    CLI::App* up = app.add_subcommand("up", "start a network of validators in the background");
    up->add_option("--dir", options->folder, "folder of the network")->capture_default_str();
    up->add_option("--validators", options->validators, "number of validators of a new network")
        ->capture_default_str()
        ->check(CLI::Range(1, 128));
    up->add_option("--scenario", options->scenario, "take genesis and members of this scenario")
        ->check(CLI::ExistingFile);
    up->add_option("--daemon", options->daemon, "path of cityledgerd");
    up->add_flag("--network-was-stopped", options->network_was_stopped,
                 "after a restored backup: every validator was stopped, and none is hostile "
                 "(docs/operations.md)");
    up->callback([options, &exit_code] { exit_code = run_up(*options); });
}

}  // namespace

void add_network_commands(CLI::App& app, int& exit_code) {
    add_up(app, exit_code);
    const auto options = std::make_shared<FolderOptions>();
    CLI::App* down = app.add_subcommand("down", "stop a network");
    down->add_option("--dir", options->folder, "folder of the network")->capture_default_str();
    down->add_flag("--purge", options->purge, "remove the folder too");
    down->callback(
        [options, &exit_code] { exit_code = run_down(options->folder, options->purge); });
    CLI::App* status = app.add_subcommand("status", "heights, roots and health of each node");
    status->add_option("--dir", options->folder, "folder of the network")->capture_default_str();
    status->add_flag("--json", options->json, "print JSON");
    status->callback(
        [options, &exit_code] { exit_code = run_status(options->folder, options->json); });
}

}  // namespace cityledger::sim
