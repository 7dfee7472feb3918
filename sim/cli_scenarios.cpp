// replay, validate, codes.

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli.hpp"
#include "sim/net/commands.hpp"

namespace cityledger::sim {
namespace {

void add_replay(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<ReplayOptions>();
    CLI::App* replay = app.add_subcommand("replay", "run scenarios and check what they expect");
    replay->add_option("FILE", options->files, "scenario files")->required();
    replay->add_option("--world", options->world, "virtual, local (real processes) or remote")
        ->capture_default_str()
        ->check(CLI::IsMember({"virtual", "local", "remote"}));
    replay->add_option("--network", options->network,
                       "remote world: folder of a network, or http://HOST:PORT of a node");
    replay->add_option("--actors", options->actors,
                       "with an address: folder whose actors/ holds the members' keys");
    replay->add_option("--seed", options->seed, "instead of the scenario's seed");
    replay->add_option("--dir", options->folder, "local world: folder of the new network");
    replay->add_flag("--keep", options->keep, "local world: leave the network's folder");
    replay->add_flag("--json", options->json, "print the report as JSON");
    replay->add_option("--daemon", options->daemon, "path of cityledgerd");
    replay->add_option("--invert", options->invert, "turn one expectation round")->group("");
    replay->add_flag("--lose-unsynced", options->lose_unsynced, "a kill is a power cut")
        ->group("");
    replay->callback([options, &exit_code] {
        if (options->world == "remote" && options->network.empty()) {
            throw CLI::RequiredError("--network");
        }
        exit_code = run_replay(*options);
    });
}

}  // namespace

void add_scenario_commands(CLI::App& app, int& exit_code) {
    add_replay(app, exit_code);
    const auto files = std::make_shared<std::vector<std::string>>();
    CLI::App* validate = app.add_subcommand("validate", "check scenarios without running them");
    validate->add_option("FILE", *files, "scenario files")->required();
    validate->callback([files, &exit_code] { exit_code = run_validate(*files); });
    CLI::App* codes = app.add_subcommand("codes", "list every refusal code");
    codes->callback([&exit_code] { exit_code = run_codes(); });
}

}  // namespace cityledger::sim
