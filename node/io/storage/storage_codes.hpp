#pragma once
// Codes of files and of the state store: 1450 to 1499.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_STORAGE_CODES(X) \
    X(file_unusable, 1450, broken, "a file or folder cannot be used", "check the path, its owner and its permissions") \
    X(disk_full, 1451, busy, "there is no room on the disk", "free space; the node goes on by itself") \
    X(sync_failed, 1452, broken, "the disk did not confirm what was written", "replace the disk; the node restores itself from its peers") \
    X(store_unusable, 1453, broken, "the state store does not open or write", "stop the node and run `cityledger recover` on its home: it sets the state aside, and the log makes it again")
// clang-format on

namespace cityledger::io {
CITYLEDGER_DEFINE_CODES(storage_codes, CITYLEDGER_STORAGE_CODES)
}  // namespace cityledger::io
