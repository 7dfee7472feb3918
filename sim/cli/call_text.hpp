#pragma once
// What `tx`, `query`, `receipt` and `watch` print of calls and of what became of them.

#include <boost/json/value.hpp>
#include <string>

#include "ledger/contract.hpp"
#include "node/api/answers.hpp"

namespace cityledger::sim {

/// What stands under the help of `tx` and `query`: the contracts, the methods of one, or the fields
/// of one method with types and limits. Unknown names tell what there is.
[[nodiscard]] std::string call_help(const std::string& contract, const std::string& method,
                                    bool is_query);

/// What a query gave: a line for each field; a list of structs as a table.
[[nodiscard]] std::string result_text(const ledger::Method& method,
                                      const boost::json::value& result);

/// The same for spreadsheets (RFC 4180): the rows of its list of structs, else itself as one row.
/// Sums of money are integers, in fen.
[[nodiscard]] std::string result_csv(const ledger::Method& method, const boost::json::value& result,
                                     bool with_header);

/// Whether all its operations did what they were asked to.
[[nodiscard]] bool succeeded(const api::ReceiptView& receipt);
/// Contract, operation, height, id, then the results and events, or the refusal with what to do.
[[nodiscard]] std::string receipt_text(const api::ReceiptView& receipt);
/// The same for programs, results decoded.
[[nodiscard]] boost::json::object receipt_json(const api::ReceiptView& receipt);

}  // namespace cityledger::sim
