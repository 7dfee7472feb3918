#include "sim/bench/machine.hpp"

#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <fstream>
#include <thread>

namespace cityledger::bench {
namespace {

/// The value of the first line that begins with the key; its quotes are taken off.
std::string line_of(const std::string& path, const std::string& key, char separator) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(key)) continue;
        std::string value = line.substr(line.find(separator) + 1);
        const std::size_t first = value.find_first_not_of(" \t\"");
        const std::size_t last = value.find_last_not_of(" \t\"");
        return first == std::string::npos ? "" : value.substr(first, last - first + 1);
    }
    return "";
}

/// Names of the common ones (statfs(2)); others by number.
std::string file_system_of(const std::string& folder) {
    struct Known {
        std::uint64_t magic;
        std::string_view name;
    };
    constexpr Known k_known[] = {
        {0xef53, "ext4"},        {0x58465342, "xfs"}, {0x9123683e, "btrfs"}, {0x01021994, "tmpfs"},
        {0x794c7630, "overlay"}, {0x2fc12fc1, "zfs"}, {0x6969, "nfs"}};
    struct statfs info {};
    if (::statfs(folder.c_str(), &info) != 0) return "unknown";
    for (const Known& known : k_known) {
        if (static_cast<std::uint64_t>(info.f_type) == known.magic) return std::string(known.name);
    }
    return "number " + std::to_string(info.f_type);
}

}  // namespace

Machine this_machine(const std::string& folder) {
    Machine machine;
    machine.processor = line_of("/proc/cpuinfo", "model name", ':');
    machine.cores = std::max(1U, std::thread::hardware_concurrency());
    machine.memory_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                           static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    utsname kernel{};
    machine.system = line_of("/etc/os-release", "PRETTY_NAME=", '=');
    if (::uname(&kernel) == 0) machine.system += ", Linux " + std::string(kernel.release);
    machine.file_system = file_system_of(folder);
    return machine;
}

std::string file_system_label(const Machine& machine) {
    if (machine.file_system != "tmpfs") return "";
    return "the network lay in memory (tmpfs): syncs cost nothing and nothing was durable";
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
    return std::string(text.data(), size);
}

}  // namespace cityledger::bench
