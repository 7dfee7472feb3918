#pragma once
// The report of a run while it is written.

#include <optional>

#include "node/api/answers.hpp"
#include "sim/runner/outcome.hpp"
#include "sim/runner/report.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

class RunRecord {
public:
    /// `invert`: the expectation (from 1) that is turned into its opposite.
    RunRecord(const Scenario& scenario, const World& world, std::optional<std::size_t> invert);

    /// An expectation was evaluated; `index` is its number in the file (0: nothing was expected).
    void judge(std::size_t index, const Verdict& verdict);

    void count_sent() { ++report_.transactions_sent; }
    /// Refused as a whole before it was in a block.
    void count_refused() { ++report_.transactions_refused; }
    void count(const api::ReceiptView& receipt);
    void add(const LoadCount& load) { report_.loads.push_back(load); }
    /// The run ended early; of a step in a loop the innermost place comes first and stays.
    void ended_at(Place place);
    void until(std::size_t step) { report_.until = step; }

    [[nodiscard]] const Report& so_far() const { return report_; }

    /// The whole report; `status` says how the steps ended, `nodes` what is there then.
    [[nodiscard]] Report finish(const Status& status, const std::vector<NodeView>& nodes);

private:
    [[nodiscard]] std::size_t failed() const;

    Report report_;
};

}  // namespace cityledger::sim
