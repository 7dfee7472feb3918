#include "sim/runner/run_record.hpp"

#include <algorithm>

#include "sim/scenario/scenario_codes.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

RunRecord::RunRecord(const Scenario& scenario, const World& world,
                     std::optional<std::size_t> invert) {
    report_.scenario = scenario.name;
    report_.file = scenario.file;
    report_.world = world.kind();
    report_.seed = scenario.seed;
    report_.settings = scenario.settings;
    for (std::size_t i = 0; i < scenario.expectations.size(); ++i) {
        ExpectationResult result;
        result.index = i + 1;
        result.line = static_cast<std::uint64_t>(scenario.expectations[i].place.line);
        result.column = static_cast<std::uint64_t>(scenario.expectations[i].place.column);
        result.expected = scenario.expectations[i].text;
        result.inverted = invert == i + 1;
        report_.expectations.push_back(std::move(result));
    }
}

void RunRecord::judge(std::size_t index, const Verdict& verdict) {
    if (index == 0) return;
    ExpectationResult& result = report_.expectations[index - 1];
    const bool held = verdict.held != result.inverted;
    if (result.evaluations == 0 || result.passed) result.found = verdict.found;
    result.passed = held && (result.evaluations == 0 || result.passed);
    ++result.evaluations;
}

void RunRecord::count(const api::ReceiptView& receipt) {
    if (receipt.code != 0) return count_refused();
    ++report_.transactions_executed;
    for (const api::OperationView& operation : receipt.operations) {
        if (operation.code == 0) {
            ++report_.operations_ok;
        } else {
            report_.count_refusal(operation.code_name);
        }
    }
}

void RunRecord::ended_at(Place place) {
    if (report_.ended_line == 0) report_.ended_line = static_cast<std::uint64_t>(place.line);
}

std::size_t RunRecord::failed() const {
    return static_cast<std::size_t>(
        std::count_if(report_.expectations.begin(), report_.expectations.end(),
                      [](const auto& result) { return result.evaluations > 0 && !result.passed; }));
}

Report RunRecord::finish(const Status& status, const std::vector<NodeView>& nodes) {
    if (!status) {
        report_.outcome = outcome_of(status.error());
        report_.message = message_of(status.error());
        // A value is missing because an earlier step did not give it.
        const bool follows = status.error().code == codes::scenario_value_missing && failed() > 0;
        if (follows) report_.outcome = RunOutcome::expectation_failed;
    } else if (failed() > 0) {
        report_.outcome = RunOutcome::expectation_failed;
        report_.message = said("report.failed", {std::to_string(failed()),
                                                 std::to_string(report_.expectations.size())});
    }
    for (const NodeView& node : nodes) {
        if (!node.running || !node.honest || !node.status) continue;
        const api::StatusView& state = *node.status;
        report_.final_height = std::max(report_.final_height, state.final_height);
        if (report_.business_root.empty() || state.executed_height > report_.executed_height) {
            report_.executed_height = state.executed_height;
            report_.business_root = to_hex(state.business_root);
        }
    }
    return std::move(report_);
}

}  // namespace cityledger::sim
