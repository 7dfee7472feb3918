// bench: rounds of load on a network, and what came of them.

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sim/bench/bench.hpp"
#include "sim/bench/bench_codes.hpp"
#include "sim/bench/compare.hpp"
#include "sim/bench/machine.hpp"
#include "sim/bench/report_csv.hpp"
#include "sim/bench/report_html.hpp"
#include "sim/bench/report_text.hpp"
#include "sim/bench/round_summary.hpp"
#include "sim/cli/commands.hpp"
#include "sim/launch/interruption.hpp"
#include "sim/launch/node_process.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr int k_exit_gate = 1;
constexpr int k_exit_usage = 2;
constexpr int k_exit_environment = 3;
constexpr std::uint64_t k_megabyte = 1'000'000;
constexpr std::uint64_t k_preparation_s = 20;  ///< launch, enrolment, ceilings, sealing: a guess

std::atomic<bool> interrupted = false;

/// The first Ctrl-C ends the round and writes what there is; the second ends the program.
void watch_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::thread([set] {
        int signal = 0;
        while (::sigwait(&set, &signal) == 0) {
            if (interrupted.exchange(true)) {
                kill_all_children();
                ::_exit(k_exit_interrupted);
            }
            std::fprintf(stderr, "\n%s\n", said("bench.interrupted").c_str());
        }
    }).detach();
}

int fail(const Error& error, int exit_code) {
    std::fprintf(stderr, "cityledger: %s\n", message_of(error).c_str());
    return exit_code;
}

