#include "ledger/contract.hpp"

#include "crypto/check.hpp"

namespace cityledger::ledger {
namespace {

const Method* find_method(const std::vector<Method>& methods, std::string_view name) {
    for (const Method& method : methods) {
        if (method.name == name) return &method;
    }
    return nullptr;
}

/// The first segment of keys that the executor itself writes.
bool is_reserved(std::string_view name) { return name == "receipt" || name == "tx"; }

/// A name from outside, short enough for a message.
std::string quote(std::string_view name) { return std::string(name.substr(0, k_max_name_bytes)); }

}  // namespace

void Context::check_decoded(bool decoded) { CHECK_INVARIANT(decoded); }

Error bad_arguments(const Error& cause) {
    return refuse(codes::operation_bad_arguments, cause.message()).value();
}

Error not_found(std::string what) {
    return refuse(codes::query_not_found, std::move(what)).value();
}

Readers anybody() { return {"anybody", {}}; }

void ContractRegistry::add(Contract contract) {
    CHECK_INVARIANT(!contract.name.empty() && !is_reserved(contract.name));
    CHECK_INVARIANT(contract.name.find('/') == std::string::npos);
    std::string name = contract.name;
    CHECK_INVARIANT(contracts_.emplace(std::move(name), std::move(contract)).second);
}

const Contract* ContractRegistry::find(std::string_view name) const {
    const auto found = contracts_.find(name);
    return found == contracts_.end() ? nullptr : &found->second;
}

std::vector<const Contract*> ContractRegistry::all() const {
    std::vector<const Contract*> contracts;
    for (const auto& [name, contract] : contracts_) contracts.push_back(&contract);
    return contracts;
}

Result<const Method*> ContractRegistry::operation(std::string_view contract,
                                                  std::string_view method) const {
    const Contract* known = find(contract);
    if (known == nullptr) return refuse(codes::operation_unknown_contract, quote(contract));
    const Method* found = find_method(known->operations, method);
    if (found == nullptr) return refuse(codes::operation_unknown_method, quote(method));
    return found;
}

Result<const Method*> ContractRegistry::query(std::string_view contract,
                                              std::string_view method) const {
    const Contract* known = find(contract);
    if (known == nullptr) return refuse(codes::query_unknown_contract, quote(contract));
    const Method* found = find_method(known->queries, method);
    if (found == nullptr) return refuse(codes::query_unknown_method, quote(method));
    return found;
}

ChainRules::ChainRules(const ContractRegistry& contracts, const StateReader& state) {
    for (const Contract* contract : contracts.all()) {
        auto record = state.get(Space::business, contract->name + "/rules");
        if (record) records_.emplace(contract->name, *std::move(record));
    }
}

}  // namespace cityledger::ledger
