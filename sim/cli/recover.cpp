// recover: sets the damaged data of stopped nodes aside, so that they come back from the others.

#include <algorithm>
#include <cstdio>

#include "node/io/audit/audit_codes.hpp"
#include "node/io/audit/recovery.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/cli/stopped_homes.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

constexpr int k_exit_not_mended = 1;

/// One home, what was found there, and what mends it.
struct Patient {
    const io::HeldHome* home = nullptr;
    io::AuditReport report;
    io::Remedy remedy = io::Remedy::none;

    [[nodiscard]] const std::string& folder() const { return home->home().folder; }
};

void tell(const char* id, std::initializer_list<std::string> arguments) {
    std::printf("%s\n", said(id, arguments).c_str());
}

Status mend(const Patient& patient) {
    const auto aside = io::set_aside(*patient.home, patient.remedy);
    if (!aside) return propagate(aside);
    tell("recover.moved", {patient.folder(), *aside});
    const bool new_log = patient.remedy == io::Remedy::new_log;
    tell(new_log ? "recover.new_log" : "recover.state", {patient.folder()});
    return {};
}

/// What more than f nodes have lost the others need not hold.
Status check_enough_are_whole(const std::vector<Patient>& patients) {
    std::size_t lost = 0;
    for (const Patient& patient : patients) lost += patient.remedy == io::Remedy::new_log ? 1 : 0;
    const std::size_t tolerated = (patients.size() - 1) / 3;
    if (patients.size() == 1 || lost <= tolerated) return {};
    return refuse(io::codes::recover_too_many,
                  std::to_string(lost) + " of " + std::to_string(patients.size()));
}

int tell_and_mend(const Patient& patient) {
    if (patient.report.damage) {
        tell("recover.damaged", {patient.folder(), message_of(patient.report.damage->error)});
    }
    switch (patient.remedy) {
        case io::Remedy::none: tell("recover.sound", {patient.folder()}); return 0;
        case io::Remedy::start: tell("recover.start", {patient.folder()}); return 0;
        case io::Remedy::by_hand:
            tell("recover.not_here", {patient.folder()});
            return k_exit_not_mended;
        case io::Remedy::new_state:
        case io::Remedy::new_log: break;
    }
    const Status mended = mend(patient);
    return mended ? 0 : fail(mended.error());
}

}  // namespace

int run_recover(const std::string& path) {
    const auto homes = hold_homes(path);
    if (!homes) return fail(homes.error());
    std::vector<Patient> patients;
    for (const io::HeldHome& home : *homes) {
        auto report = audit_stopped(home, std::nullopt);
        if (!report) return fail(report.error());
        const io::Remedy remedy = io::remedy_for(*report, home.ended_in_order());
        patients.push_back({&home, *std::move(report), remedy});
    }
    if (const Status enough = check_enough_are_whole(patients); !enough) {
        return fail(enough.error());
    }
    int exit_code = 0;
    for (const Patient& patient : patients) exit_code = std::max(exit_code, tell_and_mend(patient));
    return exit_code;
}

}  // namespace cityledger::sim
