#pragma once
// Whether a scenario can run in this world, before anything runs.

#include "sim/runner/runner.hpp"

namespace cityledger::sim {

/// The steps of a run: all, or with `until` the first ones.
[[nodiscard]] std::vector<Step> steps_to_do(const Scenario& scenario, const RunOptions& options);

/// Refused if the scenario names other worlds or has a fault that this one cannot do
/// (`scenario_not_for_world`), or the options name a step or expectation that it does not have.
[[nodiscard]] Status check_world(const Scenario& scenario, const World& world,
                                 const RunOptions& options);

}  // namespace cityledger::sim
