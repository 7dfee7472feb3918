// replay: runs scenarios in one of the three worlds.

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "sim/bench/terminal_text.hpp"
#include "sim/cli/commands.hpp"
#include "sim/launch/interruption.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/launch/network_maker.hpp"
#include "sim/launch/purge.hpp"
#include "sim/runner/runner.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/simulator/virtual_world.hpp"
#include "sim/worlds/local_world.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_progress_interval_ms = 200;
constexpr std::uint64_t k_guess_after_ms = 2'000;  // before, the time left is a wild guess

std::uint64_t milliseconds_now() {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                          std::chrono::steady_clock::now().time_since_epoch())
                                          .count());
}

/// One line on standard error that is written over and over; nothing if that is no terminal.
class Progress {
public:
    void tell(const Step& step, std::uint64_t done, std::uint64_t all) {
        const std::uint64_t now_ms = milliseconds_now();
        if (!terminal_ || now_ms - told_ms_ < k_progress_interval_ms) return;
        told_ms_ = now_ms;
        const std::uint64_t spent_ms = now_ms - start_ms_;
        std::string line =
            said("progress", {std::to_string(done), std::to_string(all),
                              std::to_string(step.place.line), std::to_string(spent_ms / 1000)});
        if (done > 0 && spent_ms > k_guess_after_ms) {
            const std::uint64_t left_ms = spent_ms * (all - std::min(all, done)) / done;
            line += said("progress.left", {std::to_string(left_ms / 1000 + 1)});
        }
        std::fprintf(stderr, "\r\033[K%s", line.c_str());
    }
    ~Progress() { clear(); }
    void clear() const {
        if (terminal_ && told_ms_ > 0) std::fprintf(stderr, "\r\033[K");
    }

private:
    const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    const std::uint64_t start_ms_ = milliseconds_now();
    std::uint64_t told_ms_ = 0;
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
        print(bench::to_width_right(std::to_string(place.line), k_line_columns) + "  " + sentence);
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
        progress_.clear();
        std::string shown = bench::to_width(line, bench::k_terminal_columns);
        while (!shown.empty() && shown.back() == ' ') shown.pop_back();
        std::fprintf(stderr, "%s\n", shown.c_str());
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
    auto network = [&] {
        const Interruption::Shield shield;
        return create_network(folder, make_plan(scenario), {default_validity(), std::nullopt});
    }();
    if (!network) return propagate(network);
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

Report replay_one(const std::string& file, const ReplayOptions& options,
                  Interruption& interruption) {
    auto scenario = check_scenario_file(file, options.settings);
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
    int exit_code = 0;
    for (const std::string& file : options.files) {
        const Report report = replay_one(file, options, interruption);
        const std::string text = options.json ? report_json(report) : report_text(report);
        std::printf("%s\n", text.c_str());
        std::fflush(stdout);
        exit_code = std::max(exit_code, report.exit_code());
    }
    return exit_code;
}

}  // namespace cityledger::sim
