#include "sim/cli/comet.hpp"

#include <algorithm>
#include <cstdio>

#include "sim/cli/commands.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/launch/comet_launch.hpp"
#include "sim/launch/network_health.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

constexpr std::uint64_t k_status_timeout_ms = 1'000;
constexpr std::size_t k_root_digits = 12;
constexpr const char* k_row = "%-8s %-11s %9s %9s  %-12s %8s  %s\n";

/// What stands in the column of the state.
std::string state_of(const CometAnswer& answer) {
    if (answer.process != ProcessState::running) {
        return std::string(ledger::to_json(answer.process).as_string());
    }
    if (!answer.engine || !answer.application) return "no answer";
    return answer.engine->catching_up ? "syncing" : "running";
}

void print_rows(const std::vector<CometAnswer>& answers) {
    std::printf(k_row, "node", "state", "height", "executed", "root", "pid", "rpc");
    for (const CometAnswer& answer : answers) {
        const auto& [node, engine, application, process, process_id] = answer;
        const std::string rpc = node.address + ":" + std::to_string(node.http_port);
        std::printf(
            k_row, node.name.c_str(), state_of(answer).c_str(),
            engine ? std::to_string(engine->height).c_str() : "-",
            application ? std::to_string(application->height).c_str() : "-",
            application ? to_hex(application->business_root).substr(0, k_root_digits).c_str() : "-",
            process_id != 0 ? std::to_string(process_id).c_str() : "-", rpc.c_str());
    }
}

boost::json::object json_of(const CometAnswer& answer) {
    boost::json::object entry = ledger::to_json(answer.node).as_object();
    entry["engine"] = k_comet_engine;
    entry["process"] = ledger::to_json(answer.process);
    entry["process_id"] = answer.process_id;
    entry["catching_up"] = answer.engine ? boost::json::value(answer.engine->catching_up) : nullptr;
    entry["height"] = answer.engine ? boost::json::value(answer.engine->height) : nullptr;
    entry["state"] = answer.application ? ledger::to_json(*answer.application) : nullptr;
    return entry;
}

/// As of `status`: all run, a quorum runs, none does.
int tell_health(const NetworkFile& network, const std::vector<CometAnswer>& answers, bool aloud) {
    const auto in_step =
        static_cast<std::size_t>(std::count_if(answers.begin(), answers.end(), is_in_step));
    if (aloud) {
        std::printf(
            "\n%s\n%s\n", said("status.engine", {std::string(k_comet_engine)}).c_str(),
            said("status.in_step", {std::to_string(in_step), std::to_string(answers.size())})
                .c_str());
    }
    if (in_step == answers.size()) return k_exit_all_vote;
    return in_step >= quorum_of(network) ? k_exit_quorum_votes : k_exit_no_quorum;
}

}  // namespace

int up_comet(const HeldNetwork& network) {
    const auto programs = find_comet_programs();
    if (!programs) return fail(programs.error());
    auto started = start_comet(network.folder, network.file, *programs, true);
    if (!started) return fail(started.error());
    for (NodeProcess& process : *started) process.leave_running();
    const auto answers = ask_comet_nodes(network.folder, network.file, k_status_timeout_ms);
    print_rows(answers);
    return tell_health(network.file, answers, true);
}

int status_comet(const NetworkFolder& folder, const NetworkFile& network, bool json) {
    const auto answers = ask_comet_nodes(folder, network, k_status_timeout_ms);
    if (!json) {
        print_rows(answers);
        return tell_health(network, answers, true);
    }
    boost::json::array nodes;
    for (const CometAnswer& answer : answers) nodes.push_back(json_of(answer));
    std::printf("%s\n", ledger::pretty_json(nodes).c_str());
    return tell_health(network, answers, false);
}

std::string down_comet(const HeldNetwork& network) {
    std::string running;
    for (const NodeStop& stop : stop_comet(network)) {
        tell_stop(stop);
        if (stop.outcome == StopOutcome::refused) running += " " + stop.node;
    }
    return running;
}

}  // namespace cityledger::sim
