#include "ledger/contracts/receipt_readers.hpp"

#include <algorithm>

#include "ledger/contracts/membership/readers.hpp"
#include "ledger/contracts/state_readers.hpp"
#include "ledger/executor_context.hpp"

namespace cityledger::ledger {
namespace {

using membership::Role;

bool asks_as_office(const StateReader& state, const MemberId& asker) {
    if (asker.empty()) return false;
    StateOverlay dropped = StateOverlay::over(state);
    const std::string contract = "membership";
    ContractContext context(dropped, asker, contract, k_query_budget);
    const auto office = within_budget([&]() -> Result<bool> {
        return membership::asks_as(context,
                                   {Role::tax_bureau, Role::auditor, Role::chain_operator});
    });
    return office && *office;
}

}  // namespace

ReceiptReader::ReceiptReader(const ContractRegistry& contracts, const StateReader& state,
                             const MemberId& asker)
    : contracts_(contracts),
      state_(state),
      asker_(asker),
      is_office_(asks_as_office(state, asker)) {}

bool ReceiptReader::reads(const MemberId& sender, const std::string& contract) {
    if (asker_.empty()) return false;
    if (asker_ == sender) return true;
    if (!is_office_) return false;
    const auto known = as_office_.find(contract);
    if (known != as_office_.end()) return known->second;
    const bool admitted = !kept_from(contracts_, state_, contract + "/", asker_);
    as_office_.emplace(contract, admitted);
    return admitted;
}

bool ReceiptReader::reads_all(const TransactionBody& transaction) {
    return std::all_of(
        transaction.operations.begin(), transaction.operations.end(),
        [&](const Operation& operation) { return reads(transaction.sender, operation.contract); });
}

}  // namespace cityledger::ledger
