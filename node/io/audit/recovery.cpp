#include "node/io/audit/recovery.hpp"

#include <unistd.h>

#include <filesystem>

#include "crypto/check.hpp"
#include "node/io/audit/audit_codes.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/log/block_log.hpp"
#include "node/log/log_codes.hpp"

namespace cityledger::io {
namespace {

Result<std::string> make_aside(node::FileSystem& files, const std::string& data) {
    std::uint64_t number = 1;
    while (files.exists(data + "/aside-" + std::to_string(number))) ++number;
    const std::string folder = data + "/aside-" + std::to_string(number);
    if (const Status made = files.create_folder(folder); !made) return propagate(made);
    return folder;
}

Status move_into(node::FileSystem& files, const std::string& folder, const std::string& data,
                 const std::string& name) {
    if (!files.exists(data + "/" + name)) return {};
    if (auto moved = files.rename(data + "/" + name, folder + "/" + name); !moved) return moved;
    if (auto synced = files.sync_folder(folder); !synced) return synced;
    return files.sync_folder(data);
}

/// Of another chain or release: the data are right, and something else is not.
bool is_foreign(const Code& code) {
    return code == node::codes::log_wrong_chain || code == node::codes::log_wrong_version;
}

}  // namespace

Remedy remedy_for(const AuditReport& report, bool ended_in_order) {
    if (!report.damage) return Remedy::none;
    const Code& code = report.damage->error.code;
    switch (report.damage->part) {
        case AuditPart::home:
        case AuditPart::execution: return Remedy::by_hand;
        case AuditPart::state: return Remedy::new_state;
        case AuditPart::log: break;
    }
    if (is_foreign(code)) return Remedy::by_hand;
    const bool torn = code == codes::audit_log_tail && !ended_in_order;
    return torn || code == codes::audit_state_ahead ? Remedy::start : Remedy::new_log;
}

Result<std::string> set_aside(const HeldHome& home, Remedy remedy) {
    CHECK_INVARIANT(remedy == Remedy::new_state || remedy == Remedy::new_log);
    const auto contents = read_home(home.home());
    if (!contents) return propagate(contents);
    PosixFileSystem files;
    const std::string data = home.home().data(contents->config);
    auto folder = make_aside(files, data);
    if (!folder) return folder;
    // The state first: a state above a new log would count as a log that has lost its end.
    if (auto moved = move_into(files, *folder, data, "state"); !moved) return propagate(moved);
    if (remedy == Remedy::new_state) return folder;
    if (auto moved = move_into(files, *folder, data, "log"); !moved) return propagate(moved);
    ledger::Nonce salt;
    CHECK_INVARIANT(::getentropy(salt.bytes.data(), salt.bytes.size()) == 0);
    const Status made = node::initialise_log(files, home.home().log(contents->config),
                                             contents->genesis, salt, node::LogOrigin::made_anew);
    if (!made) return propagate(made);
    return folder;
}

}  // namespace cityledger::io
