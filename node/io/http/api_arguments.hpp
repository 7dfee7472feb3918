#pragma once
// Arguments of a query from a URL: texts become the JSON that the query's fields ask for.

#include <boost/json/value.hpp>

#include "ledger/contract.hpp"
#include "node/io/http/http_message.hpp"

namespace cityledger::io {

/// `field=value` pairs as a JSON object, by the types that the method describes: text and enums
/// as they are, integers and flags as such, lists and structs as JSON text. Which fields may be
/// absent is left to the method's own reader.
[[nodiscard]] Result<boost::json::value> arguments_from_query(const ledger::Method& method,
                                                              const HttpRequest& request);

/// http_wrong_parameter, naming the parameter.
[[nodiscard]] Error wrong_parameter(std::string detail);

/// A decimal number up to `high`; refused with http_wrong_parameter.
[[nodiscard]] Result<std::uint64_t> number_of(std::string_view name, std::string_view text,
                                              std::uint64_t high);

/// All contracts with their operations and queries, as JSON.
[[nodiscard]] boost::json::value describe_contracts(const ledger::ContractRegistry& contracts);

/// Every refusal code, as JSON.
[[nodiscard]] boost::json::value describe_codes();

}  // namespace cityledger::io
