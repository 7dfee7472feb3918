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
#include "sim/scenario/register.hpp"
#include "sim/scenario/yaml.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

/// Somebody who signs: a member of the chain, or one that a step enrols.
struct Actor {
    std::string name;  ///< in the scenario
    ledger::MemberId id;
    std::string kind;  ///< enterprise, department, authority or person
    std::vector<std::string> roles;
    std::string full_name;        ///< as registered; the name if nothing is written
    std::string registered_id;    ///< USCC behind a registration tag; else empty
    std::string registered_name;  ///< name behind a tag or a pseudonym; else empty
    std::string group;     ///< of actors that one line makes: "departments", "merchant"; or empty
    bool enrolled = true;  ///< a member from the genesis on
    Place place;
};

/// What is expected of an operation or a query. `index` counts the expectations of the file from
/// 1; 0 is no expectation.
struct Expectation {
    std::size_t index = 0;
    std::optional<std::string> refused;         ///< the name of a code
    std::optional<boost::json::object> fields;  ///< of the result; others may exist
    std::vector<std::string> events;            ///< that the operation sends, in any order
    bool stated = false;                        ///< false: the default, success
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

/// Actors that share a weight: one of them is drawn as often as the weight says against the others.
struct WeightedActors {
    std::uint64_t weight = 1;
    std::vector<std::string> actors;  ///< each drawn equally often
};

/// The values that a loop's variable takes.
struct Loop {
    std::string variable;
    std::uint64_t times = 0;              ///< of a repeat: 1, 2, ..., times; of a choose: draws
    std::vector<std::string> actors;      ///< of a for_each
    std::vector<WeightedActors> choices;  ///< of a choose: one actor is drawn each time
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

/// As `as` of a query: nobody who is known, without a signature.
inline constexpr std::string_view k_anybody = "anybody";

struct QueryStep {
    Call call;
    std::string as;  ///< who asks; empty: the narrator (narrator_of)
    std::optional<std::size_t> node;
    std::uint64_t within_ms = 0;  ///< of `wait_until`: asks again until it is so; 0: asks once
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

enum class GeneratorKind : std::uint8_t { shenzhen_day, shenzhen_history };

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

enum class RateKind : std::uint8_t { fixed, linear, max, closed };

/// When the transactions of a load are sent.
struct Rate {
    RateKind kind = RateKind::fixed;
    std::uint64_t from_per_second = 0;  ///< of fixed and linear
    std::uint64_t to_per_second = 0;    ///< of linear: the rate at the last transaction
    std::uint64_t open = 0;             ///< of closed and max: so many may be without a receipt
};

/// One kind of transaction of a load, drawn as often as its weight says against the others.
struct MixEntry {
    std::uint64_t weight = 1;
    std::vector<WeightedActors> senders;
    Call call;  ///< its `save` is empty; expectation 0: any end is fine
};

/// Transactions sent without waiting for each; the step ends when all have their receipts.
struct LoadStep {
    std::uint64_t transactions = 0;
    Rate rate;
    std::vector<MixEntry> mix;
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

/// How the file names it.
[[nodiscard]] std::string_view network_key(NetworkKind kind);

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
    bool stated = true;  ///< false: expected by default, since the file has no `expect`
};

struct ExpectStep {
    std::vector<NetworkExpectation> expectations;
};

struct Step {
    Place place;
    std::variant<SubmitStep, QueryStep, LoopStep, CloseDayStep, GenerateStep, LoadStep, FaultStep,
                 WaitStep, StalledStep, ExpectStep>
        action;
};

/// An expectation as the file states it, for reports.
struct StatedExpectation {
    Place place;
    std::string text;
};

/// Waits in force where a step or expectation names none.
struct Defaults {
    std::uint64_t within_ms = 20'000;   ///< for an expectation of the network to come true
    std::uint64_t timeout_ms = 60'000;  ///< for the receipt of a transaction
};

struct Scenario {
    std::string file;
    std::string name;
    std::string title;
    std::vector<std::string> settings;  ///< what --set changed, as it was typed
    std::uint64_t seed = 1;
    std::vector<std::string> worlds;  ///< kinds that it can run in; empty: all
    std::string worlds_because;
    std::size_t validators = 4;
    Defaults defaults;
    std::vector<std::string> stated;  ///< keys of the top level and of `defaults` that the file has
    boost::json::object genesis;      ///< sections by contract, without membership
    std::vector<Actor> actors;
    std::optional<Register> secrets;  ///< on a closed chain: what gives tags and commitments
    std::vector<Step> steps;
    std::vector<NetworkExpectation> final_expectations;
    std::vector<StatedExpectation> expectations;  ///< by index - 1

