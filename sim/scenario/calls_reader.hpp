#pragma once
// Calls of contracts, references, and what is expected of calls.

#include "sim/scenario/references.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/value_reader.hpp"

namespace cityledger::sim {

enum class CallKind : std::uint8_t { operation, query };

class CallsReader {
public:
    CallsReader(ValueReader& in, Scenario& scenario, References& references,
                const Vocabulary& vocabulary)
        : in_(in), scenario_(scenario), references_(references), vocabulary_(vocabulary) {}

    /// The call that stands under `key`, with its arguments beside it.
    [[nodiscard]] Call read_call(const YamlValue& value, std::string_view key, CallKind kind,
                                 bool has_expectation);
    /// The names that a broken step would have saved: later references to them are no mistakes.
    void remember_saves(const YamlValue& value);

private:
    /// The arguments as far as they are known.
    boost::json::object check_arguments(const Call& call, const ledger::Method& method,
                                        const YamlValue* with);
    void check_converted(const ledger::Method& method, const YamlValue* with, Place place,
                         const boost::json::object& arguments);
    void check_fields(const YamlValue& fields, const boost::json::value& shape);
    void check_money(const YamlValue& value);
    void check_references(const YamlValue& value);
    [[nodiscard]] Expectation read_expectation(const YamlValue* value, const Call& call,
                                               const ledger::Method& method, CallKind kind);
    [[nodiscard]] std::string read_code(const YamlValue& value);

    ValueReader& in_;
    Scenario& scenario_;
    References& references_;
    const Vocabulary& vocabulary_;
};

}  // namespace cityledger::sim
