#pragma once
// Does the steps of a scenario in their order.

#include "sim/cities/generators.hpp"
#include "sim/runner/faults.hpp"
#include "sim/runner/network_checks.hpp"
#include "sim/runner/run_parts.hpp"
#include "sim/runner/runner.hpp"

namespace cityledger::sim {

class StepRunner {
public:
    StepRunner(RunParts& run, const RunOptions& options);

    /// Goes on after an expectation that does not hold; ends with the first error.
    [[nodiscard]] Status run(const std::vector<Step>& steps);

    /// What is expected when all steps are done.
    [[nodiscard]] Status check_end() { return checks_.check(run_.scenario.final_expectations); }

private:
    [[nodiscard]] Status act(const Step& step, const SubmitStep& action);
    [[nodiscard]] Status act(const Step& step, const QueryStep& action);
    [[nodiscard]] Status act(const Step& step, const LoopStep& action);
    [[nodiscard]] Status act(const Step& step, const CloseDayStep& action);
    [[nodiscard]] Status act(const Step& step, const GenerateStep& action);
    [[nodiscard]] Status act(const Step& step, const LoadStep& action);
    [[nodiscard]] Status act(const Step& step, const FaultStep& action);
    [[nodiscard]] Status act(const Step& step, const WaitStep& action);
    [[nodiscard]] Status act(const Step& step, const StalledStep& action);
    [[nodiscard]] Status act(const Step& step, const ExpectStep& action);

    [[nodiscard]] Status prepare_items(const std::vector<BundleItem>& items, const Actor& sender,
                                       std::vector<PreparedCall>& prepared);
    /// The business day that is open.
    [[nodiscard]] Result<std::string> open_day();
    [[nodiscard]] Result<Verdict> close_day(const CloseDayStep& action, Place place);
    [[nodiscard]] Status run_generator(Generator& generator, Place place, Verdict& verdict);
    [[nodiscard]] Result<std::vector<PreparedCall>> prepare_generated(
        const GeneratedTransaction& transaction, const Actor& sender, Place place);
    void progress(const Step& step, std::uint64_t work);

    RunParts& run_;
    const RunOptions& options_;
    NetworkChecks checks_;
    Faults faults_;
    std::uint64_t work_done_ = 0;  ///< as on_progress counts
    std::uint64_t work_all_;
};

}  // namespace cityledger::sim
