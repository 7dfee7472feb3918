#pragma once
// The file port on POSIX calls: pread, pwrite, fdatasync, posix_fallocate, fsync of folders.

#include "node/log/file_system.hpp"

namespace cityledger::io {

/// Errors name the path and the system's reason. A failed sync is final for the opened file:
/// it refuses writes, syncs, truncation and preallocation from then on (sync_failed).
class PosixFileSystem : public node::FileSystem {
public:
    Result<std::unique_ptr<node::File>> open(const std::string& path, bool create) override;
    bool exists(const std::string& path) const override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Status create_folder(const std::string& folder) override;
    Status rename(const std::string& from, const std::string& to) override;
    Status remove(const std::string& path) override;
    Status sync_folder(const std::string& folder) override;
    Result<std::uint64_t> free_bytes(const std::string& folder) override;
};

/// What a system call on this path was refused with: disk_full for want of room or quota, else
/// file_unusable. `number` is the errno.
[[nodiscard]] tl::unexpected<Error> file_error(std::string_view call, const std::string& path,
                                               int number);

}  // namespace cityledger::io
