#pragma once
// The actors that a step names: one, those of a group or role, or some drawn by weight.

#include "sim/scenario/references.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/value_reader.hpp"

namespace cityledger::sim {

class NamesReader {
public:
    NamesReader(ValueReader& in, const Scenario& scenario, const References& references)
        : in_(in), scenario_(scenario), references_(references) {}

    /// The name of an actor, or a reference that will stand for one.
    [[nodiscard]] std::string read_actor(const YamlValue& value);
    /// Who asks: an actor, `anybody`, or empty if it is not said.
    [[nodiscard]] std::string asker_under(const YamlValue& value);
    [[nodiscard]] Words read_actor_group(const YamlValue& value);
    [[nodiscard]] std::vector<WeightedActors> read_choices(const YamlValue& value);

private:
    [[nodiscard]] Words actor_names() const;
    [[nodiscard]] Words members_of(const std::string& word, Place place);

    ValueReader& in_;
    const Scenario& scenario_;
    const References& references_;
};

}  // namespace cityledger::sim
