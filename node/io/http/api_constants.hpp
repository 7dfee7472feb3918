#pragma once
// Answers that are the same for every request, and too long to be made for each.

#include "ledger/genesis.hpp"
#include "node/io/http/http_message.hpp"

namespace cityledger::io {

struct ConstantAnswers {
    ConstantAnswers(const ledger::ContractRegistry& registry, const ledger::Genesis& of_chain);

    HttpResponse contracts;
    HttpResponse codes;
    HttpResponse openapi;
    HttpResponse genesis;
    HttpResponse page;
};

}  // namespace cityledger::io
