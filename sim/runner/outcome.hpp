#pragma once
// What became of a call, and whether that is what its step expected.

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace cityledger::sim {

/// What became of an operation or a query.
struct CallOutcome {
    std::string code_name;  ///< "ok" or the name of a refusal
    std::string detail;
    boost::json::value result;
    std::vector<std::string> events;
    [[nodiscard]] std::string words() const;
};

/// Whether an expectation held, and what was found, in words.
struct Verdict {
    bool held = false;
    std::string found;
};

[[nodiscard]] Verdict verdict_of(const Expectation& expect, const CallOutcome& outcome);

/// Whether the ledger or a replica refused the transaction before it was in a block.
[[nodiscard]] bool is_admission_refusal(const Error& error);

/// The outcome of each of `count` operations whose transaction was refused before it was in a
/// block.
[[nodiscard]] std::vector<CallOutcome> refused_outcomes(const Error& error, std::size_t count);

/// Whether each field of `wanted` has the same value in `found`; objects are compared the same way,
/// lists element by element.
[[nodiscard]] bool contains_fields(const boost::json::value& found,
                                   const boost::json::value& wanted);

}  // namespace cityledger::sim
