// up, down, status, kill, pause, resume, restart, logs, doctor, audit, recover.

#include <CLI/CLI.hpp>
#include <csignal>
#include <memory>

#include "sim/cli/commands.hpp"
#include "sim/cli/stopped_homes.hpp"
#include "sim/cli/subcommands.hpp"

namespace cityledger::sim {
namespace {

struct FolderOptions {
    std::string folder = "run";
    std::string node;
    bool purge = false;
    bool json = false;
};

void add_folder(CLI::App& command, std::string& folder) {
    command.add_option("--dir", folder, "folder of the network")->capture_default_str();
}

void add_up(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<UpOptions>();
    CLI::App* up =
        app.add_subcommand("up", "start a network in the background, or what is missing of one");
    add_folder(*up, options->folder);
    up->add_option("--validators", options->validators, "number of validators of a new network [4]")
        ->check(CLI::Range(1, 128));
    up->add_option("--scenario", options->scenario, "take genesis and members of this scenario")
        ->check(CLI::ExistingFile);
    up->add_option("--engine", options->engine, "what orders a new network: simplex or cometbft")
        ->check(CLI::IsMember({"simplex", "cometbft"}));
    up->add_option("--first-port", options->first_port,
                   "ports from here on, two for each node (cometbft: three), instead of free ones")
        ->check(CLI::Range(1, 65'535));
    up->add_flag("--new-ports", options->new_ports, "give a stopped network other ports");
    up->add_flag("--fault-controls", options->fault_controls,
                 "links can be cut by who may read control.token; for test networks");
    up->add_option("--daemon", options->daemon, "path of cityledgerd");
    up->add_flag("--network-was-stopped", options->network_was_stopped,
                 "after a restored backup: every validator was stopped, and none is hostile "
                 "(docs/operations.md)");
    up->callback([options, &exit_code] { exit_code = run_up(*options); });
}

void add_down(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<FolderOptions>();
    CLI::App* down = app.add_subcommand("down", "stop a network");
    add_folder(*down, options->folder);
    down->add_flag("--purge", options->purge, "remove from the folder what cityledger made there");
    down->callback(
        [options, &exit_code] { exit_code = run_down(options->folder, options->purge); });
}

void add_status(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<FolderOptions>();
    CLI::App* status = app.add_subcommand("status", "heights, roots and health of each node");
    add_folder(*status, options->folder);
    status->add_flag("--json", options->json, "print JSON");
    const auto why = std::make_shared<bool>(false);
    status->add_flag("--why", *why, "tell of each missing connection its last error");
    status->callback([options, why, &exit_code] {
        exit_code = run_status(options->folder, options->json, *why);
    });
}

void add_signal(CLI::App& app, int& exit_code, const std::string& name, const std::string& help,
                int signal) {
    const auto options = std::make_shared<FolderOptions>();
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("NODE", options->node, "name of the node, as `status` has it")->required();
    add_folder(*command, options->folder);
    command->callback([options, signal, &exit_code] {
        exit_code = run_signal(options->folder, options->node, signal);
    });
}

void add_restart(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<RestartOptions>();
    CLI::App* restart = app.add_subcommand("restart", "stop one node, if it runs, and start it");
    restart->add_option("NODE", options->node, "name of the node")->required();
    add_folder(*restart, options->folder);
    restart->add_option("--daemon", options->daemon, "path of cityledgerd");
    restart->callback([options, &exit_code] { exit_code = run_restart(*options); });
}

void add_doctor(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<RestartOptions>();
    CLI::App* doctor = app.add_subcommand(
        "doctor", "what keeps a network on this machine from running, and what to do");
    add_folder(*doctor, options->folder);
    doctor->add_option("--daemon", options->daemon, "path of cityledgerd");
    doctor->callback(
        [options, &exit_code] { exit_code = run_doctor(options->folder, options->daemon); });
}

void add_audit(CLI::App& app, int& exit_code) {
    const auto folder = std::make_shared<std::string>("run");
    const auto at = std::make_shared<std::optional<std::uint64_t>>();
    CLI::App* audit = app.add_subcommand(
        "audit",
        "read what stopped nodes hold again from the genesis on, and name the first damage");
    audit->add_option("FOLDER", *folder, "folder of a network, or a node's home")
        ->capture_default_str();
    audit->add_option("--at", *at, "stop after this height and print the roots there");
    audit->callback([folder, at, &exit_code] { exit_code = run_audit(*folder, *at); });
}

void add_recover(CLI::App& app, int& exit_code) {
    const auto folder = std::make_shared<std::string>("run");
    CLI::App* recover = app.add_subcommand(
        "recover",
        "set damaged data of stopped nodes aside, so that they come back from the others");
    recover->add_option("FOLDER", *folder, "folder of a network, or a node's home")
        ->capture_default_str();
    recover->callback([folder, &exit_code] { exit_code = run_recover(*folder); });
}

void add_logs(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<LogsOptions>();
    CLI::App* logs = app.add_subcommand("logs", "print the nodes' logs");
    add_folder(*logs, options->folder);
    logs->add_option("--node", options->node, "of this node only");
    logs->add_flag("--merge", options->merge, "all nodes in the order of time");
    logs->add_flag("--follow", options->follow, "go on with what comes, merged; until Ctrl-C");
    logs->callback([options, &exit_code] { exit_code = run_logs(*options); });
}

}  // namespace

void add_network_commands(CLI::App& app, int& exit_code) {
    add_up(app, exit_code);
    add_down(app, exit_code);
    add_status(app, exit_code);
    add_signal(app, exit_code, "kill", "end one node at once, as a crash would (SIGKILL)", SIGKILL);
    add_signal(app, exit_code, "pause", "stop one node without ending it (SIGSTOP)", SIGSTOP);
    add_signal(app, exit_code, "resume", "let a paused node go on (SIGCONT)", SIGCONT);
    add_restart(app, exit_code);
    add_logs(app, exit_code);
    add_doctor(app, exit_code);
    add_audit(app, exit_code);
    add_recover(app, exit_code);
}

}  // namespace cityledger::sim
