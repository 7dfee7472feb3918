#pragma once
// A lock on a file that says who holds it. The system frees it when the holder ends, however that
// happens, and it stays with the file when a folder above is moved or reached by a link.

#include <sys/types.h>

#include <optional>
#include <string>

#include "crypto/result.hpp"

namespace cityledger::io {

/// Who holds a lock; 0 if it is held by a process that cannot be named.
using LockHolder = std::optional<pid_t>;

class FileLock {
public:
    /// Locks the file (made if there is none) and writes this process's id into it. Nothing if
    /// another holds it; file_unwritable if there can be no such file.
    [[nodiscard]] static Result<std::optional<FileLock>> try_acquire(const std::string& path);

    /// Who holds the file now, without touching the lock. The id is the one in the file if that
    /// process has this very file open (by device and inode), or if the system does not tell.
    [[nodiscard]] static LockHolder holder(const std::string& path);

    /// "process 4711", or "another process" if it cannot be named.
    [[nodiscard]] static std::string holder_in_words(const std::string& path);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

    /// False once the file was removed: what it guarded is gone.
    [[nodiscard]] bool exists() const;
    /// Whether this path leads to the locked file.
    [[nodiscard]] bool is_at(const std::string& path) const;
    /// Empties the file: who finds it so knows that its last holder ended in order.
    void clear();

private:
    explicit FileLock(int file) : file_(file) {}

    int file_;
};

}  // namespace cityledger::io
