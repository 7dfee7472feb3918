// up, down: networks that run in the background.

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "node/io/config_files.hpp"
#include "sim/cli/comet.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/launch/comet_launch.hpp"
#include "sim/launch/interruption.hpp"
#include "sim/launch/launch.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/launch/network_maker.hpp"
#include "sim/launch/purge.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// The register of the folder's network, or a fresh one for a network to be made.
Result<Register> register_for(const NetworkFolder& folder) {
    std::error_code error;
    if (!fs::exists(folder.file(), error)) return Register(fresh_register_secret());
    const auto secret = read_register_key(folder.register_key());
    if (!secret) return propagate(secret);
    return Register(*secret);
}

Result<WorldPlan> plan_of(const UpOptions& options, const NetworkFolder& folder) {
    if (options.scenario.empty()) {
        WorldPlan plan = default_plan(options.validators.value_or(4));
        // Who tries the first invoice by hand types codes and reads names.
        plan.business["invoice"].as_object()["tags_only"] = false;
        return plan;
    }
    const auto secrets = register_for(folder);
    if (!secrets) return propagate(secrets);
    const auto scenario = check_scenario_file(options.scenario, {}, *secrets);
    if (scenario) return make_plan(*scenario);
    for (std::size_t i = 1; i < scenario.error().size(); ++i) fail(scenario.error()[i]);
    return tl::unexpected<Error>(scenario.error().front());
}

/// What was asked for besides the folder must be so in the network that is there.
Status check_made_for(const UpOptions& options, const WorldPlan& plan, const HeldNetwork& network) {
    const std::size_t validators = network.file.nodes.size();
    if (options.validators && *options.validators != validators) {
        return tl::unexpected<Error>(made_otherwise(network.folder.path + ": it has " +
                                                    std::to_string(validators) + " validators"));
    }
    const std::string_view engine = network.file.engine ? k_comet_engine : k_own_engine;
    if (!options.engine.empty() && options.engine != engine) {
        return tl::unexpected<Error>(
            made_otherwise(network.folder.path + ": its engine is " + std::string(engine)));
    }
    if (options.scenario.empty()) return {};
    const auto text = io::read_text_file(network.folder.genesis());
    if (!text) return propagate(text);
    const auto genesis = ledger::genesis_from_text(*text);
    if (!genesis) return propagate(genesis);
    return check_sections(network.folder.path, *genesis, plan.business);
}

/// The network of the folder, made if there is none.
Result<HeldNetwork> network_of(const UpOptions& options, const NetworkFolder& folder) {
    const auto plan = plan_of(options, folder);
    if (!plan) return propagate(plan);
    std::error_code error;
    if (fs::exists(folder.file(), error)) {
        auto network = hold_network(folder, Engines::any);
        if (!network) return network;
        const Status fits = check_made_for(options, *plan, *network);
        if (!fits) return propagate(fits);
        return network;
    }
    NetworkOptions made{default_validity(), options.first_port, {}};
    if (options.engine == k_comet_engine) {
        const auto programs = find_comet_programs();
        if (!programs) return propagate(programs);
        made.cometbft = programs->cometbft;
    }
    const Interruption::Shield shield;
    return create_network(folder, *plan, made);
}

LaunchOptions launch_options(const UpOptions& options) {
    LaunchOptions launch;
    launch.daemon = options.daemon;
    launch.background = true;
    if (options.fault_controls) launch.arguments.emplace_back("--fault-controls");
    if (options.network_was_stopped) launch.arguments.emplace_back("--network-was-stopped");
    return launch;
}

/// New ports can only be given to a network of which nothing runs.
Status change_ports(HeldNetwork& network, const UpOptions& options) {
    std::string running;
    for (const NodeAddress& node : network.file.nodes) {
        if (running_process(network.folder.home(node.name))) running += " " + node.name;
    }
    if (!running.empty())
        return refuse(codes::network_running, network.folder.path + ":" + running);
    return renew_ports(network, options.first_port);
}

/// Prints what did not start; how many nodes run.
std::size_t tell_starts(const std::vector<NodeStart>& starts) {
    std::size_t failed = 0;
    for (const NodeStart& start : starts) {
        if (start.started) continue;
        ++failed;
        std::fprintf(stderr, "%s\n",
                     said("up.failed", {start.node, message_of(start.started.error())}).c_str());
    }
    return starts.size() - failed;
}

