#pragma once
// Reads the home of a stopped node again from the genesis on: files, log, certificates, batches,
// every block executed again, the state store. Names the first damage. Changes nothing.

#include "node/io/audit/log_audit.hpp"
#include "node/io/audit/state_audit.hpp"
#include "node/io/daemon/daemon_home.hpp"

namespace cityledger::io {

/// What is damaged, and so what mends it.
enum class AuditPart : std::uint8_t {
    home,       ///< settings, genesis, certificates, keys
    log,        ///< what must survive
    state,      ///< what is made again from the log
    execution,  ///< log and program do not fit together
};

struct Damage {
    AuditPart part = AuditPart::home;
    Error error;
};

enum class AuditStage : std::uint8_t { log, blocks };
using AuditProgress = std::function<void(AuditStage, std::uint64_t done, std::uint64_t all)>;

struct AuditOptions {
    std::optional<std::uint64_t> at;  ///< the last height that is executed again; else all
    std::string work_folder;          ///< there, for the state that is made again
    AuditProgress progress;           ///< may be empty
};

/// What was found, as far as the audit came.
struct AuditReport {
    std::string node;
    LogTally log;
    std::uint64_t final_height = 0;
    std::uint64_t certified_height = 0;         ///< by a finalization in the log
    ledger::ExecutedState reached;              ///< by executing again
    std::optional<std::uint64_t> state_height;  ///< of the state store; nothing in an empty one
    std::optional<StateTally> state;            ///< compared, unless it stands above `at`
    std::uint64_t blocks_without_batches = 0;   ///< final, and still to be fetched from the others
    std::optional<Error> certificate_age;       ///< expired, or not valid yet
    std::vector<std::string> rewritten;         ///< files that say the same in other characters
    std::vector<std::string> unread;            ///< files on which nothing of the chain depends
    std::optional<Damage> damage;               ///< the first
};

/// The home of a node that does not run, held so that none starts on it meanwhile. Its `pid` stays
/// as it was.
class HeldHome {
public:
    /// home_in_use if a process runs on it.
    [[nodiscard]] static Result<HeldHome> hold(const NodeHome& home);
    [[nodiscard]] const NodeHome& home() const { return home_; }
    /// False for a node that was killed, or whose machine lost power.
    [[nodiscard]] bool ended_in_order() const { return ended_in_order_; }

private:
    HeldHome(NodeHome home, FileLock lock, bool ended_in_order)
        : home_(std::move(home)), lock_(std::move(lock)), ended_in_order_(ended_in_order) {}

    NodeHome home_;
    FileLock lock_;
    bool ended_in_order_;
};

/// Refuses what no audit can be made of: audit_height_unreached, a work folder without room.
[[nodiscard]] Result<AuditReport> audit_home(const HeldHome& home, const AuditOptions& options);

}  // namespace cityledger::io
