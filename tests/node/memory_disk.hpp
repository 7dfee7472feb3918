#pragma once
// A disk in memory that loses what was not synced: each unsynced write survives a power cut whole,
// in part or not at all, in any combination.

#include <functional>
#include <map>
#include <random>

#include "node/replica/file_system.hpp"

namespace cityledger::node::test {

inline constexpr Code k_no_such_file{9001, "no_such_file", "the test disk has no such file", ""};
inline constexpr Code k_no_space{9002, "no_space", "the test disk is full", ""};
inline constexpr Code k_sync_failed{9003, "sync_failed", "the test disk failed to sync", ""};

struct DiskFile {
    Bytes now;
    Bytes durable;
    std::vector<std::pair<std::uint64_t, Bytes>> unsynced;
    bool name_is_durable = false;
};

class MemoryDisk : public FileSystem {
public:
    Result<std::unique_ptr<File>> open(const std::string& path, bool create) override;
    bool exists(const std::string& path) const override { return files.contains(path); }
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Status create_folder(const std::string&) override { return {}; }
    Status rename(const std::string& from, const std::string& to) override;
    Status remove(const std::string& path) override;
    Status sync_folder(const std::string& folder) override;
    Result<std::uint64_t> free_bytes(const std::string&) override { return 1u << 30; }

    void power_cut(std::mt19937_64& random);

    std::map<std::string, std::shared_ptr<DiskFile>> files;
    bool full = false;        ///< preallocation fails
    bool sync_fails = false;  ///< the next syncs fail
    std::uint64_t syncs = 0;
    std::uint64_t writes = 0;
};

}  // namespace cityledger::node::test
