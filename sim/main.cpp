// cityledger: the command that people type.

#include <CLI/CLI.hpp>

#include "sim/net/commands.hpp"

namespace {

using namespace cityledger::sim;

constexpr int k_exit_usage = 2;

void add_up(CLI::App& app, UpOptions& options) {
    CLI::App* up = app.add_subcommand("up", "start a network of validators in the background");
    up->add_option("--dir", options.folder, "folder of the network")->capture_default_str();
    up->add_option("--validators", options.validators, "number of validators of a new network")
        ->capture_default_str()
        ->check(CLI::Range(1, 128));
    up->add_option("--scenario", options.scenario, "take genesis and members of this scenario")
        ->check(CLI::ExistingFile);
    up->add_option("--daemon", options.daemon, "path of cityledgerd");
}

void add_replay(CLI::App& app, ReplayOptions& options) {
    CLI::App* replay = app.add_subcommand("replay", "run scenarios and check what they expect");
    replay->add_option("FILE", options.files, "scenario files")->required();
    replay->add_option("--world", options.world, "virtual, local (real processes) or remote")
        ->capture_default_str()
        ->check(CLI::IsMember({"virtual", "local", "remote"}));
    replay->add_option("--network", options.network,
                       "remote world: folder of a network, or http://HOST:PORT of a node");
    replay->add_option("--actors", options.actors,
                       "with an address: folder whose actors/ holds the members' keys");
    replay->add_option("--seed", options.seed, "instead of the scenario's seed");
    replay->add_option("--dir", options.folder, "local world: folder of the new network");
    replay->add_flag("--keep", options.keep, "local world: leave the network's folder");
    replay->add_flag("--json", options.json, "print the report as JSON");
    replay->add_option("--daemon", options.daemon, "path of cityledgerd");
    replay->add_option("--invert", options.invert, "turn one expectation round")->group("");
    replay->add_flag("--lose-unsynced", options.lose_unsynced, "a kill is a power cut")->group("");
}

}  // namespace

int main(int argument_count, char** arguments) {
    CLI::App app("CityLedger: a permissioned ledger for two cities, its networks and scenarios");
    app.require_subcommand(1);
    app.set_version_flag("--version", CITYLEDGER_VERSION);

    UpOptions up;
    ReplayOptions replay;
    std::string folder = "run";
    bool purge = false;
    bool json = false;
    std::vector<std::string> files;
    add_up(app, up);
    CLI::App* down = app.add_subcommand("down", "stop a network");
    down->add_option("--dir", folder, "folder of the network")->capture_default_str();
    down->add_flag("--purge", purge, "remove the folder too");
    CLI::App* status = app.add_subcommand("status", "heights, roots and health of each node");
    status->add_option("--dir", folder, "folder of the network")->capture_default_str();
    status->add_flag("--json", json, "print JSON");
    add_replay(app, replay);
    CLI::App* validate = app.add_subcommand("validate", "check scenarios without running them");
    validate->add_option("FILE", files, "scenario files")->required();
    CLI::App* codes = app.add_subcommand("codes", "list every refusal code");

    try {
        app.parse(argument_count, arguments);
        if (replay.world == "remote" && !replay.files.empty() && replay.network.empty()) {
            throw CLI::RequiredError("--network");
        }
    } catch (const CLI::ParseError& problem) {
        return app.exit(problem) == 0 ? 0 : k_exit_usage;
    }
    if (app.got_subcommand("up")) return run_up(up);
    if (app.got_subcommand(down)) return run_down(folder, purge);
    if (app.got_subcommand(status)) return run_status(folder, json);
    if (app.got_subcommand("replay")) return run_replay(replay);
    if (app.got_subcommand(validate)) return run_validate(files);
    if (app.got_subcommand(codes)) return run_codes();
    return k_exit_usage;
}
