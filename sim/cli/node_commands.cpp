// status, and what is done to single nodes: kill, pause, resume, restart, logs.

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <fstream>
#include <thread>

#include "node/io/config.hpp"
#include "node/io/logging.hpp"
#include "sim/cli/comet.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/launch/interruption.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t k_status_timeout_ms = 1'000;
constexpr std::uint64_t k_signal_timeout_ms = 5'000;
constexpr auto k_poll_interval = std::chrono::milliseconds(5);
constexpr auto k_follow_interval = std::chrono::milliseconds(200);

/// The state in which a signal leaves the node's process.
ProcessState state_after(int signal) {
    if (signal == SIGKILL) return ProcessState::ended;
    return signal == SIGSTOP ? ProcessState::paused : ProcessState::running;
}

/// Waits: what is said when the command ends should be what `ps` shows.
bool reaches(const std::string& home, ProcessState wanted) {
    const auto deadline = Clock::now() + std::chrono::milliseconds(k_signal_timeout_ms);
    while (process_state(home) != wanted) {
        if (Clock::now() > deadline) return false;
        std::this_thread::sleep_for(k_poll_interval);
    }
    return true;
}

/// One node's log, read on from where it was left.
class LogReader {
public:
    explicit LogReader(const io::NodeHome& home) : path_(home.node_log()) {
        for (std::size_t age = io::k_old_log_files; age > 0; --age) {
            files_.push_back(open_log(home.old_node_log(age)));
        }
        files_.push_back(open_log(path_));
    }

    /// The next whole line, if there is one; a line that is still being written waits.
    std::optional<std::string> next() {
        while (true) {
            if (auto line = next_of(files_.front().stream)) return line;
            if (files_.size() == 1) {
                // The log has made room: what follows stands in a new file of its name.
                auto current = open_log(path_);
                if (current.id == files_.front().id) return std::nullopt;
                files_.push_back(std::move(current));
            }
            files_.pop_front();
        }
    }

private:
    struct LogFile {
        std::ifstream stream;
        ino_t id = 0;
    };

    static LogFile open_log(const std::string& path) {
        struct stat information {};
        const bool is_there = ::stat(path.c_str(), &information) == 0;
        return {std::ifstream(path), is_there ? information.st_ino : 0};
    }

    static std::optional<std::string> next_of(std::ifstream& stream) {
        const auto place = stream.tellg();
        std::string line;
        if (std::getline(stream, line) && !stream.eof()) return line;
        stream.clear();
        stream.seekg(place);
        return std::nullopt;
    }

    std::string path_;
    std::deque<LogFile> files_;  ///< the oldest first
};

/// "ts=2026-11-26T10:00:00.123+0000": sorts as text.
std::string_view time_of(std::string_view line) { return line.substr(0, line.find(' ')); }

/// The lines that are new, each node's after the other's or all in the order of their time.
std::vector<std::string> new_lines(std::deque<LogReader>& readers, bool by_time) {
    std::vector<std::string> lines;
    for (LogReader& reader : readers) {
        while (auto line = reader.next()) lines.push_back(*std::move(line));
    }
    const auto earlier = [](const std::string& a, const std::string& b) {
        return time_of(a) < time_of(b);
    };
    if (by_time) std::stable_sort(lines.begin(), lines.end(), earlier);
    return lines;
}

void print(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

}  // namespace

int run_status(const std::string& path, bool json, bool why) {
    const NetworkFolder folder = folder_at(path);
    const auto network = read_network(folder, Engines::any);
    if (!network) return fail(network.error());
    if (network->engine) return status_comet(folder, *network, json);
    const NetworkAnswers answers = ask_nodes(folder, *network, k_status_timeout_ms);
    const NetworkHealth health = health_of(answers);
    if (!json) {
        print_nodes(answers);
        std::printf("\n%s\n%s\n", said("status.engine", {std::string(k_own_engine)}).c_str(),
                    words_of(health).c_str());
        if (why) std::printf("%s\n", words_of_links(answers).c_str());
        return health.exit_code;
    }
    boost::json::array nodes;
    for (const auto& [node, status, process, process_id] : answers) {
        boost::json::object entry = ledger::to_json(node).as_object();
        entry["engine"] = k_own_engine;
        entry["process"] = ledger::to_json(process);
        entry["process_id"] = process_id;
        entry["status"] = status ? ledger::to_json(*status) : boost::json::value(nullptr);
        nodes.push_back(std::move(entry));
    }
    std::printf("%s\n", ledger::pretty_json(nodes).c_str());
    return health.exit_code;
}

int run_signal(const std::string& path, const std::string& name, int signal) {
    const NetworkFolder folder = folder_at(path);
    const auto network = read_network(folder);
    if (!network) return fail(network.error());
    const auto node = find_node(*network, name);
    if (!node) return fail(node.error());
    const std::string home = folder.home(node->name);
    const io::LockHolder process = running_process(home);
    if (!process) return fail(refuse(codes::node_not_running, node->name).value());
    const ForeignProcess held(*process);
    const bool sent = *process != 0 && held.send_signal(signal);
    const bool ended = signal != SIGKILL || held.ends_within(k_signal_timeout_ms);
    if (!sent || !ended || !reaches(home, state_after(signal))) {
        return fail(still_runs(node->name));
    }
    const char* const id = signal == SIGKILL   ? "node.killed"
                           : signal == SIGSTOP ? "node.paused"
                                               : "node.resumed";
    std::printf("%s\n", said(id, {node->name, std::to_string(*process)}).c_str());
    return 0;
}

int run_restart(const RestartOptions& options) {
    const NetworkFolder folder = folder_at(options.folder);
    Interruption interruption;
    const auto network = hold_network(folder);
    if (!network) return fail(network.error());
    const auto node = find_node(network->file, options.node);
    if (!node) return fail(node.error());
    const std::vector<NodeStop> stops = stop_nodes(*network, {node->name});
    if (stops.front().outcome == StopOutcome::refused) return fail(still_runs(node->name));
    LaunchOptions launch;
    launch.daemon = options.daemon;
    launch.background = true;
    std::vector<NodeProcess> processes;
    processes.emplace_back(folder.home(node->name), launch);
    StartPatience patience;
    patience.answering_ms = k_answering_ms;
    const std::vector<Status> started = start_nodes(folder, {*node}, processes, patience);
    if (!started.front() && !processes.front().running()) return fail(started.front().error());
    const pid_t process = processes.front().process_id().value_or(0);
    processes.front().leave_running();
    if (!started.front()) return fail(started.front().error());
    std::printf("%s\n", said("node.restarted", {node->name, std::to_string(process)}).c_str());
    return 0;
}

int run_logs(const LogsOptions& options) {
    const NetworkFolder folder = folder_at(options.folder);
    const auto network = read_network(folder);
    if (!network) return fail(network.error());
    std::deque<LogReader> readers;
    for (const NodeAddress& node : network->nodes) {
        if (!options.node.empty() && node.name != options.node) continue;
        readers.emplace_back(io::NodeHome{folder.home(node.name)});
    }
    if (readers.empty()) return fail(find_node(*network, options.node).error());
    print(new_lines(readers, options.merge || options.follow));
    while (options.follow) {
        std::this_thread::sleep_for(k_follow_interval);
        print(new_lines(readers, true));
    }
    return 0;
}

}  // namespace cityledger::sim
