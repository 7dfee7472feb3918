#pragma once
// The interface between the ledger and its contracts. A contract sees the sender, the business
// day, its arguments and the state; never a wall clock, a height, a hash, a float or randomness.

#include <boost/json/value.hpp>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ledger/codec/codec.hpp"
#include "ledger/codec/json.hpp"
#include "ledger/receipt.hpp"
#include "ledger/state_store.hpp"
#include "ledger/transaction.hpp"

namespace cityledger::ledger {

/// Key-value access of one operation. Reads see the writes of the operations before it; writes
/// take effect only if the operation succeeds. Going over the budget ends the operation with
/// operation_over_budget. Keys are text and start with the contract's own prefix, e.g. "invoice/".
class Context {
public:
    virtual ~Context() = default;

    [[nodiscard]] virtual const MemberId& sender() const = 0;

    [[nodiscard]] virtual std::optional<Bytes> get(Space space, std::string_view key) = 0;
    virtual void put(Space space, std::string_view key, Bytes value) = 0;
    virtual void erase(Space space, std::string_view key) = 0;
    /// At most `limit` entries with this prefix, in ascending key order from `from` on.
    [[nodiscard]] virtual std::vector<std::pair<std::string, Bytes>> scan(Space space,
                                                                          std::string_view prefix,
                                                                          std::string_view from,
                                                                          std::size_t limit) = 0;
    virtual void emit(std::string_view name, std::string_view subject) = 0;

    /// A typed record, or nothing. Records were encoded by this ledger: CHECKs that they decode.
    template <class T>
    [[nodiscard]] std::optional<T> load(std::string_view key, Space space = Space::business) {
        const auto bytes = get(space, key);
        if (!bytes) return std::nullopt;
        return decode_record<T>(*bytes);
    }
    template <class T>
    void store(std::string_view key, const T& record, Space space = Space::business) {
        put(space, key, encode(record));
    }

