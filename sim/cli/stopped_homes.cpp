#include "sim/cli/stopped_homes.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "node/io/config_files.hpp"
#include "sim/launch/interruption.hpp"
#include "sim/launch/network_folder.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto k_draw_interval = std::chrono::milliseconds(200);
/// A guess of the time left that is made earlier is none.
constexpr auto k_guess_after = std::chrono::seconds(2);

/// One line on the terminal, for one stage after the other.
class AuditLine {
public:
    explicit AuditLine(std::string node) : node_(std::move(node)) {}
    ~AuditLine() {
        if (drawn_) std::fprintf(stderr, "\r\033[K");
    }
    AuditLine(const AuditLine&) = delete;
    AuditLine& operator=(const AuditLine&) = delete;

    void tell(io::AuditStage stage, std::uint64_t done, std::uint64_t all) {
        const Clock::time_point now = Clock::now();
        if (stage != stage_ || began_ == Clock::time_point()) {
            stage_ = stage;
            began_ = now;
        }
        if (!terminal_ || now - last_ < k_draw_interval) return;
        last_ = now;
        draw(now - began_, done, all);
    }

private:
    void draw(Clock::duration spent, std::uint64_t done, std::uint64_t all) {
        const std::string percent = std::to_string(100 * done / std::max<std::uint64_t>(all, 1));
        std::string text = stage_ == io::AuditStage::log
                               ? said("audit.reading", {node_, percent})
                               : said("audit.executing", {node_, percent});
        if (done > 0 && spent > k_guess_after) {
            const auto spent_s = std::chrono::duration_cast<std::chrono::seconds>(spent).count();
            const std::uint64_t left_s =
                static_cast<std::uint64_t>(spent_s) * (all - std::min(all, done)) / done;
            text += said("progress.left", {std::to_string(left_s + 1)});
        }
        std::fprintf(stderr, "\r\033[K%s", text.c_str());
        drawn_ = true;
    }

    const std::string node_;
    const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    io::AuditStage stage_ = io::AuditStage::log;
    Clock::time_point began_;
    Clock::time_point last_;
    bool drawn_ = false;
};

Result<std::vector<std::string>> homes_at(const std::string& path) {
    const NetworkFolder folder = folder_at(path);
    std::error_code ignored;
    const bool is_network = fs::exists(folder.file(), ignored);
    if (!is_network && fs::exists(io::NodeHome{folder.path}.config(), ignored)) {
        return std::vector<std::string>{folder.path};
    }
    const auto network = read_network(folder);
    if (!network) return propagate(network);
    std::vector<std::string> homes;
    for (const NodeAddress& node : network->nodes) homes.push_back(folder.home(node.name));
    return homes;
}

}  // namespace

Result<std::vector<io::HeldHome>> hold_homes(const std::string& path) {
    const auto homes = homes_at(path);
    if (!homes) return propagate(homes);
    std::vector<io::HeldHome> held;
    for (const std::string& home : *homes) {
        auto one = io::HeldHome::hold({home});
        if (!one) return propagate(one);
        held.push_back(*std::move(one));
    }
    return held;
}

Result<WorkFolder> WorkFolder::make() {
    std::error_code error;
    std::string pattern = (fs::temp_directory_path(error) / "cityledger-audit-XXXXXX").string();
    if (error || ::mkdtemp(pattern.data()) == nullptr) {
        return tl::unexpected<Error>(io::unwritable(pattern, "no folder can be made there"));
    }
    return WorkFolder(pattern);
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<io::AuditReport> audit_stopped(const io::HeldHome& home, std::optional<std::uint64_t> at) {
    Interruption interruption;
    const auto work = WorkFolder::make();
    if (!work) return propagate(work);
    interruption.clean_up_with([path = work->path()] {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    });
    AuditLine line(fs::path(home.home().folder).filename().string());
    io::AuditOptions options;
    options.at = at;
    options.work_folder = work->path();
    options.progress = [&line](io::AuditStage stage, std::uint64_t done, std::uint64_t all) {
        line.tell(stage, done, all);
    };
    return io::audit_home(home, options);
}

}  // namespace cityledger::sim
