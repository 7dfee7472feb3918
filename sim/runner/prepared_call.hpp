#pragma once
// A call whose references are resolved and whose arguments are encoded.

#include <boost/json/object.hpp>
#include <string>

#include "ledger/contract.hpp"
#include "ledger/transaction.hpp"
#include "sim/scenario/scenario.hpp"

namespace cityledger::sim {

struct PreparedCall {
    const ledger::Method* method = nullptr;
    ledger::Operation operation;
    boost::json::object arguments;
    std::string save;
    Expectation expect;
    Place place;
};

}  // namespace cityledger::sim
