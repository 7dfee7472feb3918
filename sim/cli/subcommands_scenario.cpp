// replay, validate, explain, scenario-docs, codes, and the language of all commands.

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.hpp"
#include "sim/cli/subcommands.hpp"

namespace cityledger::sim {
namespace {

void add_replay(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<ReplayOptions>();
    CLI::App* replay = app.add_subcommand("replay", "run scenarios and check what they expect");
    replay->add_option("FILE", options->files, "scenario files")->required();
    replay->add_option("--world", options->world, "virtual, local (real processes) or remote")
        ->capture_default_str()
        ->check(CLI::IsMember({"virtual", "local", "remote"}));
    replay
        ->add_option("--engine", options->engine,
                     "local world: what orders its network, simplex or cometbft")
        ->check(CLI::IsMember({"simplex", "cometbft"}));
    replay->add_option("--network", options->network,
                       "remote world: folder of a network, or http://HOST:PORT of a node");
    replay->add_flag("--used", options->used, "remote world: on a chain that has a history too");
    replay->add_option("--actors", options->actors,
                       "with an address: folder whose actors/ holds the members' keys");
    replay->add_option("--seed", options->seed, "instead of the scenario's seed");
    replay->add_option("--set", options->settings, "PATH=VALUE: changes a value of the file")
        ->allow_extra_args(false);
    replay->add_option("--until", options->until, "end after this step, as `explain` counts");
    replay->add_option("--register", options->register_key,
                       "file of the register's key, which gives the tags of a closed chain");
    replay->add_option("--dir", options->folder, "local world: folder of the new network");
    replay->add_flag("--keep", options->keep, "local world: leave the network's folder");
    replay->add_flag("--json", options->json, "print the report as JSON");
    replay->add_flag("--quiet", options->quiet, "without the story, the report alone");
    replay->add_option("--daemon", options->daemon, "path of cityledgerd");
    replay->add_option("--invert", options->invert, "turn one expectation round")->group("");
    replay->callback([options, &exit_code] {
        if (options->world == "remote" && options->network.empty()) {
            throw CLI::RequiredError("--network");
        }
        if (options->world != "local" && !options->engine.empty()) {
            throw CLI::ValidationError("--engine", "only the local world has a choice");
        }
        exit_code = run_replay(*options);
    });
}

struct FileOptions {
    std::vector<std::string> files;
    std::vector<std::string> settings;
};

/// A command that reads files and runs nothing.
void add_reader(CLI::App& app, int& exit_code, const std::string& name, const std::string& help,
                int (*run)(const std::vector<std::string>&, const std::vector<std::string>&)) {
    const auto options = std::make_shared<FileOptions>();
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("FILE", options->files, "scenario files")->required();
    command->add_option("--set", options->settings, "PATH=VALUE: changes a value of the files")
        ->allow_extra_args(false);
    command->callback(
        [options, run, &exit_code] { exit_code = run(options->files, options->settings); });
}

void add_contracts(CLI::App& app, int& exit_code) {
    struct Options {
        std::string name;
        bool markdown = false;
        bool openapi = false;
    };
    const auto options = std::make_shared<Options>();
    CLI::App* contracts = app.add_subcommand(
        "contracts", "operations, arguments, results and refusals of the contracts");
    contracts->add_option("NAME", options->name, "one contract in full");
    contracts->add_flag("--markdown", options->markdown, "print docs/contracts.md");
    contracts->add_flag("--openapi", options->openapi, "print the OpenAPI document of a node");
    contracts->callback([options, &exit_code] {
        exit_code =
            options->openapi ? run_openapi() : run_contracts(options->name, options->markdown);
    });
}

/// `--lang` stands before or after any command and is set before the command runs.
void add_language(CLI::App& app) {
    const auto choice = std::make_shared<std::string>();
    app.add_option("--lang", *choice, "language of the messages: en or zh")
        ->check(CLI::IsMember({"en", "zh"}));
    app.parse_complete_callback([choice] { static_cast<void>(choose_language(*choice)); });
    app.fallthrough();  // for the commands that follow; those that exist need it themselves
    for (CLI::App* command : app.get_subcommands({})) command->fallthrough();
}

}  // namespace

void add_scenario_commands(CLI::App& app, int& exit_code) {
    add_language(app);
    add_replay(app, exit_code);
    add_reader(app, exit_code, "validate", "check scenarios without running them", run_validate);
    add_reader(app, exit_code, "explain", "tell scenarios in words, with every default in force",
               run_explain);
    add_contracts(app, exit_code);
    CLI::App* docs = app.add_subcommand("scenario-docs", "print docs/scenarios.md from the schema");
    docs->callback([&exit_code] { exit_code = run_scenario_docs(); });
    CLI::App* codes = app.add_subcommand("codes", "list every refusal code");
    codes->callback([&exit_code] { exit_code = run_codes(); });
}

}  // namespace cityledger::sim
