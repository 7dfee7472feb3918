#include "sim/launch/launch.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "node/io/config.hpp"
#include "node/replica/standing.hpp"
#include "sim/launch/launch_codes.hpp"

namespace cityledger::sim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto k_poll_interval = std::chrono::milliseconds(5);
constexpr std::size_t k_log_lines = 8;
/// One question while waiting: a node that hangs must not hold up the others.
constexpr std::uint64_t k_question_timeout_ms = 500;
constexpr auto k_stop_timeout = std::chrono::seconds(10);
constexpr std::uint64_t k_kill_timeout_ms = 5'000;

/// A node that was started, until it is ready, has ended, or the time is over.
class Start {
public:
    Start(NodeProcess& process, const NetworkFolder& folder, const NodeAddress& node,
          Status started, const StartPatience& patience)
        : process_(process),
          home_(folder.home(node.name)),
          client_(node.address, node.http_port, k_question_timeout_ms),
          patience_(patience),
          outcome_(std::move(started)),
          open_(outcome_.has_value()) {}

    [[nodiscard]] bool open() const { return open_; }
    [[nodiscard]] const Status& outcome() const { return outcome_; }

    void look() {
        if (!open_) return;
        const Status ready = client_.ready();
        if (ready || answers_long_enough()) {
            open_ = false;
        } else if (!process_.running() && !running_process(home_)) {
            // Another process on the home may be one that a killed `up` had just started: it will
            // do.
            open_ = false;
            outcome_ = tl::unexpected<Error>(not_started(home_ + log_tail(home_, k_log_lines)));
        } else {
            last_ = ready.error().message();
        }
    }

    void give_up() {
        if (!open_) return;
        open_ = false;
        outcome_ = tl::unexpected<Error>(not_ready(home_ + ": " + last_));
    }

private:
    /// It runs as it should, and waits for the others.
    bool answers_long_enough() {
        const auto status = client_.status();
        if (!status) return false;
        if (status->standing == node::word_of(node::Standing::votes_lost)) return true;
        if (!answers_since_) answers_since_ = Clock::now();
        return patience_.answering_ms &&
               Clock::now() - *answers_since_ > std::chrono::milliseconds(*patience_.answering_ms);
    }

    NodeProcess& process_;
    std::string home_;
    client::ApiClient client_;
    StartPatience patience_;
    Status outcome_;
    bool open_;
    std::optional<Clock::time_point> answers_since_;
    std::string last_;
};

/// The letter of /proc/PID/stat that says whether it is stopped; it stands behind the name.
bool is_paused(pid_t process) {
    std::ifstream stream("/proc/" + std::to_string(process) + "/stat");
    std::string line;
    std::getline(stream, line);
    const std::size_t name_end = line.rfind(')');
    return name_end != std::string::npos && line.size() > name_end + 2 && line[name_end + 2] == 'T';
}

std::uint64_t milliseconds_until(Clock::time_point deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return left > 0 ? static_cast<std::uint64_t>(left) : 0;
}

/// A node that is being stopped.
struct Stopping {
    NodeStop& stop;
    ForeignProcess process;
};

}  // namespace

Error not_ready(std::string detail) { return Error{codes::daemon_not_ready, std::move(detail)}; }

std::vector<Status> start_nodes(const NetworkFolder& folder, const std::vector<NodeAddress>& nodes,
                                std::vector<NodeProcess>& processes,
                                const StartPatience& patience) {
    const auto deadline = Clock::now() + std::chrono::milliseconds(patience.timeout_ms);
    std::vector<Start> starts;
    starts.reserve(nodes.size());
    for (std::size_t node = 0; node < nodes.size(); ++node) {
        starts.emplace_back(processes[node], folder, nodes[node], processes[node].start(),
                            patience);
    }
    const auto failed = [&] {
        return static_cast<std::size_t>(
            std::count_if(starts.begin(), starts.end(),
                          [](const Start& start) { return !start.open() && !start.outcome(); }));
    };
    const auto open = [&] {
        return std::any_of(starts.begin(), starts.end(),
                           [](const Start& start) { return start.open(); });
    };
    while (open() && failed() <= patience.may_fail && Clock::now() < deadline) {
        for (Start& start : starts) start.look();
        if (open()) std::this_thread::sleep_for(k_poll_interval);
    }
    std::vector<Status> outcomes;
    for (Start& start : starts) {
        start.give_up();
        outcomes.push_back(start.outcome());
    }
    return outcomes;
}