void tell_up(const HeldNetwork& network, const std::vector<NodeStart>& starts,
             Clock::time_point started) {
    std::size_t before = 0;
    for (const NodeStart& start : starts) before += start.ran_before ? 1 : 0;
    const auto spent =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started).count();
    const std::string& name = network.file.name;
    const std::string& path = network.folder.path;
    if (before == starts.size()) {
        std::printf("\n%s\n", said("up.was_up", {name, path}).c_str());
    } else if (before > 0) {
        std::printf("\n%s\n",
                    said("up.completed", {name, path, std::to_string(starts.size() - before),
                                          std::to_string(before)})
                        .c_str());
    } else {
        std::printf("\n%s\n", said("up.is_up", {name, path, std::to_string(spent)}).c_str());
    }
}

/// Options that only the built-in engine has.
bool has_own_engine_options(const UpOptions& options) {
    return options.new_ports || options.fault_controls || options.network_was_stopped;
}

int up_with_comet(const HeldNetwork& network, const UpOptions& options, Clock::time_point started) {
    if (has_own_engine_options(options)) {
        return fail(engine_other(network.folder.path, network.file));
    }
    const int exit_code = up_comet(network);
    if (exit_code == k_exit_all_vote) {
        const auto spent =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started).count();
        std::printf("%s\n", said("up.is_up",
                                 {network.file.name, network.folder.path, std::to_string(spent)})
                                .c_str());
    }
    return exit_code;
}

void tell_next_steps(const HeldNetwork& network) {
    const NodeAddress& first = network.file.nodes.front();
    const std::string url = "http://" + first.address + ":" + std::to_string(first.http_port);
    const std::string where = " --dir " + quoted_path(network.folder.path);
    std::printf("\n%s\n", said("up.next").c_str());
    std::printf("  curl %s/status\n", url.c_str());
    std::printf("  %s status%s\n", own_name().c_str(), where.c_str());
    std::printf("  %s logs --follow%s\n", own_name().c_str(), where.c_str());
    std::printf("  %s down%s\n", own_name().c_str(), where.c_str());
}

std::string_view sentence_of(StopOutcome outcome) {
    switch (outcome) {
        case StopOutcome::did_not_run: return "down.did_not_run";
        case StopOutcome::stopped: return "down.stopped";
        case StopOutcome::killed: return "down.killed";
        case StopOutcome::refused: return "down.refused";
    }
    return {};
}

void tell_purge(const NetworkFolder& folder) {
    const std::vector<std::string> left = purge_network(folder);
    if (left.empty()) {
        std::printf("%s\n", said("down.removed", {folder.path}).c_str());
        return;
    }
    std::printf("%s\n", said("down.left", {folder.path}).c_str());
    for (const std::string& path : left) std::printf("  %s\n", path.c_str());
}

/// The same for a network that the built-in engine orders.
std::string down_own(const HeldNetwork& network) {
    std::vector<std::string> nodes;
    for (const NodeAddress& node : network.file.nodes) nodes.push_back(node.name);
    std::string running;
    for (const NodeStop& stop : stop_nodes(network, nodes)) {
        tell_stop(stop);
        if (stop.outcome == StopOutcome::refused) running += " " + stop.node;
    }
    return running;
}

}  // namespace

void tell_stop(const NodeStop& stop) {
    std::printf("%s\n",
                said(sentence_of(stop.outcome), {stop.node, std::to_string(stop.process)}).c_str());
}

int run_up(const UpOptions& options) {
    const auto started = Clock::now();
    const NetworkFolder folder = folder_at(options.folder);
    Interruption interruption;
    if (const auto daemon = find_daemon(options.daemon); !daemon) return fail(daemon.error());
    auto network = network_of(options, folder);
    if (!network) return fail(network.error());
    if (network->file.engine) return up_with_comet(*network, options, started);
    if (options.new_ports) {
        if (const Status changed = change_ports(*network, options); !changed) {
            return fail(changed.error());
        }
    }
    const std::vector<NodeStart> starts = start_missing(*network, launch_options(options));
    if (tell_starts(starts) < quorum_of(network->file)) {
        return fail(refuse(codes::network_quorum_missing, folder.path).value());
    }
    const auto [answers, health] = settled_health(folder, network->file);
    print_nodes(answers);
    tell_up(*network, starts, started);
    std::printf("%s\n", words_of(health).c_str());
    tell_next_steps(*network);
    return health.exit_code;
}

int run_down(const std::string& path, bool purge) {
    const auto network = hold_network(folder_at(path), Engines::any);
    if (!network) return fail(network.error());
    const std::string running = network->file.engine ? down_comet(*network) : down_own(*network);
    if (!running.empty()) {
        return fail(still_runs(network->folder.path + ":" + running));
    }
    std::printf("%s\n", said("down.is_down", {network->file.name}).c_str());
    if (purge) tell_purge(network->folder);
    return 0;
}

}  // namespace cityledger::sim
