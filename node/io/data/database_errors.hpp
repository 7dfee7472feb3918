#pragma once
// Errors that both databases have.

#include "node/data/data_codes.hpp"

namespace cityledger::io {

[[nodiscard]] inline Error statement_refused(std::string words) {
    return Error{data::codes::database_refused, std::move(words)};
}
[[nodiscard]] inline Error no_such_table(std::string table) {
    return Error{data::codes::source_table_unknown, std::move(table)};
}
[[nodiscard]] inline Error no_database(std::string words) {
    return Error{data::codes::database_unusable, std::move(words)};
}

}  // namespace cityledger::io
