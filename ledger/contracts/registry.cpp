#include <algorithm>
#include <span>

#include "crypto/check.hpp"
#include "ledger/contracts/alerts.hpp"
#include "ledger/contracts/calendar/calendar_events.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/directory/directory.hpp"
#include "ledger/contracts/directory/directory_events.hpp"
#include "ledger/contracts/events.hpp"
#include "ledger/contracts/evidence/evidence.hpp"
#include "ledger/contracts/evidence/evidence_events.hpp"
#include "ledger/contracts/invoice/invoice_events.hpp"
#include "ledger/contracts/membership/membership_events.hpp"
#include "ledger/contracts/receivables/receivables.hpp"
#include "ledger/contracts/receivables/receivables_events.hpp"

namespace cityledger::ledger {
namespace {

struct Entry {
    Contract (*make)();
    std::span<const std::string_view> events;
    Alert alert = nullptr;  ///< what it hears of the others
};

constexpr Entry k_contracts[] = {
    {make_membership_contract, k_membership_events},
    {make_calendar_contract, k_calendar_events},
    {make_directory_contract, k_directory_events, directory::alert_overdue},
    {make_invoice_contract, k_invoice_events},
    {make_receivables_contract, k_receivables_events, receivables::alert_bank},
    {make_evidence_contract, k_evidence_events},
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

const std::vector<std::string_view>& city_events() {
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> all;
        for (const Entry& entry : k_contracts) {
            all.insert(all.end(), entry.events.begin(), entry.events.end());
        }
        std::sort(all.begin(), all.end());
        return all;
    }();
    return names;
}

}  // namespace cityledger::ledger
