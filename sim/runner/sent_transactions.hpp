#pragma once
// The transactions of a run, and which of them have their receipt.

#include <vector>

#include "sim/runner/node_watch.hpp"
#include "sim/runner/run_record.hpp"

namespace cityledger::sim {

class SentTransactions {
public:
    SentTransactions(World& world, NodeWatch& watch, RunRecord& record)
        : world_(world), watch_(watch), record_(record) {}

    /// Sent without waiting: its receipt will be counted when it is found.
    void add(const Digest& id) { sent_.push_back({id, false}); }
    /// Its receipt has come and is counted.
    void add_settled(const Digest& id) { sent_.push_back({id, true}); }

    /// Looks for the receipts that are missing, and counts those that are there.
    void settle();
    /// How many still have no receipt.
    [[nodiscard]] std::size_t unsettled() const;
    /// Whether each honest running node has the receipt of each transaction.
    [[nodiscard]] Verdict all_have_receipts();

private:
    struct Sent {
        Digest id;
        bool settled = false;
    };

    World& world_;
    NodeWatch& watch_;
    RunRecord& record_;
    std::vector<Sent> sent_;
};

}  // namespace cityledger::sim
