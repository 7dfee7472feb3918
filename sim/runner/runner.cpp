#include "sim/runner/runner.hpp"

#include "sim/runner/step_runner.hpp"
#include "sim/runner/world_check.hpp"

namespace cityledger::sim {

Report run(const Scenario& scenario, World& world, const RunOptions& options) {
    const std::uint64_t start = options.clock ? options.clock() : 0;
    RunParts parts(scenario, world, options.invert, options.on_story);
    StepRunner steps(parts, options);
    Status status = check_world(scenario, world, options);
    if (status) {
        parts.record.until(options.until.value_or(0));
        status = steps.run(steps_to_do(scenario, options));
    }
    if (status && !options.until) status = steps.check_end();
    Report report = parts.record.finish(status, world.nodes());
    if (const auto trace = world.trace_hash()) report.trace = to_hex(*trace);
    if (options.clock) report.duration_ms = options.clock() - start;
    return report;
}

}  // namespace cityledger::sim
