#pragma once
// What a scenario expects of the network itself: one chain, equal roots, receipts, evidence.

#include "sim/runner/sent_transactions.hpp"

namespace cityledger::sim {

class NetworkChecks {
public:
    NetworkChecks(World& world, NodeWatch& watch, SentTransactions& sent, RunRecord& record)
        : world_(world), watch_(watch), sent_(sent), record_(record) {}

    /// Judges each, waiting as long as it allows for it to hold. Fails only when the nodes
    /// contradict each other.
    [[nodiscard]] Status check(const std::vector<NetworkExpectation>& expectations);

private:
    [[nodiscard]] Result<Verdict> evaluate(const NetworkExpectation& expectation);
    [[nodiscard]] Verdict receipts_match(const NetworkExpectation& expectation);

    World& world_;
    NodeWatch& watch_;
    SentTransactions& sent_;
    RunRecord& record_;
};

}  // namespace cityledger::sim
