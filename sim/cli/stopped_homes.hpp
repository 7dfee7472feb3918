#pragma once
// What the commands on the homes of stopped nodes have in common: which homes, and an audit that
// shows on a terminal how far it is.

#include "node/io/audit/audit.hpp"

namespace cityledger::sim {

/// The homes that a path means: those of all nodes of a network's folder, or the one home that it
/// is. Held, so that none starts meanwhile; refused if a node runs, or if it is neither.
[[nodiscard]] Result<std::vector<io::HeldHome>> hold_homes(const std::string& path);

/// A folder for the states that audits make again; removed at the end, by Ctrl-C too.
class WorkFolder {
public:
    /// file_unusable if the system's temporary folder takes none.
    [[nodiscard]] static Result<WorkFolder> make();
    WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    WorkFolder& operator=(WorkFolder&&) = delete;
    ~WorkFolder();
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    explicit WorkFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

/// The audit of one home, up to this height or to the end; progress on standard error, if that is a
/// terminal.
[[nodiscard]] Result<io::AuditReport> audit_stopped(const io::HeldHome& home,
                                                    std::optional<std::uint64_t> at);

/// The command `recover`: sets damaged data of stopped nodes aside; 1 if something is damaged that
/// it does not mend.
int run_recover(const std::string& path);

}  // namespace cityledger::sim
