// replay: runs scenarios in one of the three worlds.

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>

#include "sim/cli/colour.hpp"
#include "sim/cli/commands.hpp"
#include "sim/launch/interruption.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/launch/network_maker.hpp"
#include "sim/launch/purge.hpp"
#include "sim/runner/runner.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/simulator/virtual_world.hpp"
#include "sim/worlds/comet_world.hpp"
#include "sim/worlds/local_world.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr auto k_progress_interval = std::chrono::milliseconds(200);
constexpr std::uint64_t k_guess_after_ms = 2'000;  // before, the time left is a wild guess

std::uint64_t milliseconds_now() {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                          std::chrono::steady_clock::now().time_since_epoch())
                                          .count());
}

/// One line on standard error that is written over and over, also while a receipt is awaited;
/// nothing if that is no terminal.
class Progress {
public:
    Progress() {
        if (terminal_) ticker_ = std::thread([this] { tick(); });
    }
    ~Progress() {
        if (!terminal_) return;
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        wake_.notify_all();
        ticker_.join();
        clear_line();
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void tell(const Step& step, std::uint64_t done, std::uint64_t all) {
        const std::lock_guard lock(mutex_);
        line_ = step.place.line;
        done_ = done;
        all_ = all;
    }
    /// A line of its own, above the one that moves.
    void print(const std::string& line) {
        const std::lock_guard lock(mutex_);
        clear_line();
        std::fprintf(stderr, "%s\n", line.c_str());
    }

private:
    void tick() {
        std::unique_lock lock(mutex_);
        while (!wake_.wait_for(lock, k_progress_interval, [this] { return ended_; })) {
            if (all_ > 0) draw();
        }
    }
    void draw() {
        const std::uint64_t spent_ms = milliseconds_now() - start_ms_;
        std::string text =
            said("progress", {std::to_string(done_), std::to_string(all_), std::to_string(line_),
                              std::to_string(spent_ms / 1000)});
        if (done_ > 0 && spent_ms > k_guess_after_ms) {
            const std::uint64_t left_ms = spent_ms * (all_ - std::min(all_, done_)) / done_;
            text += said("progress.left", {std::to_string(left_ms / 1000 + 1)});
        }
        std::fprintf(stderr, "\r\033[K%s", text.c_str());
        drawn_ = true;
    }
    void clear_line() {
        if (drawn_) std::fprintf(stderr, "\r\033[K");
        drawn_ = false;
    }

    const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    const std::uint64_t start_ms_ = milliseconds_now();
    std::mutex mutex_;
    std::condition_variable wake_;
    int line_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t all_ = 0;
    bool drawn_ = false;
    bool ended_ = false;
    std::thread ticker_;
};

/// The story on standard error: a line each, of many from one line of the file only the first.
class Story {
public:
    explicit Story(Progress& progress) : progress_(progress) {}
    ~Story() { end_of_place(); }
    Story(const Story&) = delete;
    Story& operator=(const Story&) = delete;

    void tell(Place place, const std::string& sentence) {
        if (place.line != line_) end_of_place();
        line_ = place.line;
        if (++told_ > k_told_of_one_place) return;
        print(to_width_right(std::to_string(place.line), k_line_columns) + "  " + sentence);
    }

private:
    static constexpr std::size_t k_told_of_one_place = 3;
    static constexpr std::size_t k_line_columns = 5;

    void end_of_place() {
        if (told_ > k_told_of_one_place) {
            print(std::string(k_line_columns + 2, ' ') +
                  said("story.more", {std::to_string(told_ - k_told_of_one_place)}));
        }
        told_ = 0;
    }
    void print(const std::string& line) const {
        std::string shown = to_width(line, k_terminal_columns);
        while (!shown.empty() && shown.back() == ' ') shown.pop_back();
        progress_.print(shown);
    }

