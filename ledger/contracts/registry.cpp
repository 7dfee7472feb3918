#include "ledger/contracts/contracts.hpp"

namespace cityledger::ledger {

const ContractRegistry& city_contracts() {
    static const ContractRegistry registry = [] {
        ContractRegistry all;
        all.add(make_membership_contract());
        all.add(make_calendar_contract());
        all.add(make_directory_contract());
        all.add(make_invoice_contract());
        return all;
    }();
    return registry;
}

}  // namespace cityledger::ledger
