#include "ledger/contracts/contracts.hpp"
#include "node/api/shapes.hpp"
#include "sim/core/scenario.hpp"

namespace cityledger::sim {

const Vocabulary& city_vocabulary() {
    static const Vocabulary vocabulary = [] {
        Vocabulary words;
        words.contracts = &ledger::city_contracts();
        for (const Code& code : api::all_codes()) words.codes.emplace_back(code.name);
        return words;
    }();
    return vocabulary;
}

}  // namespace cityledger::sim
