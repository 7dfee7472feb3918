#include "node/io/data/databases.hpp"

#include "node/io/data/postgres_database.hpp"
#include "node/io/data/sqlite_database.hpp"

namespace cityledger::io {

Result<std::unique_ptr<data::Database>> open_database(const std::string& name) {
    if (name.starts_with("postgresql:")) return open_postgres(name);
    return open_sqlite(name);
}

}  // namespace cityledger::io