/// One line that is written over on a terminal; elsewhere a line for each new activity.
class ProgressLine {
public:
    void tell(const bench::BenchProgress& progress) {
        const std::string line = text_of(progress);
        if (terminal_) {
            std::fprintf(stderr, "\r\033[K%s", line.c_str());
            std::fflush(stderr);
            return;
        }
        const auto now = std::pair(progress.round, progress.activity);
        if (told_ && *told_ == now) return;
        told_ = now;
        std::fprintf(stderr, "%s\n", line.c_str());
    }
    void end() const {
        if (terminal_) std::fprintf(stderr, "\r\033[K");
    }

private:
    static std::string text_of(const bench::BenchProgress& progress) {
        const std::string place = said(
            "bench.place",
            {std::to_string(progress.round + 1), std::to_string(progress.rounds), progress.label});
        constexpr std::string_view k_words[] = {"launching", "enrolling",   "measuring",
                                                "preparing", "calibrating", "filling",
                                                "sending"};
        const std::string word(k_words[static_cast<std::size_t>(progress.activity)]);
        if (progress.activity != bench::Activity::sending) {
            const std::string part = progress.all == 0 ? ""
                                                       : " " + bench::grouped(progress.done) + "/" +
                                                             bench::grouped(progress.all);
            return place + said("bench." + word) + part;
        }
        const bench::RoundState& state = progress.state;
        const std::uint64_t seconds = std::max<std::uint64_t>(state.elapsed_ms / 1'000, 1);
        const std::uint64_t left_ms =
            progress.left_ms - std::min(progress.left_ms, state.elapsed_ms);
        return place +
               said("bench.sending", {std::to_string(state.elapsed_ms / 1'000),
                                      std::to_string(progress.round_ms / 1'000),
                                      bench::grouped(state.committed / seconds),
                                      bench::grouped(state.open), std::to_string(left_ms / 1'000)});
    }

    const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    std::optional<std::pair<std::size_t, bench::Activity>> told_;
};

Result<bench::Plan> plan_of(const BenchCommandOptions& options) {
    using bench::Workload;
    if (options.what == "invoice" || options.what == "directory") {
        return *bench::profile_plan(options.profile, options.what == "invoice"
                                                         ? Workload::sealed_invoice
                                                         : Workload::directory_request);
    }
    return bench::read_plan_file(options.what);
}

/// bench-2026-11-26-104012
std::string default_folder() {
    std::string name = "bench-" + bench::utc_now().substr(0, 19);
    std::replace(name.begin(), name.end(), ' ', '-');
    std::erase(name, ':');
    return name;
}

std::string command_line(const BenchCommandOptions& options, const std::string& plan) {
    std::string line = "cityledger bench " + options.what;
    if (options.what == "invoice" || options.what == "directory") line += " --profile " + plan;
    if (options.world != "local") line += " --world " + options.world;
    if (!options.network.empty()) line += " --network " + options.network;
    return line + " --seed " + std::to_string(options.seed);
}

void describe(const BenchCommandOptions& options, const std::string& folder,
              bench::BenchResult& result) {
    result.command = command_line(options, result.name);
    result.machine = bench::this_machine(folder);
    result.labels.clear();
    const std::string label = bench::file_system_label(result.machine);
    if (!label.empty()) result.labels.push_back(label);
    if (options.world == "virtual") {
        result.labels.emplace_back("virtual time: the figures say nothing of this machine's speed");
    }
    if (!options.daemon.empty()) result.labels.push_back("the nodes ran " + options.daemon);
    if (!options.network.empty()) {
        result.labels.emplace_back("ceilings are of the machine that sent, not of the network's");
    }
}

Error report_failed(std::string path) {
    return Error{bench::codes::bench_report_failed, std::move(path)};
}

Status write_all(const std::string& folder, const bench::BenchResult& result) {
    const std::pair<std::string, std::string> files[] = {
        {"result.json", ledger::pretty_json(ledger::to_json(result)) + "\n"},
        {"seconds.csv", bench::seconds_csv(result)},
        {"latency.csv", bench::buckets_csv(result)},
        {"report.html", bench::report_html(result)}};
    for (const auto& [name, text] : files) {
        const std::string path = folder + "/" + name;
        std::ofstream file(path + ".part", std::ios::binary);
        file << text;
        file.close();
        std::error_code problem;
        if (file) fs::rename(path + ".part", path, problem);
        if (!file || problem) {
            return tl::unexpected<Error>(report_failed(path));
        }
    }
    return {};
}

/// With --resume, the rounds that an earlier run has ended.
Result<std::vector<bench::RoundResult>> rounds_done(const BenchCommandOptions& options,
                                                    const std::string& folder) {
    const std::string path = folder + "/result.json";
    std::vector<bench::RoundResult> done;
    if (!options.resume || !fs::exists(path)) return done;
    auto read = bench::read_result(path);
    if (!read) return propagate(read);
    for (bench::RoundResult& round : read->rounds) {
        if (!round.interrupted) done.push_back(std::move(round));
    }
    return done;
}

Result<bench::BenchOptions> options_of(const BenchCommandOptions& options,
                                       const std::string& folder) {
    bench::BenchOptions run;
    run.folder = folder;
    run.network = options.network;
    run.in_virtual_time = options.world == "virtual";
    run.daemon = options.daemon;
    run.seed = options.seed;
    run.keep = options.keep;
    run.interrupted = &interrupted;
    auto done = rounds_done(options, folder);
    if (!done) return propagate(done);
    run.done = *std::move(done);
    return run;
}

/// Before anything runs: how long it takes, and what it needs.
void announce(const bench::Plan& plan, const std::string& folder) {
    std::fprintf(stderr, "%s\n",
                 said("bench.begins",
                      {plan.name, std::to_string(plan.rounds.size()),
                       std::to_string(bench::sending_ms(plan) / 1'000 + k_preparation_s),
                       bench::grouped(bench::expected_disk_bytes(plan) / k_megabyte), folder})
                     .c_str());
}

/// Runs the plan; the files are written after each round, so that an end of the program loses the
/// running round alone.
Result<bench::BenchResult> run_and_write(const BenchCommandOptions& options,
                                         const bench::Plan& plan, const bench::BenchOptions& run) {
    ProgressLine line;
    const std::string started = bench::utc_now();
    const auto complete = [&](bench::BenchResult& result) {
        result.started = started;
        describe(options, run.folder, result);
    };
    bench::BenchObserver observer;
    observer.on_progress = [&line](const bench::BenchProgress& progress) { line.tell(progress); };
    observer.on_round = [&](const bench::BenchResult& so_far) {
        bench::BenchResult result = so_far;
        complete(result);
        static_cast<void>(write_all(run.folder, result));  // written again, and judged, at the end
    };
    auto result = bench::run_bench(plan, run, observer);
    line.end();
    if (!result) return result;
    complete(*result);
    if (const Status written = write_all(run.folder, *result); !written) return propagate(written);
    return result;
}

/// Prints the result, the comparison and what the gate found; the exit code of the command.
int conclude(const BenchCommandOptions& options, const bench::BenchResult& result,
             const bench::BenchResult* earlier) {
    if (options.json) {
        std::printf("%s\n", ledger::pretty_json(ledger::to_json(result)).c_str());
    } else {
        std::printf("%s", bench::result_table(result).c_str());
        if (earlier != nullptr) {
            const std::string text = bench::comparison_text(bench::compare(*earlier, result));
            std::printf("\n%s", text.c_str());
        }
    }
    std::fflush(stdout);  // what the gate says comes after it
    if (result.interrupted) return k_exit_interrupted;
    if (!options.gate) return 0;
    const std::vector<std::string> failures = bench::gate_failures(result, earlier);
    for (const std::string& reason : failures) {
        std::fprintf(stderr, "%s\n", said("bench.gate.failed", {reason}).c_str());
    }
    if (failures.empty()) std::fprintf(stderr, "%s\n", said("bench.gate.passed").c_str());
    return failures.empty() ? 0 : k_exit_gate;
}

}  // namespace

int run_bench_command(const BenchCommandOptions& options) {
    const auto plan = plan_of(options);
    if (!plan) return fail(plan.error(), k_exit_usage);
    std::optional<bench::BenchResult> earlier;
    if (!options.against.empty()) {
        auto read = bench::read_result(options.against);
        if (!read) return fail(read.error(), k_exit_usage);
        earlier = *std::move(read);
    }
    const std::string folder = options.out.empty() ? default_folder() : options.out;
    std::error_code problem;
    fs::create_directories(folder, problem);
    if (problem) return fail(report_failed(folder + ": " + problem.message()), k_exit_environment);
    auto run = options_of(options, fs::absolute(folder).lexically_normal().string());
    if (!run) return fail(run.error(), k_exit_usage);
    if (const Status fine = bench::check_plan(*plan, *run); !fine) {
        return fail(fine.error(), k_exit_environment);
    }
    announce(*plan, folder);
    watch_signals();
    const auto result = run_and_write(options, *plan, *run);
    if (!result) return fail(result.error(), k_exit_environment);
    return conclude(options, *result, earlier ? &*earlier : nullptr);
}

}  // namespace cityledger::sim
