#pragma once
// The state store on RocksDB, without its WAL: the block log is the log. After a crash the store
// holds the state of some applied height, and the node replays the rest.

#include <memory>
#include <string>

#include "ledger/state_store.hpp"
#include "node/log/file_system.hpp"

namespace cityledger::io {

/// While the disk is full, `apply` waits for room, and readers go on.
class RocksDbStateStore : public ledger::StateStore {
public:
    /// Opens or creates the store in `folder`, whose parent exists, and reads every block once:
    /// damage is refused with store_unusable, naming RocksDB's reason and file. All file I/O goes
    /// through `files`, which must outlive the store. Damage that is met by a reader after that
    /// ends the process with the same message, since a StateReader cannot refuse.
    static Result<std::unique_ptr<RocksDbStateStore>> open(node::FileSystem& files,
                                                           const std::string& folder);
    /// Writes out what is in memory, so that a clean start has nothing to replay.
    virtual Status flush() = 0;
    /// Bytes that RocksDB holds in memory (write buffers, caches): for /metrics.
    [[nodiscard]] virtual std::uint64_t memory_bytes() const = 0;
};

}  // namespace cityledger::io
