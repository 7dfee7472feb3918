#pragma once
// A scenario, read and checked: actors, steps and expectations in types. The language is in
// docs/scenarios.md, its structure in scenarios/scenario.schema.json.

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ledger/contract.hpp"
#include "sim/core/scenario_yaml.hpp"
#include "sim/core/world.hpp"

namespace cityledger::sim {

/// Somebody who signs: a member of the chain, or one that a step enrols.
struct Actor {
    std::string name;  ///< in the scenario
    ledger::MemberId id;
    std::string kind;  ///< enterprise, department, authority or person
    std::vector<std::string> roles;
    std::string full_name;  ///< as registered; the name if nothing is written
    std::string group;      ///< of actors that one line makes: "departments", "merchant"; or empty
    bool enrolled = true;   ///< a member from the genesis on
    Place place;
};

/// What is expected of an operation or a query. `index` counts the expectations of the file from
/// 1; 0 is no expectation.
struct Expectation {
    std::size_t index = 0;
    std::optional<std::string> refused;     ///< the name of a code
    std::optional<boost::json::object> fields;  ///< of the result; others may exist
    std::vector<std::string> events;        ///< that the operation sends, in any order
};

/// One call of a contract, with references (`${...}`) still in it.
struct Call {
    Place place;
    std::string contract;
    std::string method;
    boost::json::object arguments;
    std::string save;  ///< empty: the result is not kept
    Expectation expect;
};

/// The values that a loop's variable takes.
struct Loop {
    std::string variable;
    std::uint64_t times = 0;          ///< of a repeat: 1, 2, ..., times
    std::vector<std::string> actors;  ///< of a for_each
    [[nodiscard]] std::size_t count() const { return actors.empty() ? times : actors.size(); }
};

/// A call, or a loop over calls, inside one transaction.
struct BundleItem {
    std::optional<Loop> loop;
    std::vector<BundleItem> items;  ///< of a loop
    Call call;                      ///< if it is no loop
};

/// One transaction; `wait` is false for `send`.
struct SubmitStep {
    std::string sender;  ///< the name of an actor, or a reference to one
    std::vector<BundleItem> operations;
    bool wait = true;
};

struct QueryStep {
    Call call;
    std::optional<std::size_t> node;
};

struct Step;
struct LoopStep {
    Loop loop;
    std::vector<Step> steps;
};

/// Proposes and countersigns the close of the open business day, `days` times.
struct CloseDayStep {
    std::string by;
    std::string countersigned_by;
    std::uint64_t days = 1;
    Expectation expect;
};

enum class GeneratorKind : std::uint8_t { shenzhen_day };

/// Transactions drawn from the seed. Groups or roles name the actors that take part.
struct GenerateStep {
    GeneratorKind kind = GeneratorKind::shenzhen_day;
    std::uint64_t invoices = 0;
    std::string tax_bureau;
    std::vector<std::string> sellers;
    std::vector<std::string> buyers;
    std::vector<std::string> consumers;
    Expectation expect;
};

/// Which nodes a fault is for: numbers, or a word that the moment decides.
enum class NodeChoice : std::uint8_t { numbered, leader, all, killed, paused };

struct FaultStep {
    FaultKind kind = FaultKind::kill;
    NodeChoice choice = NodeChoice::numbered;
    std::vector<std::size_t> nodes;
    std::vector<std::vector<std::size_t>> groups;
    std::string behaviour;
};

struct WaitStep {
    std::uint64_t milliseconds = 0;
};

/// While this time passes no transaction becomes final, though at least one waits.
struct StalledStep {
    std::uint64_t for_ms = 0;
    Expectation expect;
};

enum class NetworkKind : std::uint8_t {
    equal_roots,
    one_chain,
    no_evidence,
    evidence_at_least,
    nullified_views_at_least,
    height_at_least,
    receipts,
    all_nodes_have_receipts,
};

struct RefusalCount {
    std::string code;
    std::uint64_t count = 0;
};

/// What is expected of the network; waits up to `within_ms` for it to become true.
struct NetworkExpectation {
    std::size_t index = 0;
    NetworkKind kind = NetworkKind::equal_roots;
    std::uint64_t amount = 0;
    std::optional<std::uint64_t> ok;    ///< of `receipts`: operations that succeeded
    std::vector<RefusalCount> refused;  ///< of `receipts`: operations refused by code
    std::uint64_t within_ms = 0;
};

struct ExpectStep {
    std::vector<NetworkExpectation> expectations;
};

struct Step {
    Place place;
    std::variant<SubmitStep, QueryStep, LoopStep, CloseDayStep, GenerateStep, FaultStep, WaitStep,
                 StalledStep, ExpectStep>
        action;
};

/// An expectation as the file states it, for reports.
struct StatedExpectation {
    Place place;
    std::string text;
};

struct Scenario {
    std::string file;
    std::string name;
    std::string title;
    std::uint64_t seed = 1;
    std::vector<std::string> worlds;  ///< kinds that it can run in; empty: all
    std::string worlds_because;
    std::size_t validators = 4;
    boost::json::object genesis;  ///< sections by contract, without membership
    std::vector<Actor> actors;
    std::vector<Step> steps;
    std::vector<NetworkExpectation> final_expectations;
    std::vector<StatedExpectation> expectations;  ///< by index - 1

    [[nodiscard]] const Actor* find_actor(std::string_view actor_name) const;
};

/// The contracts and refusals that a scenario may name.
struct Vocabulary {
    const ledger::ContractRegistry* contracts = nullptr;
    std::vector<std::string> codes;
};

/// The contracts of the city and the codes of all layers.
[[nodiscard]] const Vocabulary& city_vocabulary();

/// Reads and checks a scenario. `file` is the name that messages show.
[[nodiscard]] Result<Scenario> read_scenario(std::string_view text, const std::string& file,
                                             const Vocabulary& vocabulary = city_vocabulary());
[[nodiscard]] Result<Scenario> read_scenario_file(const std::string& path);

/// What a world needs to begin this scenario.
[[nodiscard]] WorldPlan make_plan(const Scenario& scenario);

/// Arguments that the runner fills in if the scenario leaves them out: the sealed body and its
/// digest of an invoice, the public key of a new member.
[[nodiscard]] bool is_filled_in(const Call& call, std::string_view field);

/// scenarios/scenario.schema.json (JSON Schema, draft 7), as it was when this was built.
[[nodiscard]] std::string_view scenario_schema();

/// scenarios/data/beijing_departments.tsv, as it was when this was built.
[[nodiscard]] std::string_view departments_table();

}  // namespace cityledger::sim
