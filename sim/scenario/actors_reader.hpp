#pragma once
// Who takes part in a scenario: single actors and the lines that make many.

#include "sim/scenario/scenario.hpp"
#include "sim/scenario/value_reader.hpp"

namespace cityledger::sim {

class ActorsReader {
public:
    ActorsReader(ValueReader& in, Scenario& scenario) : in_(in), scenario_(scenario) {}

    void read(const YamlValue& value);

private:
    void read_one_actor(const YamlValue& value);
    void read_departments(const YamlValue& value);
    void read_made_up(const YamlValue& value, std::string_view key);
    void add_actor(Actor actor, Place place);
    void check_member(const Actor& actor, const YamlValue& value);
    /// A broken actor is still known by its name.
    void remember_actor(const YamlValue& value);

    ValueReader& in_;
    Scenario& scenario_;
    std::uint32_t made_up_enterprises_ = 0;
};

}  // namespace cityledger::sim