    template <class T>
    static T decode_record(ByteView bytes) {
        auto record = decode<T>(bytes);
        check_decoded(record.has_value());
        return *std::move(record);
    }

private:
    static void check_decoded(bool decoded);
};

/// One field of an argument or result struct, for help texts and docs.
struct FieldDescription {
    std::string name;
    /// "text", "text(64)" of at most 64 bytes, "integer", "flag", "hex(8)" of at most 8 bytes,
    /// "list(3) of ...", "optional ...", "{name: type, ...}", or an enum's names: "red|green".
    std::string type;
};

class ChainRules;

/// Who may ask a query.
struct Readers {
    std::string words;  ///< for help texts, docs and refusals: "the tax bureau, an auditor"
    /// `Context::sender()` is the asker, empty for who did not show who it is. None: anybody.
    std::function<bool(Context&, ByteView arguments)> admit;
};

/// An operation (changes state) or a query (reads executed state).
struct Method {
    std::string name;
    std::string summary;  ///< one sentence: who may call it and what it does
    std::function<Result<Bytes>(Context&, ByteView arguments)> call;
    /// Of an operation, if set: whether these arguments may be ordered at all. Asked before anybody
    /// logs them; `call` judges by the same rule. The refusal must not repeat what it refuses.
    std::function<Status(const ChainRules&, ByteView arguments)> judge;
    std::function<Result<Bytes>(const boost::json::value&)> arguments_from_json;
    std::function<Result<boost::json::value>(ByteView)> arguments_to_json;
    std::function<Result<boost::json::value>(ByteView)> result_to_json;
    std::vector<FieldDescription> arguments;
    std::vector<FieldDescription> result;
    boost::json::value example_arguments;
    boost::json::value example_result;  ///< the shapes, for checks before anything runs
    /// Arguments that clients fill in (keys, digests of what they sealed), if a scenario does not.
    std::vector<std::string> filled_in;
    /// Of a query by which somebody could try out guesses, the text arguments that name its
    /// subject: the API answers it so often per address and so often per subject. Empty: no limit.
    std::vector<std::string> limited_by;
    Readers readers;  ///< of a query; run_query keeps it
};

/// A contract: its name, its operations and its queries. Queries get a Context whose sender is the
/// asker (empty: nobody known) and whose writes are discarded.
struct Contract {
    std::string name;
    std::vector<Method> operations;
    std::vector<Method> queries;
    /// The lists of its refusal codes; what it shares with others stands in one contract only.
    std::vector<std::span<const Code>> codes;
    /// Writes the contract's part of the genesis state from its JSON section (null if absent).
    std::function<Status(Context&, const boost::json::value& section)> initialise;
};

/// Result struct of methods that have nothing to tell.
struct Nothing {
    bool operator==(const Nothing&) const = default;
    template <class Archive>
    void serialize(Archive&) {}
};

/// Shared by operations and queries; raised by the executor, not by contracts.
[[nodiscard]] Error bad_arguments(const Error& cause);

/// query_not_found, for queries of all contracts: `return tl::unexpected(not_found(key));`
[[nodiscard]] Error not_found(std::string what);

/// Makes a method of a typed handler `Result<R> handler(Context&, const A&)`, which is called if
/// `check`, where there is one, has nothing against the arguments.
template <class Arguments, class R>
[[nodiscard]] Method make_method(std::string name, std::string summary,
                                 Result<R> (*handler)(Context&, const Arguments&),
                                 Status (*check)(Context&, const Arguments&) = nullptr) {
    Method method;
    method.name = std::move(name);
    method.summary = std::move(summary);
    method.call = [handler, check](Context& context, ByteView bytes) -> Result<Bytes> {
        const auto arguments = decode<Arguments>(bytes);
        if (!arguments) return tl::unexpected<Error>(bad_arguments(arguments.error()));
        if (check != nullptr) {
            if (const Status checked = check(context, *arguments); !checked) {
                return propagate(checked);
            }
        }
        const auto result = handler(context, *arguments);
        if (!result) return propagate(result);
        return encode(*result);
    };
    method.arguments_from_json = [](const boost::json::value& value) -> Result<Bytes> {
        const auto arguments = from_json<Arguments>(value);
        if (!arguments) return propagate(arguments);
        return try_encode(*arguments);
    };
    method.arguments_to_json = [](ByteView bytes) -> Result<boost::json::value> {
        const auto arguments = decode<Arguments>(bytes);
        if (!arguments) return propagate(arguments);
        return to_json(*arguments);
    };
    method.result_to_json = [](ByteView bytes) -> Result<boost::json::value> {
        const auto result = decode<R>(bytes);
        if (!result) return propagate(result);
        return to_json(*result);
    };
    for (auto& [field_name, type] : describe<Arguments>()) {
        method.arguments.push_back({field_name, type});
    }
    for (auto& [field_name, type] : describe<R>()) method.result.push_back({field_name, type});
    method.example_arguments = example_json<Arguments>();
    method.example_result = example_json<R>();
    return method;
}

[[nodiscard]] Readers anybody();

/// Readers by a rule on the query's arguments. Bytes that do not decode pass: the query refuses
/// them.
template <class Arguments>
[[nodiscard]] Readers readers_by(std::string words, bool (*rule)(Context&, const Arguments&)) {
    return {std::move(words), [rule](Context& context, ByteView bytes) {
                const auto arguments = decode<Arguments>(bytes);
                return !arguments || rule(context, *arguments);
            }};
}

/// Makes a query, as make_method does.
template <class Arguments, class R>
[[nodiscard]] Method make_query(std::string name, std::string summary, Readers readers,
                                Result<R> (*handler)(Context&, const Arguments&)) {
    Method method = make_method(std::move(name), std::move(summary), handler);
    method.readers = std::move(readers);
    return method;
}

/// All contracts of a chain, by name.
class ContractRegistry {
public:
    void add(Contract contract);  ///< CHECKs that the name is new
    [[nodiscard]] const Contract* find(std::string_view name) const;
    /// In ascending order of names.
    [[nodiscard]] std::vector<const Contract*> all() const;

    [[nodiscard]] Result<const Method*> operation(std::string_view contract,
                                                  std::string_view method) const;
    [[nodiscard]] Result<const Method*> query(std::string_view contract,
                                              std::string_view method) const;

private:
    std::map<std::string, Contract, std::less<>> contracts_;
};

/// What the genesis has set for good: the records under "<contract>/rules", which no operation
/// changes. Equal in every state of a chain, so that any node may judge by it at any time.
class ChainRules {
public:
    ChainRules(const ContractRegistry& contracts, const StateReader& state);

    /// Nothing if the contract keeps no rules.
    template <class T>
    [[nodiscard]] std::optional<T> of(std::string_view contract) const {
        const auto found = records_.find(contract);
        if (found == records_.end()) return std::nullopt;
        return Context::decode_record<T>(found->second);
    }

private:
    std::map<std::string, Bytes, std::less<>> records_;
};

}  // namespace cityledger::ledger
