// audit: the homes of stopped nodes read again from the genesis on.

#include <cstdio>

#include "sim/cli/audit_text.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/cli/stopped_homes.hpp"

namespace cityledger::sim {
namespace {

constexpr int k_exit_damaged = 1;

}  // namespace

int run_audit(const std::string& path, std::optional<std::uint64_t> at) {
    const auto homes = hold_homes(path);
    if (!homes) return fail(homes.error());
    bool sound = true;
    for (const io::HeldHome& home : *homes) {
        const auto report = audit_stopped(home, at);
        if (!report) return fail(report.error());
        std::fputs(audit_text(home.home().folder, *report).c_str(), stdout);
        std::fflush(stdout);
        sound = sound && !report->damage;
    }
    return sound ? 0 : k_exit_damaged;
}

}  // namespace cityledger::sim
