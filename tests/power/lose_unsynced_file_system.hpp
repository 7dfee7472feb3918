#pragma once
// A power cut by `kill -9`: everything that was not synced lives in this process only.

#include <memory>

#include "node/log/file_system.hpp"

namespace cityledger::io {

/// A file system over `base` that keeps unsynced writes, creations, renames, removals and
/// truncations in memory and applies them to `base` on sync and sync_folder only. Safe to use from
/// several threads. `base` must outlive it.
[[nodiscard]] std::unique_ptr<node::FileSystem> make_lose_unsynced(node::FileSystem& base);

}  // namespace cityledger::io
