#pragma once
// What a run of a scenario found: for people (text) and programs (JSON).

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/result.hpp"
#include "ledger/codec/json.hpp"

namespace cityledger::sim {

/// How a run ended. The exit code of `cityledger replay` is its number.
enum class RunOutcome : std::uint8_t {
    passed,              ///< 0
    expectation_failed,  ///< 1
    scenario_error,      ///< 2: the file is wrong, or does not fit this world
    environment_error,   ///< 3: the world could not do what it was asked to
    timed_out,           ///< 4: no final receipt in time
    diverged,            ///< 5: honest nodes disagree
};

}  // namespace cityledger::sim

namespace cityledger::ledger {
template <>
struct EnumNames<sim::RunOutcome> {
    static constexpr std::string_view names[] = {"passed",         "expectation_failed",
                                                 "scenario_error", "environment_error",
                                                 "timed_out",      "diverged"};
};
}  // namespace cityledger::ledger

namespace cityledger::sim {

/// One expectation of the file. In a loop it is evaluated many times; then `found` is of the first
/// evaluation that failed, or else of the last.
struct ExpectationResult {
    std::uint64_t index = 0;  ///< from 1, in the order of the file
    std::uint64_t line = 0;
    std::uint64_t column = 0;
    std::string expected;
    std::string found;
    bool passed = false;
    bool inverted = false;
    std::uint64_t evaluations = 0;  ///< 0: the run did not get there

    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(field("index", index), field("line", line), field("column", column),
                field("expected", expected), field("found", found), field("passed", passed),
                field("inverted", inverted), field("evaluations", evaluations));
    }
};

/// How many operations ended with a refusal.
struct CodeCount {
    std::string code;
    std::uint64_t count = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(field("code", code), field("count", count));
    }
};

/// What became of a load.
struct LoadCount {
    std::uint64_t line = 0;
    std::uint64_t transactions = 0;
    std::uint64_t held_back = 0;   ///< sent late since the network was full
    std::uint64_t sent_again = 0;  ///< the same bytes, since no receipt came
    std::uint64_t sent_ms = 0;     ///< from the start to the last one sent, in the world's time
    std::uint64_t final_ms = 0;    ///< from the start to the last receipt

    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(field("line", line), field("transactions", transactions),
                field("held_back", held_back), field("sent_again", sent_again),
                field("sent_ms", sent_ms), field("final_ms", final_ms));
    }
};

struct Report {
    std::string scenario;
    std::string file;
    std::string world;    ///< "virtual", "local" or "remote"
    std::string engine;   ///< of the local world's network, if one was named; not part of the JSON
    std::string network;  ///< of the remote world: folder or address; not part of the JSON
    std::uint64_t seed = 0;
    std::vector<std::string> settings;  ///< what --set changed
    RunOutcome outcome = RunOutcome::passed;
    std::string message;           ///< why it ended early or failed; empty if passed
    std::uint64_t ended_line = 0;  ///< of the step that ended the run early; 0: none did
    std::vector<ExpectationResult> expectations;
    std::uint64_t transactions_executed = 0;  ///< with a receipt whose operations ran
    std::uint64_t transactions_refused = 0;   ///< refused as a whole, on admission or in a block
    std::uint64_t transactions_sent = 0;      ///< sent without waiting
    std::uint64_t operations_ok = 0;
    std::vector<CodeCount> operations_refused;  ///< ascending by code name
    std::vector<LoadCount> loads;
    std::uint64_t until = 0;  ///< the step after which it ended as asked; 0: it ran to its end
    std::uint64_t final_height = 0;
    std::uint64_t executed_height = 0;
    std::string business_root;      ///< hexadecimal; of the highest executed height
    std::string trace;              ///< hexadecimal; virtual world only
    std::uint64_t duration_ms = 0;  ///< 0 if the caller gave no clock

    /// Whether an expectation counts against this run: with `until`, and if the scenario could not
    /// be run, only what it got to.
    [[nodiscard]] bool failed(const ExpectationResult& result) const {
        const bool whole = until == 0 && outcome != RunOutcome::scenario_error;
        return !result.passed && (whole || result.evaluations > 0);
    }
    [[nodiscard]] int exit_code() const { return static_cast<int>(outcome); }
    void count_refusal(const std::string& code);

    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(field("scenario", scenario), field("file", file), field("world", world),
                field("seed", seed), field("settings", settings), field("outcome", outcome),
                field("message", message), field("ended_line", ended_line),
                ledger::limited<100'000>("expectations", expectations),
                field("transactions_executed", transactions_executed),
                field("transactions_refused", transactions_refused),
                field("transactions_sent", transactions_sent),
                field("operations_ok", operations_ok),
                field("operations_refused", operations_refused), field("loads", loads),
                field("until", until), field("final_height", final_height),
                field("executed_height", executed_height), field("business_root", business_root),
                field("trace", trace), field("duration_ms", duration_ms));
    }
};

/// The summary for a terminal: failed expectations with file:line, counts, roots, how to replay.
[[nodiscard]] std::string report_text(const Report& report);

/// One JSON text: of one report the object, of several a list.
[[nodiscard]] std::string reports_json(const std::vector<Report>& reports);

/// The report of a run that could not begin, e.g. of a file that does not read.
[[nodiscard]] Report report_of_error(const std::string& file, const Error& error);

/// How an error ends a run: codes of scenarios, time-outs and broken invariants have their own
/// outcome, all others are the environment's.
[[nodiscard]] RunOutcome outcome_of(const Error& error);

}  // namespace cityledger::sim
