#include "sim/core/report.hpp"

#include <algorithm>

#include "sim/core/codes.hpp"

namespace cityledger::sim {

namespace {

constexpr std::uint16_t k_first_scenario_code = 1500;
constexpr std::uint16_t k_last_scenario_code = 1599;

std::string line_of(const Report& report, const ExpectationResult& result) {
    return report.file + ":" + std::to_string(result.line) + ":" + std::to_string(result.column);
}

std::string failed_expectation(const Report& report, const ExpectationResult& result) {
    std::string text = "FAILED " + line_of(report, result) + ": expected" +
                       (result.inverted ? " (inverted) not: " : ": ") + result.expected + "\n";
    const bool reached = result.evaluations > 0;
    return text + "       " + (reached ? "found: " + result.found : "the run ended before") + "\n";
}

std::string counted(std::uint64_t count, const std::string& noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

void Report::count_refusal(const std::string& code) {
    const auto place =
        std::lower_bound(operations_refused.begin(), operations_refused.end(), code,
                         [](const CodeCount& entry, const std::string& name) {
                             return entry.code < name;
                         });
    if (place != operations_refused.end() && place->code == code) {
        ++place->count;
    } else {
        operations_refused.insert(place, {code, 1});
    }
}

std::string report_text(const Report& report) {
    std::string text;
    std::uint64_t passed = 0;
    for (const ExpectationResult& result : report.expectations) {
        if (result.passed) {
            ++passed;
        } else {
            text += failed_expectation(report, result);
        }
    }
    if (!report.message.empty()) text += report.message + "\n";
    const std::string name = report.scenario.empty() ? report.file : report.scenario;
    text += name + (report.world.empty() ? "" : " in the " + report.world + " world") + ": " +
            std::string(ledger::EnumNames<RunOutcome>::names[static_cast<std::size_t>(
                report.outcome)]) +
            "\n";
    if (report.world.empty()) return text;
    text += "  expectations  " + std::to_string(passed) + " of " +
            std::to_string(report.expectations.size()) + " hold\n";
    text += "  transactions  " + std::to_string(report.transactions_executed) + " executed, " +
            std::to_string(report.transactions_refused) + " refused, " +
            std::to_string(report.transactions_sent) + " sent without waiting\n";
    text += "  operations    " + std::to_string(report.operations_ok) + " ok";
    for (const CodeCount& refusal : report.operations_refused) {
        text += ", " + std::to_string(refusal.count) + " " + refusal.code;
    }
    text += "\n  chain         " + counted(report.final_height, "final block") +
            ", executed up to " + std::to_string(report.executed_height) + "\n";
    text += "  business root " + report.business_root + "\n";
    if (!report.trace.empty()) text += "  trace         " + report.trace + "\n";
    text += "  seed          " + std::to_string(report.seed) + "\n";
    if (report.duration_ms > 0) {
        text += "  duration      " + std::to_string(report.duration_ms) + " ms\n";
    }
    if (report.outcome != RunOutcome::passed) {
        text += "  replay        cityledger replay " + report.file + " --world " + report.world +
                " --seed " + std::to_string(report.seed) + "\n";
    }
    return text;
}

std::string report_json(const Report& report) {
    return ledger::pretty_json(ledger::to_json(report)) + "\n";
}

RunOutcome outcome_of(const Error& error) {
    if (error.code == codes::world_timed_out) return RunOutcome::timed_out;
    if (error.code == codes::world_invariant_broken) return RunOutcome::diverged;
    if (error.code.number >= k_first_scenario_code && error.code.number <= k_last_scenario_code) {
        return RunOutcome::scenario_error;
    }
    return RunOutcome::environment_error;
}

Report report_of_error(const std::string& file, const Error& error) {
    Report report;
    report.file = file;
    report.outcome = outcome_of(error);
    report.message = error.message();
    return report;
}

}  // namespace cityledger::sim
