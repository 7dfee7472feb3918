#pragma once
// A department's tables in PostgreSQL, by libpq.

#include "node/data/database.hpp"

namespace cityledger::io {

/// Connects by libpq's URI ("postgresql://user@host/base"). database_unusable; the URI may hold a
/// password and is in no message.
[[nodiscard]] Result<std::unique_ptr<data::Database>> open_postgres(const std::string& uri);

}  // namespace cityledger::io
