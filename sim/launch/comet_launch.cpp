#include "sim/launch/comet_launch.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>

#include "node/io/config.hpp"
#include "sim/launch/launch_codes.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto k_start_timeout = std::chrono::seconds(60);
constexpr auto k_poll_interval = std::chrono::milliseconds(50);
constexpr std::uint64_t k_question_timeout_ms = 1'000;
constexpr std::size_t k_log_lines = 8;

bool is_program(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

/// Where a cometbft may be, the wished place first.
std::vector<std::string> places_of_cometbft(const std::string& beside,
                                            const Environment& environment) {
    if (std::string wished = environment("CITYLEDGER_COMETBFT"); !wished.empty()) return {wished};
    std::vector<std::string> places;
    std::istringstream folders(environment("PATH"));
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (!folder.empty()) places.push_back(folder + "/cometbft");
    }
    places.push_back(fs::path(beside).parent_path().string() + "/peers/bin/cometbft");
    return places;
}

/// The processes of a node: by the folder that its lock is in, and how it is started.
std::vector<std::pair<std::string, LaunchOptions>> processes_of(const NetworkFolder& folder,
                                                                const NetworkFile& network,
                                                                std::size_t index,
                                                                const CometPrograms& programs,
                                                                bool background) {
    const NodeAddress& node = network.nodes[index];
    const std::string home = folder.home(node.name);
    const std::string application = application_home(folder, node.name);
    const std::uint16_t port = network.engine->application_ports[index];
    LaunchOptions serves;
    serves.background = background;
    serves.other = OtherProgram{{programs.application, "--genesis", folder.genesis(), "--state",
                                 application + "/state", "--listen",
                                 "tcp://" + node.address + ":" + std::to_string(port)}};
    LaunchOptions orders;
    orders.background = background;
    orders.other = OtherProgram{{programs.cometbft, "node", "--home", home}};
    return {{application, serves}, {home, orders}};
}

/// Not started is what has ended; without it, what is not in step is not ready.
Status check_start(const NetworkFolder& folder, const std::vector<CometAnswer>& answers) {
    for (const CometAnswer& answer : answers) {
        for (const std::string& home :
             {application_home(folder, answer.node.name), folder.home(answer.node.name)}) {
            if (running_process(home)) continue;
            return tl::unexpected<Error>(not_started(home + log_tail(home, k_log_lines)));
        }
    }
    for (const CometAnswer& answer : answers) {
        if (is_in_step(answer)) continue;
        const std::string said = !answer.engine        ? answer.engine.error().message()
                                 : !answer.application ? answer.application.error().message()
                                                       : "no block yet";
        return tl::unexpected<Error>(not_ready(folder.home(answer.node.name) + ": " + said));
    }
    return {};
}

}  // namespace

std::string environment_value(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

Result<CometPrograms> find_comet_programs(const std::string& beside,
                                          const Environment& environment) {
    const std::vector<std::string> places = places_of_cometbft(beside, environment);
    const auto found = std::find_if(places.begin(), places.end(), is_program);
    if (found == places.end()) return refuse(codes::engine_missing, places.back());
    const std::string application = beside + "/cityledger-abci";
    if (!is_program(application)) return refuse(codes::application_missing, application);
    return CometPrograms{*found, application};
}

Result<CometPrograms> find_comet_programs() {
    std::error_code error;
    const std::string program = fs::read_symlink("/proc/self/exe", error).string();
    return find_comet_programs(fs::path(program).parent_path().string(), environment_value);
}

CometAnswer ask_comet_node(const NetworkFolder& folder, const NodeAddress& node,
                           client::CometClient& client) {
    const std::string home = folder.home(node.name);
    return {node, client.status(), client.state(), process_state(home),
            running_process(home).value_or(0)};
}

std::vector<CometAnswer> ask_comet_nodes(const NetworkFolder& folder, const NetworkFile& network,
                                         std::uint64_t timeout_ms) {
    std::vector<CometAnswer> answers;
    for (const NodeAddress& node : network.nodes) {
        client::CometClient client(node.address, node.http_port, timeout_ms);
        answers.push_back(ask_comet_node(folder, node, client));
    }
    return answers;
}

bool is_in_step(const CometAnswer& answer) {
    return answer.engine && !answer.engine->catching_up && answer.application &&
           answer.application->height > 0;
}

Result<std::vector<NodeProcess>> start_comet(const NetworkFolder& folder,
                                             const NetworkFile& network,
                                             const CometPrograms& programs, bool background) {
    std::vector<NodeProcess> started;
    for (std::size_t index = 0; index < network.nodes.size(); ++index) {
        for (auto& [home, launch] : processes_of(folder, network, index, programs, background)) {
            if (running_process(home)) continue;
            NodeProcess& process = started.emplace_back(home, launch);
            if (const Status running = process.start(); !running) return propagate(running);
        }
    }
    const auto deadline = Clock::now() + k_start_timeout;
    auto ended = [&started] {
        return std::any_of(started.begin(), started.end(),
                           [](NodeProcess& process) { return !process.running(); });
    };
    std::vector<CometAnswer> answers = ask_comet_nodes(folder, network, k_question_timeout_ms);
    while (!std::all_of(answers.begin(), answers.end(), is_in_step) && !ended() &&
           Clock::now() < deadline) {
        std::this_thread::sleep_for(k_poll_interval);
        answers = ask_comet_nodes(folder, network, k_question_timeout_ms);
    }
    const Status ready = check_start(folder, answers);
    if (!ready) return propagate(ready);
    return started;
}

std::vector<NodeStop> stop_comet(const HeldNetwork& network) {
    std::vector<std::string> engines;
    std::vector<std::string> applications;
    for (const NodeAddress& node : network.file.nodes) {
        engines.push_back(node.name);
        applications.push_back(node.name + "/application");
    }
    std::vector<NodeStop> stops = stop_nodes(network, engines);
    for (NodeStop& stop : stop_nodes(network, applications)) stops.push_back(std::move(stop));
    for (const NodeStop& stop : stops) {
        if (stop.outcome != StopOutcome::stopped) continue;
        // As a daemon does that ends in order; these programs do not know the file.
        std::error_code ignored;
        fs::resize_file(io::NodeHome{network.folder.home(stop.node)}.process_id(), 0, ignored);
    }
    return stops;
}

}  // namespace cityledger::sim
