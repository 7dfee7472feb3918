// doctor: what would keep a network on this machine from running well, each with its remedy.

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "node/api/version.hpp"
#include "node/io/config.hpp"
#include "sim/bench/round_summary.hpp"
#include "sim/cli/colour.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/launch/certificate_office.hpp"
#include "sim/launch/network_maker.hpp"
#include "sim/launch/node_process.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr int k_exit_findings = 1;
constexpr rlim_t k_wanted_descriptors = 1024;
constexpr std::uint64_t k_megabyte = 1'000'000;
/// A log segment and what the state store writes at once, for each node of a few.
constexpr std::uint64_t k_low_disk_bytes = 1'000 * k_megabyte;
constexpr std::uint64_t k_least_disk_bytes = 200 * k_megabyte;
constexpr std::int64_t k_seconds_per_day = 24 * 60 * 60;
constexpr std::array<std::int64_t, 3> k_warning_days = {1, 7, 30};
constexpr mode_t k_of_others = 077;

enum class Verdict : std::uint8_t { fine, warning, failure };

/// Prints findings as they are made; remembers the worst.
class Examination {
public:
    void tell(Verdict verdict, std::string_view subject, const std::string& text) {
        constexpr std::string_view words[] = {"ok", "warn", "FAIL"};
        constexpr Tone tones[] = {Tone::good, Tone::odd, Tone::bad};
        const std::string word(words[static_cast<std::size_t>(verdict)]);
        std::string lines = named_lines(to_width(word, 6) + std::string(subject), 20, text);
        lines.replace(2, word.size(), toned(tones[static_cast<std::size_t>(verdict)], word));
        std::fputs(lines.c_str(), stdout);
        worst_ = std::max(worst_, verdict);
    }
    void fine(std::string_view subject, const std::string& text) {
        tell(Verdict::fine, subject, text);
    }
    [[nodiscard]] Verdict worst() const { return worst_; }

private:
    Verdict worst_ = Verdict::fine;
};

/// What the daemon prints for --version, without its own name.
std::string version_of(const std::string& daemon) {
    FILE* const pipe = ::popen(("'" + daemon + "' --version 2>/dev/null").c_str(), "r");
    if (pipe == nullptr) return {};
    std::array<char, 256> text{};
    const std::size_t size = std::fread(text.data(), 1, text.size() - 1, pipe);
    ::pclose(pipe);
    std::string version(text.data(), size);
    const std::size_t blank = version.find(' ');
    version.erase(0, blank == std::string::npos ? version.size() : blank + 1);
    while (!version.empty() && version.back() == '\n') version.pop_back();
    return version;
}

void examine_programs(Examination& examination, const std::string& wished) {
    const std::string own(api::version_of_build());
    const auto daemon = find_daemon(wished);
    if (!daemon) {
        return examination.tell(Verdict::failure, "programs", message_of(daemon.error()));
    }
    const std::string version = version_of(*daemon);
    if (version == own) return examination.fine("programs", said("doctor.version", {own}));
    examination.tell(Verdict::failure, "programs",
                     said("doctor.versions", {own, version, *daemon}));
}

void examine_descriptors(Examination& examination) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const std::string most = std::to_string(limit.rlim_max);
    if (limit.rlim_max >= k_wanted_descriptors) {
        return examination.fine("descriptors", said("doctor.descriptors", {most}));
    }
    examination.tell(Verdict::warning, "descriptors",
                     said("doctor.few_descriptors", {most, std::to_string(k_wanted_descriptors)}));
}

void examine_disk(Examination& examination, const NetworkFolder& folder) {
    fs::path place = folder.path;
    std::error_code error;
    while (!fs::exists(place, error) && place.has_relative_path()) place = place.parent_path();
    struct statvfs space {};
    if (::statvfs(place.c_str(), &space) != 0) {
        return examination.tell(Verdict::failure, "disk", said("doctor.no_disk", {folder.path}));
    }
    const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
    const std::string megabytes = bench::grouped(free / k_megabyte);
    if (free >= k_low_disk_bytes) {
        return examination.fine("disk", said("doctor.disk", {megabytes, place.string()}));
    }
    examination.tell(free < k_least_disk_bytes ? Verdict::failure : Verdict::warning, "disk",
                     said("doctor.little_disk", {megabytes, place.string()}));
}

void examine_clock(Examination& examination) {
    timex state{};
    if (::adjtimex(&state) != TIME_ERROR) return examination.fine("clock", said("doctor.clock"));
    examination.tell(Verdict::warning, "clock", said("doctor.clock_alone"));
}

std::int64_t now_unix_s() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

void examine_certificate(Examination& examination, const NetworkFile& network,
                         const std::string& node, const io::NodeHome& home) {
    const auto check_at = [&](std::int64_t time) {
        return check_certificate_of(network, node, home, time);
    };
    if (const Status now = check_at(now_unix_s()); !now) {
        return examination.tell(Verdict::failure, node, message_of(now.error()));
    }
    for (const std::int64_t days : k_warning_days) {
        if (check_at(now_unix_s() + days * k_seconds_per_day)) continue;
        return examination.tell(
            Verdict::warning, node,
            said("doctor.certificate_ends", {std::to_string(days), own_name()}));
    }
    examination.fine(node, said("doctor.certificate"));
}

void examine_home(Examination& examination, const NetworkFolder& folder, const NetworkFile& network,
                  const NodeAddress& node) {
    const io::NodeHome home{folder.home(node.name)};
    examine_certificate(examination, network, node.name, home);
    for (const std::string& key : {home.validator_key(), home.certificate_key()}) {
        struct stat information {};
        const bool there = ::stat(key.c_str(), &information) == 0;
        if (there && (information.st_mode & k_of_others) == 0) continue;
        examination.tell(Verdict::failure, node.name, said("doctor.key", {key}));
    }
    if (running_process(home.folder)) return;
    for (const std::uint16_t port : {node.peer_port, node.http_port}) {
        if (port == 0 || port_is_free(port)) continue;
        examination.tell(Verdict::failure, node.name,
                         said("doctor.port", {std::to_string(port), own_name()}));
    }
}

}  // namespace

int run_doctor(const std::string& path, const std::string& daemon) {
    const NetworkFolder folder = folder_at(path);
    Examination examination;
    examine_programs(examination, daemon);
    examine_descriptors(examination);
    examine_disk(examination, folder);
    examine_clock(examination);
    std::error_code error;
    if (!fs::exists(folder.file(), error)) {
        examination.fine("network", said("doctor.no_network", {folder.path}));
    } else if (const auto network = read_network(folder); !network) {
        examination.tell(Verdict::failure, "network", message_of(network.error()));
    } else {
        for (const NodeAddress& node : network->nodes) {
            examine_home(examination, folder, *network, node);
        }
    }
    return examination.worst() == Verdict::failure ? k_exit_findings : 0;
}

}  // namespace cityledger::sim
