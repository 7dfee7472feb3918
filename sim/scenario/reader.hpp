#pragma once
// The reader behind read_scenario: keeps the first problem and goes on with empty values, so that
// the code reads like the language.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/scenario/problems.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/yaml.hpp"

namespace cityledger::sim {

class ScenarioReader {
public:
    ScenarioReader(std::string file, const Vocabulary& vocabulary);

    [[nodiscard]] Result<Scenario> read(const YamlValue& root);

private:
    using Value = YamlValue;
    using Words = std::vector<std::string>;

    // Shared: problems and plain values (scenario_reader.cpp).
    [[nodiscard]] FilePlace at(const Value& value) const { return {scenario_.file, value.place}; }
    [[nodiscard]] FilePlace at(Place place) const { return {scenario_.file, place}; }
    void fail(Error error);
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
    void read_end(const Value& root);
    void read_actors(const Value& value);
    void read_one_actor(const Value& value);
    void read_departments(const Value& value);
    void read_made_up(const Value& value, std::string_view key);
    void add_actor(Actor actor, Place place);
    [[nodiscard]] Words actor_names() const;

    // Steps (scenario_reader_steps.cpp).
    [[nodiscard]] std::vector<Step> read_steps(const Value& value);
    [[nodiscard]] Step read_step(const Value& value);
    [[nodiscard]] SubmitStep read_do(const Value& value, std::string_view key);
    [[nodiscard]] SubmitStep read_bundle(const Value& value);
    [[nodiscard]] std::vector<BundleItem> read_bundle_items(const Value& value);
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
    void check_arguments(const Call& call, const Value* with, bool is_query);
    void check_money(const Value& value);
    void check_references(const Value& value);
    void check_reference_text(const Value& value);
    [[nodiscard]] bool is_known_root(const std::string& root) const;
    [[nodiscard]] Expectation read_expectation(const Value* value, Place place,
                                               const std::string& subject, bool is_query);
    [[nodiscard]] std::string read_code(const Value& value);
    [[nodiscard]] std::vector<NetworkExpectation> read_network_expectations(const Value& value);
    void read_network_expectation(const YamlEntry& entry, NetworkExpectation& expectation,
                                  std::string& words);
    void read_receipt_counts(const Value& value, NetworkExpectation& expectation);
    [[nodiscard]] std::size_t state_expectation(Place place, std::string text);

    const Vocabulary& vocabulary_;
    Scenario scenario_;
    std::optional<Error> problem_;
    std::set<std::string> saved_;         ///< as written, references and all
    std::vector<std::string> variables_;  ///< of the loops around the current step
    std::uint64_t rounds_ = 1;            ///< of all loops around the current step together
    std::uint32_t made_up_enterprises_ = 0;
};

}  // namespace cityledger::sim