    Progress& progress_;
    int line_ = 0;
    std::size_t told_ = 0;
};

/// Where one run's local network goes: --dir, or a place in the folder for temporary files.
Result<NetworkFolder> run_folder(const std::string& chosen) {
    if (!chosen.empty()) return folder_at(chosen);
    std::string path = (fs::temp_directory_path() / "cityledger-XXXXXX").string();
    // A name that is free: the network is put there in one step, over the empty folder.
    if (::mkdtemp(path.data()) == nullptr) return tl::unexpected<Error>(folder_unusable(path));
    return NetworkFolder{path};
}

/// As it was before the run: a temporary folder is gone, a chosen one that was there is there.
void leave_folder(const ReplayOptions& options, const NetworkFolder& folder, bool was_there) {
    std::error_code ignored;
    if (options.folder.empty()) {
        fs::remove(folder.path, ignored);
    } else if (was_there) {
        fs::create_directory(folder.path, ignored);
    }
}

Result<std::unique_ptr<World>> make_local(const Scenario& scenario, const ReplayOptions& options,
                                          const NetworkFolder& folder) {
    NetworkOptions made{default_validity(), std::nullopt, {}};
    CometPrograms programs;
    if (options.engine == k_comet_engine) {
        auto found = find_comet_programs();
        if (!found) return propagate(found);
        programs = *std::move(found);
        made.cometbft = programs.cometbft;
    }
    auto network = [&] {
        const Interruption::Shield shield;
        return create_network(folder, make_plan(scenario), made);
    }();
    if (!network) return propagate(network);
    if (network->file.engine) {
        return CometWorld::launch(*std::move(network), programs, options.keep);
    }
    LocalOptions local;
    local.keep = options.keep;
    local.launch.daemon = options.daemon;
    return LocalWorld::launch(*std::move(network), std::move(local));
}

Result<std::unique_ptr<World>> make_other(const Scenario& scenario, const ReplayOptions& options) {
    const WorldPlan plan = make_plan(scenario);
    if (options.world == "virtual") {
        VirtualOptions virtual_options;
        virtual_options.replay_command = "cityledger replay " + scenario.file +
                                         " --world virtual --seed " + std::to_string(scenario.seed);
        return make_virtual_world(plan, virtual_options);
    }
    auto world = make_remote_world(options.network, options.actors);
    if (!world) return propagate(world);
    const Status fits = (*world)->check_fits(plan, options.used);
    if (!fits) return propagate(fits);
    const Status enrolled = (*world)->enrol_missing_members(plan);
    if (!enrolled) return propagate(enrolled);
    return *std::move(world);
}

Report run_in(const Scenario& scenario, Result<std::unique_ptr<World>> world,
              const ReplayOptions& options) {
    if (!world) return report_of_error(scenario.file, world.error());
    Progress progress;
    Story story(progress);
    RunOptions run_options;
    run_options.invert = options.invert;
    run_options.until = options.until;
    run_options.clock = milliseconds_now;
    run_options.on_progress = [&progress](const Step& step, std::uint64_t done, std::uint64_t all) {
        progress.tell(step, done, all);
    };
    if (!options.quiet && !options.json) {
        run_options.on_story = [&story](Place place, const std::string& sentence) {
            story.tell(place, sentence);
        };
    }
    return run(scenario, **world, run_options);
}

/// What failed in red, a passed outcome in green.
std::string toned_report(const std::string& report) {
    const std::string failed = said("report.expected", {"", ""});
    const std::string mark = failed.substr(0, failed.find(' '));
    const std::string passed = said("outcome.passed");
    std::string toned_text;
    std::istringstream lines(report);
    for (std::string line; std::getline(lines, line);) {
        const bool bad = line.starts_with(mark);
        const bool good = !line.starts_with(" ") && line.ends_with(passed);
        toned_text += (bad ? toned(Tone::bad, line) : good ? toned(Tone::good, line) : line) + "\n";
    }
    return toned_text;
}

/// Where the register's key of a running network is; empty: the run makes its network.
std::string register_path(const ReplayOptions& options) {
    if (!options.register_key.empty()) return options.register_key;
    if (options.world != "remote") return {};
    const bool is_address = options.network.find("://") != std::string::npos;
    return (is_address ? NetworkFolder{options.network} : folder_at(options.network))
        .register_key();
}

/// The scenario, with who is who. A network that stays has a secret of its own, since the seed is
/// printed. What leaves nothing behind takes the register of the seed: worlds can be compared.
ScenarioOrProblems scenario_for(const std::string& file, const ReplayOptions& options) {
    const std::string path = register_path(options);
    std::optional<Register> secrets;
    if (path.empty()) {
        if (options.world == "local" && options.keep) secrets = Register(fresh_register_secret());
        return check_scenario_file(file, options.settings, secrets);
    }
    const auto secret = read_register_key(path);
    if (secret) secrets = Register(*secret);
    auto scenario = check_scenario_file(file, options.settings, secrets);
    // An open chain needs none.
    if (scenario && scenario->secrets && !secret) {
        return tl::unexpected<std::vector<Error>>({secret.error()});
    }
    return scenario;
}

Report replay_one(const std::string& file, const ReplayOptions& options,
                  Interruption& interruption) {
    auto scenario = scenario_for(file, options);
    if (!scenario) {
        // The report has the first.
        for (std::size_t i = 1; i < scenario.error().size(); ++i) {
            std::fprintf(stderr, "%s\n", message_of(scenario.error()[i]).c_str());
        }
        return report_of_error(file, scenario.error().front());
    }
    if (options.seed) scenario->seed = *options.seed;
    // Before anything runs: an interrupted or endless run can be repeated too.
    std::fprintf(stderr, "%s\n",
                 said("replay.begins", {scenario->name, said("world." + options.world),
                                        std::to_string(scenario->seed)})
                     .c_str());
    if (options.world != "local") {
        return run_in(*scenario, make_other(*scenario, options), options);
    }
    const auto folder = run_folder(options.folder);
    if (!folder) return report_of_error(file, folder.error());
    std::error_code ignored;
    const bool was_there = fs::exists(folder->path, ignored);
    if (options.keep) {
        std::fprintf(stderr, "%s\n", said("replay.kept", {folder->path}).c_str());
    } else {
        interruption.clean_up_with([&] {
            purge_network(*folder);
            leave_folder(options, *folder, was_there);
        });
    }
    const Report report = run_in(*scenario, make_local(*scenario, options, *folder), options);
    interruption.clean_up_with({});
    if (!options.keep) leave_folder(options, *folder, was_there);
    return report;
}

}  // namespace

int run_replay(const ReplayOptions& options) {
    Interruption interruption;
    std::vector<Report> reports;
    int exit_code = 0;
    for (const std::string& file : options.files) {
        reports.push_back(replay_one(file, options, interruption));
        reports.back().network = options.network;
        reports.back().engine = options.engine;
        if (!options.json) {
            std::printf("%s\n", toned_report(report_text(reports.back())).c_str());
            std::fflush(stdout);
        }
        exit_code = std::max(exit_code, reports.back().exit_code());
    }
    if (options.json) std::printf("%s\n", reports_json(reports).c_str());
    return exit_code;
}

}  // namespace cityledger::sim
