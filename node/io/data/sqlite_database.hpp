#pragma once
// A department's tables in a file of SQLite.

#include "node/data/database.hpp"

namespace cityledger::io {

/// Opens the file, or makes it; mode 0600 then. database_unusable.
[[nodiscard]] Result<std::unique_ptr<data::Database>> open_sqlite(const std::string& path);

}  // namespace cityledger::io
