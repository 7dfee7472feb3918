// cityledger: the command that people type.

#include <CLI/CLI.hpp>

#include "node/api/version.hpp"
#include "sim/cli/subcommands.hpp"

namespace {

constexpr int k_exit_usage = 2;

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace cityledger::sim;
    CLI::App app("CityLedger: a permissioned ledger for two cities, its networks and scenarios");
    app.require_subcommand(1);
    app.set_version_flag("--version",
                         "cityledger " + std::string(cityledger::api::version_of_build()));
    int exit_code = 0;
    add_network_commands(app, exit_code);
    add_bench_commands(app, exit_code);
    add_scenario_commands(app, exit_code);
    try {
        app.parse(argument_count, arguments);
    } catch (const CLI::ParseError& problem) {
        return app.exit(problem) == 0 ? 0 : k_exit_usage;
    }
    return exit_code;
}