    [[nodiscard]] const Actor* find_actor(std::string_view actor_name) const;
    [[nodiscard]] bool states(std::string_view key) const;
    /// Adds an expectation; gives its index, from 1.
    [[nodiscard]] std::size_t state_expectation(Place place, std::string text);
};

/// The contracts and refusals that a scenario may name.
struct Vocabulary {
    const ledger::ContractRegistry* contracts = nullptr;
    std::vector<std::string> codes;
};

/// The contracts of the city and the codes of all layers.
[[nodiscard]] const Vocabulary& city_vocabulary();

/// All that is wrong with a scenario, in the order of the file; never empty.
using ScenarioOrProblems = tl::expected<Scenario, std::vector<Error>>;

/// Reads and checks a scenario: whatever can be known before it runs. `file` is the name that
/// messages show. `settings` are "dotted.path=value" (scenario_settings.hpp), applied before
/// anything is checked. `secrets` give the tags of a closed chain; none: those of the seed.
[[nodiscard]] ScenarioOrProblems check_scenario(std::string_view text, const std::string& file,
                                                const Vocabulary& vocabulary = city_vocabulary(),
                                                const std::vector<std::string>& settings = {},
                                                const std::optional<Register>& secrets = {});
[[nodiscard]] ScenarioOrProblems check_scenario_file(const std::string& path,
                                                     const std::vector<std::string>& settings = {},
                                                     const std::optional<Register>& secrets = {});
/// The same, with the first problem alone.
[[nodiscard]] Result<Scenario> read_scenario(std::string_view text, const std::string& file,
                                             const Vocabulary& vocabulary = city_vocabulary(),
                                             const std::vector<std::string>& settings = {});

[[nodiscard]] Result<Scenario> read_scenario_file(const std::string& path,
                                                  const std::vector<std::string>& settings = {});

/// The actor as the genesis lists its members.
[[nodiscard]] boost::json::object member_json(const Actor& actor);

/// What a world needs to begin this scenario.
[[nodiscard]] WorldPlan make_plan(const Scenario& scenario);

/// Whether the runner fills in this argument if the scenario leaves it out.
[[nodiscard]] bool is_filled_in(const ledger::Method& method, std::string_view field);

/// Files that are part of the program, as they were when it was built:
/// scenarios/scenario.schema.json (JSON Schema, draft 7), scenarios/data/beijing_departments.tsv,
/// of sim/scenario/data the frame of docs/scenarios.md and the messages, and of there and of each
/// contract's folder the codes in Chinese.
[[nodiscard]] std::string_view scenario_schema();
[[nodiscard]] std::string_view departments_table();
[[nodiscard]] std::string_view scenario_document_frame();
[[nodiscard]] std::string_view messages_table();
[[nodiscard]] std::string_view codes_zh_table();
/// The help of the command line: English, tab, Chinese.
[[nodiscard]] std::string_view help_zh_table();

/// Who asks where a step does not say: the first member of the genesis that is an auditor, else a
/// tax bureau, else an operator, else any. Empty if there is no member.
[[nodiscard]] ledger::MemberId narrator_of(const Scenario& scenario);

}  // namespace cityledger::sim
