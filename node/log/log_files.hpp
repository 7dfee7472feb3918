#pragma once
// The segment files of the block log: appending, rolling over, reading, and making durable with
// one sync outstanding.

#include <functional>
#include <map>
#include <memory>

#include "node/log/file_system.hpp"
#include "node/log/torn_tail_scan.hpp"

namespace cityledger::node {

/// When less than this part of a segment is left, the next one is preallocated: a full disk is met
/// while there is still room for what a validator must write.
inline constexpr std::uint64_t k_log_reserve_divisor = 4;
/// The first segment is small, each next one twice as large up to the size of all: a network that
/// is only tried should not take gigabytes.
inline constexpr std::uint64_t k_log_first_segment_bytes = 8ull * 1024 * 1024;

class LogFiles {
public:
    struct Hooks {
        std::function<void()> durable;             ///< durable_sequence() has grown
        std::function<void(const Error&)> failed;  ///< a write or sync failed: stop the node
    };

    LogFiles(FileSystem& files, Syncer& syncer, std::string folder, ledger::ChainId chain,
             std::uint64_t segment_bytes);
    ~LogFiles();

    void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }

    /// Goes on after a scan: drops what stands after its end and makes the rest durable (it may
    /// still be in the page cache only, and votes were sent because of it).
    [[nodiscard]] Status resume(const LogEnd& end);

    /// Appends; not durable before durable_sequence() reaches the position's sequence.
    LogPosition append(LogKind kind, ByteView payload);
    [[nodiscard]] std::string path(std::uint32_t segment) const;
    [[nodiscard]] Result<Bytes> read(const LogPosition& position) const;

    /// Asks that everything appended so far becomes durable.
    void request_sync();
    [[nodiscard]] std::uint64_t durable_sequence() const { return durable_sequence_; }
    [[nodiscard]] std::uint64_t last_sequence() const { return end_.next_sequence - 1; }
    [[nodiscard]] std::uint64_t syncs() const { return syncs_; }
    [[nodiscard]] std::uint64_t appended_bytes() const { return appended_bytes_; }

    /// False while the disk has no room for the next segment and this one is nearly full.
    [[nodiscard]] bool has_room() const { return has_room_; }
    /// Tries again; refuses with log_full.
    [[nodiscard]] Status make_room();

private:
    [[nodiscard]] std::uint64_t bytes_of(std::uint32_t segment) const;
    [[nodiscard]] Status drop_tail(const LogEnd& end);
    [[nodiscard]] Status roll(std::uint64_t wanted_bytes);
    [[nodiscard]] Status write_record(LogKind kind, ByteView payload, LogPosition& position);
    void start_sync();
    void continue_sync(std::uint64_t sequence, std::vector<std::shared_ptr<File>> rest);
    void on_synced(std::uint64_t sequence, const std::vector<std::shared_ptr<File>>& rest,
                   const Status& synced);
    void fail(const Error& error);

    FileSystem& files_;
    Syncer& syncer_;
    std::string folder_;
    ledger::ChainId chain_;
    std::uint64_t segment_bytes_;  ///< of a segment at most, but for one of a single large record
    Hooks hooks_;
    LogEnd end_;
    std::map<std::uint32_t, std::shared_ptr<File>> segments_;
    std::map<std::uint32_t, std::shared_ptr<File>> unsynced_;  ///< written since their last sync
    std::uint64_t durable_sequence_ = 0;
    bool sync_outstanding_ = false;
    bool sync_wanted_ = false;
    bool has_room_ = true;
    bool failed_ = false;
    std::uint64_t syncs_ = 0;
    std::uint64_t appended_bytes_ = 0;
    std::shared_ptr<LogFiles*> alive_;  ///< outlives this in callbacks, then holds null
};

}  // namespace cityledger::node
