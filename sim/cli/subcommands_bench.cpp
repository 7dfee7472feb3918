// bench.

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.hpp"
#include "sim/cli/subcommands.hpp"

namespace cityledger::sim {

void add_bench_commands(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<BenchCommandOptions>();
    CLI::App* bench = app.add_subcommand(
        "bench", "measure how much a network of this machine takes, and what limits it");
    bench->add_option("WHAT", options->what, "invoice, directory, or a YAML file of rounds")
        ->required();
    bench->add_option("--profile", options->profile, "quick, headline or sweep")
        ->capture_default_str()
        ->check(CLI::IsMember({"quick", "headline", "sweep"}));
    bench->add_option("--world", options->world, "local (real processes) or virtual (no speeds)")
        ->capture_default_str()
        ->check(CLI::IsMember({"local", "virtual"}));
    bench->add_option("--network", options->network, "folder of a running network to load");
    bench->add_option("--out", options->out, "folder for the results, bench-TIME if not given");
    bench->add_option("--seed", options->seed, "of senders and amounts")->capture_default_str();
    bench->add_option("--against", options->against, "result.json of an earlier run to compare");
    bench->add_flag("--gate", options->gate, "exit 1 if ratios are worse than they should be");
    bench->add_flag("--resume", options->resume, "go on with the rounds that --out lacks");
    bench->add_flag("--keep", options->keep, "leave the networks' folders in --out");
    bench->add_flag("--json", options->json, "print the result as JSON");
    bench->add_option("--daemon", options->daemon, "path of cityledgerd");
    bench->callback([options, &exit_code] { exit_code = run_bench_command(*options); });
}

}  // namespace cityledger::sim
