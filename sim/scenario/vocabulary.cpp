#include "ledger/contracts/contracts.hpp"
#include "node/api/answers.hpp"
#include "sim/scenario/scenario.hpp"

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