Status wait_until_started(NodeProcess& process, const NetworkFolder& folder,
                          const NodeAddress& node, const StartPatience& patience) {
    const auto deadline = Clock::now() + std::chrono::milliseconds(patience.timeout_ms);
    Start start(process, folder, node, {}, patience);
    start.look();
    while (start.open() && Clock::now() < deadline) {
        std::this_thread::sleep_for(k_poll_interval);
        start.look();
    }
    start.give_up();
    return start.outcome();
}

std::size_t quorum_of(const NetworkFile& network) {
    return network.nodes.size() - (network.nodes.size() - 1) / 3;
}

std::vector<NodeStart> start_missing(const HeldNetwork& network, const LaunchOptions& options) {
    std::vector<NodeStart> starts;
    std::vector<NodeAddress> missing;
    std::vector<NodeProcess> processes;
    for (const NodeAddress& node : network.file.nodes) {
        const std::string home = network.folder.home(node.name);
        const bool runs = running_process(home).has_value();
        starts.push_back({node.name, runs, {}});
        if (runs) continue;
        missing.push_back(node);
        processes.emplace_back(home, options);
    }
    StartPatience patience;
    patience.answering_ms = k_answering_ms;
    patience.may_fail = network.file.nodes.size() - quorum_of(network.file);
    const std::vector<Status> outcomes = start_nodes(network.folder, missing, processes, patience);
    std::size_t running = starts.size() - missing.size();
    for (std::size_t i = 0; i < missing.size(); ++i) {
        const auto start = std::find_if(starts.begin(), starts.end(), [&](const NodeStart& entry) {
            return entry.node == missing[i].name;
        });
        start->started = outcomes[i];
        if (outcomes[i]) ++running;
    }
    if (running >= quorum_of(network.file)) {
        for (NodeProcess& process : processes) process.leave_running();
    }
    return starts;
}

Error still_runs(std::string nodes) { return Error{codes::node_not_stopped, std::move(nodes)}; }

std::vector<NodeStop> stop_nodes(const HeldNetwork& network,
                                 const std::vector<std::string>& nodes) {
    std::vector<NodeStop> stops;
    for (const std::string& node : nodes) stops.push_back({node, StopOutcome::did_not_run, 0});
    std::vector<Stopping> stopping;
    for (NodeStop& stop : stops) {
        const std::string home = network.folder.home(stop.node);
        const io::LockHolder holder = running_process(home);
        if (!holder) continue;
        stop.process = *holder;
        stop.outcome = StopOutcome::refused;
        if (*holder == 0) continue;
        ForeignProcess process(*holder);
        // Looked at again now that the number is held: it may have ended meanwhile.
        if (running_process(home) != holder) {
            stop.outcome = StopOutcome::stopped;
            continue;
        }
        // A paused process takes the request only once it goes on.
        if (!process.send_signal(SIGTERM) || !process.send_signal(SIGCONT)) continue;
        stopping.push_back({stop, std::move(process)});
    }
    const auto deadline = Clock::now() + k_stop_timeout;
    for (Stopping& one : stopping) {
        one.stop.outcome = StopOutcome::stopped;
        if (one.process.ends_within(milliseconds_until(deadline))) continue;
        one.process.send_signal(SIGKILL);
        const bool ended = one.process.ends_within(k_kill_timeout_ms);
        one.stop.outcome = ended ? StopOutcome::killed : StopOutcome::refused;
    }
    return stops;
}

ProcessState process_state(const std::string& home) {
    if (const io::LockHolder process = running_process(home)) {
        return *process != 0 && is_paused(*process) ? ProcessState::paused : ProcessState::running;
    }
    // A process that ends in order empties the file.
    std::error_code error;
    const auto size = std::filesystem::file_size(io::NodeHome{home}.process_id(), error);
    return error || size == 0 ? ProcessState::stopped : ProcessState::ended;
}

}  // namespace cityledger::sim
