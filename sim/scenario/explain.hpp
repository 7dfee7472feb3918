#pragma once
// A scenario in words: what it does step by step, and every default that is in force.

#include <string>

#include "sim/scenario/scenario.hpp"

namespace cityledger::sim {

/// For people, in the language of the process. Values that the file does not state are marked as
/// defaults. Steps have the numbers that `--until` and `--set steps.N` take.
[[nodiscard]] std::string explanation(const Scenario& scenario);

/// docs/scenarios.md: its frame (sim/scenario/data/scenarios.md.in) with the tables of the schema.
[[nodiscard]] std::string scenario_document();

}  // namespace cityledger::sim
