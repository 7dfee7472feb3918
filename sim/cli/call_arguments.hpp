#pragma once
// The arguments of `tx` and `query`: from words to the JSON that a contract's method reads.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "ledger/contract.hpp"

namespace cityledger::sim {

/// "--buyer X" behind CONTRACT METHOD.
struct FieldWord {
    std::string name;
    std::optional<std::string> value;  ///< nothing: the words ended
};

/// What is wrong, in the language of the process; the exit code is then 2.
template <class T>
using OrWords = tl::expected<T, std::string>;

/// "optional text(32)" is "text(32)".
[[nodiscard]] std::string_view plain_type(std::string_view type);
/// The method of `tx` or `query`, or what may have been meant.
[[nodiscard]] OrWords<const ledger::Method*> method_of(const std::string& contract,
                                                       const std::string& name, bool is_query);
/// The fields as JSON, and those of the file (or "-": standard input) if one is named. Amounts in
/// yuan have become fen. `options` are the command's own, for what may have been meant.
[[nodiscard]] OrWords<boost::json::object> read_arguments(const ledger::Method& method,
                                                          const std::vector<FieldWord>& fields,
                                                          const std::string& json_file,
                                                          const std::vector<std::string>& options);
/// Nothing if every field that must be there is; clients fill in some of them.
[[nodiscard]] std::string missing_fields(const ledger::Method& method,
                                         const boost::json::object& arguments);

}  // namespace cityledger::sim
