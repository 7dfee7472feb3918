#include "sim/runner/report.hpp"

#include <algorithm>

#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {

namespace {

std::string line_of(const Report& report, const ExpectationResult& result) {
    return report.file + ":" + std::to_string(result.line) + ":" + std::to_string(result.column);
}

std::string failed_expectation(const Report& report, const ExpectationResult& result) {
    const std::string expected =
        result.inverted ? said("report.inverted", {result.expected}) : result.expected;
    const std::string found =
        result.evaluations > 0 ? said("report.found", {result.found}) : said("report.not_reached");
    return said("report.expected", {line_of(report, result), expected}) + "\n       " + found +
           "\n";
}

std::string row(std::string_view id, const std::string& words) {
    constexpr std::size_t k_label_columns = 14;
    return named_lines(said(id), k_label_columns, words);
}

std::string load_words(const LoadCount& load, bool virtual_time) {
    const std::uint64_t tenths =
        load.final_ms == 0 ? 0 : load.transactions * 10'000 / load.final_ms;
    std::string words = said("report.load_words",
                             {std::to_string(load.line), std::to_string(load.transactions),
                              std::to_string(load.sent_ms), std::to_string(load.final_ms),
                              std::to_string(tenths / 10) + "." + std::to_string(tenths % 10)});
    if (virtual_time) words += said("report.virtual_time");
    if (load.held_back > 0) words += said("report.held_back", {std::to_string(load.held_back)});
    if (load.sent_again > 0) words += said("report.sent_again", {std::to_string(load.sent_again)});
    return words;
}

std::string replay_command(const Report& report) {
    std::string command = "cityledger replay " + report.file + " --world " + report.world;
    if (!report.engine.empty()) command += " --engine " + report.engine;
    if (!report.network.empty()) command += " --network '" + report.network + "'";
    command += " --seed " + std::to_string(report.seed);
    for (const std::string& setting : report.settings) command += " --set '" + setting + "'";
    if (report.until > 0) command += " --until " + std::to_string(report.until);
    return command;
}

}  // namespace

void Report::count_refusal(const std::string& code) {
    const auto place = std::lower_bound(
        operations_refused.begin(), operations_refused.end(), code,
        [](const CodeCount& entry, const std::string& name) { return entry.code < name; });
    if (place != operations_refused.end() && place->code == code) {
        ++place->count;
    } else {
        operations_refused.insert(place, {code, 1});
    }
}

std::string report_text(const Report& report) {
    std::string text;
    std::uint64_t passed = 0;
    std::uint64_t counted_ones = 0;
    for (const ExpectationResult& result : report.expectations) {
        if (result.passed) ++passed;
        if (result.passed || report.failed(result)) ++counted_ones;
        if (report.failed(result)) text += failed_expectation(report, result);
    }
    if (!report.message.empty()) text += report.message + "\n";
    const std::string name = report.scenario.empty() ? report.file : report.scenario;
    const std::string outcome =
        said("outcome." +
             std::string(
                 ledger::EnumNames<RunOutcome>::names[static_cast<std::size_t>(report.outcome)]));
    if (report.world.empty()) return text + said("report.file_outcome", {name, outcome}) + "\n";
    text += said("report.outcome", {name, said("world." + report.world), outcome}) + "\n";
    if (report.ended_line > 0) {
        text += row("report.ended", report.file + ":" + std::to_string(report.ended_line));
    }
    if (report.until > 0) text += row("report.until", std::to_string(report.until));
    // With --until those that come later are not looked at; else what was not reached is told.
    const std::uint64_t all = report.until > 0 ? counted_ones : report.expectations.size();
    std::string hold = said("report.hold", {std::to_string(passed), std::to_string(all)});
    if (all > counted_ones) {
        hold += said("report.not_reached_count", {std::to_string(all - counted_ones)});
    }
    text += row("report.expectations", hold);
    text += row("report.transactions",
                said("report.transaction_words", {std::to_string(report.transactions_executed),
                                                  std::to_string(report.transactions_refused),
                                                  std::to_string(report.transactions_sent)}));
    std::string operations = said("found.ok_count", {std::to_string(report.operations_ok)});
    for (const CodeCount& refusal : report.operations_refused) {
        operations += ", " + std::to_string(refusal.count) + " " + refusal.code;
    }
    text += row("report.operations", operations);
    for (const LoadCount& load : report.loads) {
        text += row("report.load", load_words(load, report.world == "virtual"));
    }
    text +=
        row("report.chain", said("report.chain_words", {counted(report.final_height, "block"),
                                                        std::to_string(report.executed_height)}));
    text += row("report.root", report.business_root);
    if (!report.trace.empty()) text += row("report.trace", report.trace);
    text += row("report.seed", std::to_string(report.seed));
    if (report.duration_ms > 0) {
        text += row("report.duration", std::to_string(report.duration_ms) + " ms");
    }
    if (report.outcome != RunOutcome::passed) text += row("report.replay", replay_command(report));
    return text;
}

std::string reports_json(const std::vector<Report>& reports) {
    if (reports.size() == 1) return ledger::pretty_json(ledger::to_json(reports.front())) + "\n";
    boost::json::array all;
    for (const Report& report : reports) all.push_back(ledger::to_json(report));
    return ledger::pretty_json(all) + "\n";
}

RunOutcome outcome_of(const Error& error) {
    if (error.code == codes::world_timed_out) return RunOutcome::timed_out;
    if (error.code == codes::world_invariant_broken) return RunOutcome::diverged;
    if (error.code.kind == RefusalKind::invalid) return RunOutcome::scenario_error;
    return RunOutcome::environment_error;
}

Report report_of_error(const std::string& file, const Error& error) {
    Report report;
    report.file = file;
    report.outcome = outcome_of(error);
    report.message = message_of(error);
    return report;
}

}  // namespace cityledger::sim
