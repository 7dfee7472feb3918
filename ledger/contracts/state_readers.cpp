#include "ledger/contracts/state_readers.hpp"

#include "ledger/executor_context.hpp"

namespace cityledger::ledger {
namespace {

/// Keys that begin so are read by who may ask this query; what follows, between slashes, are its
/// arguments. The first that fits counts.
struct KeyReaders {
    std::string_view prefix, contract, query;
    std::vector<std::string_view> fields;
};

const std::vector<KeyReaders>& key_readers() {
    static const std::vector<KeyReaders> list = {
        {"invoice/record/", "invoice", "invoice", {"code", "number"}},
        {"invoice/admission/", "invoice", "admission", {"enterprise"}},
        {"invoice/mandate/", "invoice", "mandate", {"principal", "provider"}},
        {"invoice/", "invoice", "risks", {}},
        {"receivables/record/", "receivables", "receivable", {"code", "number"}},
        {"receivables/", "invoice", "risks", {}},
        {"membership/", "membership", "members", {}},
        {"directory/", "directory", "directory", {}},
        {"calendar/", "calendar", "today", {}},
        {"evidence/", "evidence", "evidence", {}},
    };
    return list;
}

/// The query's arguments; nothing if the key has other parts than the query has fields.
std::optional<Bytes> arguments_in(std::string_view rest, const KeyReaders& readers,
                                  const Method& query) {
    if (readers.fields.empty()) return Bytes();
    boost::json::object arguments;
    for (std::size_t i = 0; i < readers.fields.size(); ++i) {
        const std::size_t slash = rest.find('/');
        const bool last = i + 1 == readers.fields.size();
        if (last != (slash == std::string_view::npos)) return std::nullopt;
        arguments[readers.fields[i]] = rest.substr(0, slash);
        if (!last) rest.remove_prefix(slash + 1);
    }
    const auto bytes = query.arguments_from_json(arguments);
    if (!bytes) return std::nullopt;
    return *bytes;
}

}  // namespace

std::optional<std::string> kept_from(const ContractRegistry& contracts, const StateReader& state,
                                     std::string_view key, const MemberId& asker) {
    for (const KeyReaders& readers : key_readers()) {
        if (!key.starts_with(readers.prefix)) continue;
        const auto query = contracts.query(readers.contract, readers.query);
        if (!query) continue;
        const auto arguments = arguments_in(key.substr(readers.prefix.size()), readers, **query);
        if (!arguments) continue;
        const Readers& who = (*query)->readers;
        if (!who.admit) return std::nullopt;
        StateOverlay dropped = StateOverlay::over(state);
        const std::string contract(readers.contract);
        ContractContext context(dropped, asker, contract, k_query_budget);
        const auto admitted =
            within_budget([&]() -> Result<bool> { return who.admit(context, *arguments); });
        if (admitted && *admitted) return std::nullopt;
        return who.words;
    }
    return std::nullopt;
}

}  // namespace cityledger::ledger
