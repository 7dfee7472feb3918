#pragma once
// The one port of all file I/O. Real: node/io/posix_file_system; with unsynced bytes kept in
// memory, so that kill -9 loses them: node/io/storage; simulated: sim/simulator.
// RocksDB goes through the same port by an adapter (node/io).

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/result.hpp"

namespace cityledger::node {

/// An open file. `write_at` and `read_at` may be called while another thread runs `sync`.
class File {
public:
    virtual ~File() = default;
    /// Reads up to `size` bytes at `offset`; fewer only at the end of the file.
    [[nodiscard]] virtual Result<Bytes> read_at(std::uint64_t offset, std::size_t size) const = 0;
    [[nodiscard]] virtual Status write_at(std::uint64_t offset, ByteView bytes) = 0;
    /// All writes made before the call are durable when it returns success. A failure is final:
    /// nothing may be acknowledged on this file again (ATC '20, "Can applications recover from
    /// fsync failures?").
    [[nodiscard]] virtual Status sync() = 0;
    /// Makes sure that the first `size` bytes have room on the disk; they read as zero.
    [[nodiscard]] virtual Status preallocate(std::uint64_t size) = 0;
    [[nodiscard]] virtual Status truncate(std::uint64_t size) = 0;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
};

class FileSystem {
public:
    virtual ~FileSystem() = default;
    /// Opens for reading and writing; creates the file if `create` is set, else refuses.
    [[nodiscard]] virtual Result<std::unique_ptr<File>> open(const std::string& path,
                                                             bool create) = 0;
    [[nodiscard]] virtual bool exists(const std::string& path) const = 0;
    /// Names in the folder, ascending.
    [[nodiscard]] virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
    [[nodiscard]] virtual Status create_folder(const std::string& folder) = 0;
    [[nodiscard]] virtual Status rename(const std::string& from, const std::string& to) = 0;
    [[nodiscard]] virtual Status remove(const std::string& path) = 0;
    /// Makes creations, renames and removals in the folder durable.
    [[nodiscard]] virtual Status sync_folder(const std::string& folder) = 0;
    [[nodiscard]] virtual Result<std::uint64_t> free_bytes(const std::string& folder) = 0;
};

/// Runs `file->sync()` off the replica's thread, several requests as one where possible.
class Syncer {
public:
    virtual ~Syncer() = default;
    virtual void sync(std::shared_ptr<File> file, std::function<void(Status)> done) = 0;
};

}  // namespace cityledger::node
