#pragma once
// Who may read what an operation left in its receipt (result, detail, events) and what it asked
// for.

#include <map>
#include <string>

#include "ledger/contract.hpp"
#include "ledger/state_store.hpp"

namespace cityledger::ledger {

/// In words, for refusals and docs.
inline constexpr const char* k_receipt_readers =
    "its sender, the tax bureau and auditors, and operators where the contract lets them read";

/// One asker, in one state: judges each contract once.
class ReceiptReader {
public:
    /// An empty asker is nobody known, who reads nothing. References must outlive it.
    ReceiptReader(const ContractRegistry& contracts, const StateReader& state,
                  const MemberId& asker);

    /// Whether the asker may read what this operation of this sender asked for and left: its own,
    /// and as an office (tax bureau, auditor, operator) those of contracts whose state it may read
    /// (kept_from).
    [[nodiscard]] bool reads(const MemberId& sender, const std::string& contract);
    /// Whether it may read all operations of the transaction.
    [[nodiscard]] bool reads_all(const TransactionBody& transaction);

private:
    const ContractRegistry& contracts_;
    const StateReader& state_;
    const MemberId& asker_;
    bool is_office_;
    std::map<std::string, bool> as_office_;  ///< by contract
};

}  // namespace cityledger::ledger
