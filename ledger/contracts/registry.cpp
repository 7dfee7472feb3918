#include "crypto/check.hpp"
#include "ledger/contracts/alerts.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/directory/directory.hpp"
#include "ledger/contracts/evidence/evidence.hpp"
#include "ledger/contracts/receivables/receivables.hpp"

namespace cityledger::ledger {
namespace {

struct Entry {
    Contract (*make)();
    Alert alert = nullptr;  ///< what it hears of the others
};

constexpr Entry k_contracts[] = {
    {make_membership_contract},
    {make_calendar_contract},
    {make_directory_contract, directory::alert_overdue},
    {make_invoice_contract},
    {make_receivables_contract, receivables::alert_bank},
    {make_evidence_contract},
};

}  // namespace

const ContractRegistry& city_contracts() {
    static const ContractRegistry registry = [] {
        std::vector<Alert> alerts;
        for (const Entry& entry : k_contracts) {
            if (entry.alert != nullptr) alerts.push_back(entry.alert);
        }
        ContractRegistry all;
        for (const Entry& entry : k_contracts) {
            Contract contract = with_alerts(entry.make(), alerts);
            // Who forgets to say who may ask would let anybody.
            for (const Method& query : contract.queries) {
                CHECK_INVARIANT(!query.readers.words.empty());
            }
            all.add(std::move(contract));
        }
        return all;
    }();
    return registry;
}

}  // namespace cityledger::ledger
