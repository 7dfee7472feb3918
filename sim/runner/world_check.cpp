#include "sim/runner/world_check.hpp"

#include <algorithm>

#include "sim/scenario/scenario_codes.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

Status not_for_world(const std::string& detail) {
    return refuse(codes::scenario_not_for_world, detail);
}

std::string number_of(std::size_t number, std::size_t of) {
    return said("number_of", {std::to_string(number), std::to_string(of)});
}

bool is_outside(const std::optional<std::size_t>& number, std::size_t of) {
    return number && (*number == 0 || *number > of);
}

/// The first fault that the world cannot do is named by its line.
Status check_faults(const std::vector<Step>& steps, const World& world) {
    for (const Step& step : steps) {
        if (const auto* fault = std::get_if<FaultStep>(&step.action)) {
            const Status able = world.can(fault->kind);
            if (!able) {
                return not_for_world(said("line", {std::to_string(step.place.line)}) + ": " +
                                     message_of(able.error()));
            }
        }
        if (const auto* loop = std::get_if<LoopStep>(&step.action)) {
            const Status inner = check_faults(loop->steps, world);
            if (!inner) return inner;
        }
    }
    return {};
}

}  // namespace

std::vector<Step> steps_to_do(const Scenario& scenario, const RunOptions& options) {
    const auto begin = scenario.steps.begin();
    const std::size_t count = options.until.value_or(scenario.steps.size());
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

Status check_world(const Scenario& scenario, const World& world, const RunOptions& options) {
    const auto& kinds = scenario.worlds;
    if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), world.kind()) == kinds.end()) {
        return not_for_world(said("world." + world.kind()) + ": " + scenario.worlds_because);
    }
    const std::size_t steps = scenario.steps.size();
    if (is_outside(options.until, steps)) {
        return refuse(codes::scenario_no_such_step, number_of(*options.until, steps));
    }
    const std::size_t expectations = scenario.expectations.size();
    if (is_outside(options.invert, expectations)) {
        return refuse(codes::scenario_no_such_expectation,
                      number_of(*options.invert, expectations));
    }
    return check_faults(steps_to_do(scenario, options), world);
}

}  // namespace cityledger::sim
