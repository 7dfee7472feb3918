#pragma once
// Opens a department's database by its name on the command line.

#include "node/data/database.hpp"

namespace cityledger::io {

/// "postgresql://..." (libpq's connection URI), else the path of a SQLite file. database_unusable.
[[nodiscard]] Result<std::unique_ptr<data::Database>> open_database(const std::string& name);

}  // namespace cityledger::io
