#pragma once
// The subcommands of `cityledger` and their options. Each family stands in its own file, adds its
// subcommands and runs the chosen one from a callback, which leaves the exit code (commands.hpp).

namespace CLI {
class App;
}

namespace cityledger::sim {

void add_network_commands(CLI::App& app, int& exit_code);
void add_bench_commands(CLI::App& app, int& exit_code);
void add_scenario_commands(CLI::App& app, int& exit_code);

}  // namespace cityledger::sim
