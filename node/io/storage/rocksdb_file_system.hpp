#pragma once
// RocksDB's file I/O through our file port, so that a power cut loses of RocksDB's files too what
// was not synced.

#include <rocksdb/file_system.h>

#include <memory>

#include "node/log/file_system.hpp"

namespace cityledger::io {

/// `files` must outlive the result. Lock files and times stay with RocksDB's own POSIX calls.
[[nodiscard]] std::shared_ptr<rocksdb::FileSystem> make_rocksdb_file_system(
    node::FileSystem& files);

}  // namespace cityledger::io
