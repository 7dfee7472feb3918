// serve, fetch, probe.

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.hpp"
#include "sim/cli/subcommands.hpp"

namespace cityledger::sim {
namespace {

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& help,
                      const std::shared_ptr<ExchangeOptions>& options) {
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("--as", options->member, "id or name of the department, see `actors`")
        ->required();
    command->add_option("--database", options->database, "file of SQLite, or postgresql://...")
        ->required();
    command->add_option("--network,--dir", options->folder, "folder of the network")
        ->capture_default_str();
    command->add_flag("--json", options->json, "print JSON");
    return command;
}

void add_serve(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<ExchangeOptions>();
    CLI::App* serve = add_command(
        app, "serve", "give a department's rows to who holds a grant, until interrupted", options);
    serve->add_option("--address", options->address, "address to listen on")->capture_default_str();
    serve->add_option("--port", options->port, "port to listen on [a free one]");
    serve->callback([options, &exit_code] { exit_code = run_serve(*options); });
}

void add_fetch(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<ExchangeOptions>();
    CLI::App* fetch = add_command(app, "fetch", "granted rows into a table of one's own", options);
    fetch->add_option("REQUEST", options->request, "id of the request, as AF/Q00001")->required();
    fetch->add_option("--into", options->target, "table for the rows")->required();
    fetch->add_option("--columns", options->columns, "items to fetch [all that are granted]")
        ->delimiter(',');
    fetch->add_option("--from", options->from,
                      "HOST:PORT of the provider [one that serves on this network]");
    fetch->callback([options, &exit_code] { exit_code = run_fetch(*options); });
}

void add_probe(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<ExchangeOptions>();
    CLI::App* probe =
        add_command(app, "probe", "compare a department's tables with the chain", options);
    probe->add_flag("--report", options->report, "tell the chain what was found");
    probe->callback([options, &exit_code] { exit_code = run_probe(*options); });
}

}  // namespace

void add_exchange_commands(CLI::App& app, int& exit_code) {
    add_serve(app, exit_code);
    add_fetch(app, exit_code);
    add_probe(app, exit_code);
}

}  // namespace cityledger::sim
