#pragma once
// The reader behind read_scenario. Of each actor, step and section it keeps the first problem and
// goes on with empty values, so that the code reads like the language; all problems of a file are
// told together.

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/problems.hpp"
#include "sim/scenario/references.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/yaml.hpp"

namespace cityledger::sim {

class ScenarioReader {
public:
    ScenarioReader(std::string file, const Vocabulary& vocabulary);

    [[nodiscard]] ScenarioOrProblems read(const YamlValue& root);

private:
    using Value = YamlValue;
    using Words = std::vector<std::string>;

    // Shared: problems and plain values (scenario_reader.cpp).
    [[nodiscard]] FilePlace at(const Value& value) const { return {scenario_.file, value.place}; }
    [[nodiscard]] FilePlace at(Place place) const { return {scenario_.file, place}; }
    void fail(Error error);
    /// A problem of its own, beside which the reading of this step or actor goes on.
    void note(Error error) { problems_.push_back(std::move(error)); }
    /// The reading of an element of a list ends; the next one begins without a problem.
    void settle();
    bool check_mapping(const Value& value, const Words& known, const Words& required);
    bool is_a(const Value& value, YamlKind kind);
    [[nodiscard]] std::string text_of(const Value& value);
    [[nodiscard]] std::string text_under(const Value& mapping, std::string_view key,
                                         std::string fallback = {});
    [[nodiscard]] std::int64_t integer_of(const Value& value, std::int64_t low, std::int64_t high);
    [[nodiscard]] std::uint64_t integer_under(const Value& mapping, std::string_view key,
                                              std::int64_t low, std::int64_t high,
                                              std::uint64_t fallback);
    [[nodiscard]] std::string choice_of(const Value& value, const Words& known);
    [[nodiscard]] const std::vector<Value>& list_of(const Value& value, std::size_t low);

    // The top level and the actors (scenario_reader.cpp, scenario_reader_actors.cpp).
    void read_version(const Value& root);
    void read_worlds(const Value& value);
    void read_network(const Value& value);
    void read_defaults(const Value& value);
    void read_genesis(const Value& value);
    void check_genesis(const Value& root);
    void read_end(const Value& root);
    void read_actors(const Value& value);
    void read_one_actor(const Value& value);
    void read_departments(const Value& value);
    void read_made_up(const Value& value, std::string_view key);
    void add_actor(Actor actor, Place place);
    void check_member(const Actor& actor, const Value& value);
    /// A broken actor is still known by its name.
    void remember_actor(const Value& value);
    [[nodiscard]] Words actor_names() const;

    // Steps (scenario_reader_steps.cpp).
    [[nodiscard]] std::vector<Step> read_steps(const Value& value);
    [[nodiscard]] Step read_step(const Value& value);
    [[nodiscard]] SubmitStep read_do(const Value& value, std::string_view key);
    [[nodiscard]] SubmitStep read_bundle(const Value& value);
    [[nodiscard]] std::vector<BundleItem> read_bundle_items(const Value& value);
    void check_bundle_size(const std::vector<BundleItem>& items, const Value& value);
    /// Who asks: an actor, `anybody`, or empty if it is not said.
    [[nodiscard]] std::string asker_under(const Value& value);
    [[nodiscard]] QueryStep read_query(const Value& value);
    [[nodiscard]] LoopStep read_loop_step(const Value& value);
    [[nodiscard]] CloseDayStep read_close_day(const Value& value);
    [[nodiscard]] GenerateStep read_generate(const Value& value);
    [[nodiscard]] WaitStep read_wait(const Value& value);
    void read_wait_until(const Value& value, Step& step);
    [[nodiscard]] FaultStep read_fault(const Value& value);
    void read_fault_nodes(const Value& value, FaultStep& fault);
    [[nodiscard]] std::vector<std::size_t> node_list(const Value& value);
    [[nodiscard]] StalledStep read_stalled(const Value& value);
    [[nodiscard]] std::string read_step_kind(const Value& value);
    [[nodiscard]] Loop read_loop(const Value& value);
    /// Enters a loop: its variable is known, and its rounds count; and leaves it.
    void enter(const Loop& loop, Place place);
    void leave(const Loop& loop);
    [[nodiscard]] Words members_of(const std::string& word, Place place);
    [[nodiscard]] Words read_actor_group(const Value& value);
    [[nodiscard]] std::vector<WeightedActors> read_choices(const Value& value);
    [[nodiscard]] std::string read_actor(const Value& value);

    // Loads (scenario_reader_load.cpp).
    [[nodiscard]] LoadStep read_load(const Value& value);
    [[nodiscard]] Rate read_rate(const Value& value);
    [[nodiscard]] MixEntry read_mix_entry(const Value& value);

    // Calls and expectations (scenario_reader_calls.cpp).
    [[nodiscard]] Call read_call(const Value& value, std::string_view key, bool is_query,
                                 bool has_expectation);
    /// The arguments as far as they are known.
    boost::json::object check_arguments(const Call& call, const ledger::Method& method,
                                        const Value* with);
    void check_converted(const ledger::Method& method, const Value* with, Place place,
                         const boost::json::object& arguments);
    void check_fields(const Value& fields, const boost::json::value& shape);
    void check_money(const Value& value);
    void check_references(const Value& value);
    [[nodiscard]] Expectation read_expectation(const Value* value, const Call& call,
                                               const ledger::Method& method, bool is_query);
    /// The names that a broken step would have saved: later references to them are no mistakes.
    void remember_saves(const Value& value);
    [[nodiscard]] std::string read_code(const Value& value);
    [[nodiscard]] std::vector<NetworkExpectation> read_network_expectations(const Value& value);
    void read_network_expectation(const YamlEntry& entry, NetworkExpectation& expectation,
                                  std::string& words);
    void read_receipt_counts(const Value& value, NetworkExpectation& expectation);
    [[nodiscard]] std::size_t state_expectation(Place place, std::string text);

    const Vocabulary& vocabulary_;
    Scenario scenario_;
    References references_{scenario_};
    std::optional<Error> problem_;  ///< of the element that is read now
    std::vector<Error> problems_;
    std::uint64_t rounds_ = 1;  ///< of all loops around the current step together
    std::uint32_t made_up_enterprises_ = 0;
};

}  // namespace cityledger::sim
