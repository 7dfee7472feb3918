#pragma once
// One run of a scenario: the state behind run() in runner.hpp.

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/cities/generators.hpp"
#include "sim/cities/invoice_sealer.hpp"
#include "sim/runner/runner.hpp"
#include "sim/scenario/problems.hpp"
#include "sim/scenario/values.hpp"
#include "sim/simulator/random.hpp"

namespace cityledger::sim {

class RunnerSession {
public:
    RunnerSession(const Scenario& scenario, World& world, const RunOptions& options);
    [[nodiscard]] Report run();

private:
    /// An operation whose references are resolved and whose arguments are encoded.
    struct Prepared {
        const ledger::Method* method = nullptr;
        ledger::Operation operation;
        boost::json::object arguments;
        std::string save;
        Expectation expect;
        Place place;
    };

    /// What became of an operation or a query.
    struct Outcome {
        std::string code_name;  ///< "ok" or the name of a refusal
        std::string detail;
        boost::json::value result;
        std::vector<std::string> events;
        [[nodiscard]] std::string words() const;
    };

    struct Verdict {
        bool held = false;
        std::string found;
    };

    /// A transaction of this run. `settled`: its receipt is counted.
    struct Sent {
        Digest id;
        bool settled = false;
    };

    /// A transaction of a load that has no receipt yet.
    struct Open {
        ledger::Transaction transaction;
        Digest id;
        std::vector<Prepared> operations;
        std::uint64_t sent_ms = 0;  ///< last time; sent again if no receipt comes
    };

    /// A load on its way.
    struct Load {
        const LoadStep& step;
        std::deque<Open> open;
        LoadCount count;
        std::uint64_t start_ms = 0;
    };

    [[nodiscard]] FilePlace at(Place place) const { return {scenario_.file, place}; }
    void record(std::size_t index, const Verdict& verdict);
    [[nodiscard]] Report finish(const Status& status);

    // Steps (runner.cpp).
    [[nodiscard]] Status check_world() const;
    /// All, or with `until` the first ones.
    [[nodiscard]] std::vector<Step> steps_to_do() const;
    [[nodiscard]] Status check_faults(const std::vector<Step>& steps) const;
    [[nodiscard]] Status run_steps(const std::vector<Step>& steps);
    [[nodiscard]] Status run_step(const Step& step);
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
    [[nodiscard]] Result<std::string> open_day();
    [[nodiscard]] Status run_generator(Generator& generator, Place place, Verdict& verdict);

    [[nodiscard]] std::string draw(const std::vector<WeightedActors>& choices);
    [[nodiscard]] boost::json::value loop_value(const Loop& loop, std::size_t round);
    void progress(const Step& step, std::uint64_t work);

    // Loads (runner_load.cpp).
    [[nodiscard]] Result<Open> draw_transaction(const LoadStep& action, std::uint64_t number);
    /// Sends it, again and again while the network says that it is full.
    [[nodiscard]] Status offer(Load& load, Open next);
    /// Waits until the transaction of this number is due.
    [[nodiscard]] Status wait_for_turn(Load& load, std::uint64_t number);
    /// Takes the receipts that are there; sends again what waits for too long.
    [[nodiscard]] Status settle(Load& load);
    [[nodiscard]] Status settle_until(Load& load, std::size_t open, std::uint64_t timeout_ms);

    // Calls (runner_calls.cpp).
    [[nodiscard]] Result<const Actor*> sender_of(const std::string& name, Place place) const;
    [[nodiscard]] Result<Prepared> prepare(const Call& call, const Actor& sender);
    [[nodiscard]] Status prepare_items(const std::vector<BundleItem>& items, const Actor& sender,
                                       std::vector<Prepared>& prepared);
    [[nodiscard]] Result<ledger::Transaction> sign(const Actor& sender,
                                                   const std::vector<Prepared>& operations);
    /// Sends and waits; one outcome per operation.
    [[nodiscard]] Result<std::vector<Outcome>> execute(const Actor& sender,
                                                       const std::vector<Prepared>& operations);
    [[nodiscard]] Result<std::vector<Outcome>> outcomes_of(const api::ReceiptView& receipt,
                                                           const std::vector<Prepared>& operations);
    [[nodiscard]] Result<Expectation> resolved_expectation(Expectation expect, Place place) const;
    [[nodiscard]] static Verdict verdict_of(const Expectation& expect, const Outcome& outcome);
    void judge_call(const Expectation& expect, const Outcome& outcome) {
        record(expect.index, verdict_of(expect, outcome));
    }
    [[nodiscard]] Result<Outcome> outcome_of_query(const QueryStep& step);
    void keep(const Prepared& operation, const Outcome& outcome);
    [[nodiscard]] Result<boost::json::value> ask(const std::string& contract,
                                                 const std::string& method,
                                                 const boost::json::object& arguments,
                                                 std::optional<std::size_t> node,
                                                 const ledger::MemberId& asker);

    // The story (story.cpp).
    void tell(Place place, const std::string& text) const;
    void tell_transaction(const Actor& sender, const std::vector<Prepared>& operations,
                          const std::vector<Outcome>& outcomes) const;
    void tell_fault(Place place, const Fault& fault) const;
    void tell_views(Place place, const std::vector<NodeView>& nodes);

    // The network (runner_network.cpp).
    /// The running honest nodes that answer; notes what they say about blocks and roots.
    [[nodiscard]] Result<std::vector<NodeView>> look();
    [[nodiscard]] std::optional<std::size_t> node_at_last_height(std::optional<std::size_t> only);
    void settle_sent();
    [[nodiscard]] std::size_t unsettled() const;
    [[nodiscard]] Result<Verdict> evaluate(const NetworkExpectation& expectation);
    [[nodiscard]] static Verdict equal_roots(const std::vector<NodeView>& nodes);
    [[nodiscard]] static Verdict one_chain(const std::vector<NodeView>& nodes);
    [[nodiscard]] static Verdict at_least(const std::vector<NodeView>& nodes, NetworkKind kind,
                                          std::uint64_t amount);
    [[nodiscard]] Verdict receipts_match(const NetworkExpectation& expectation);
    [[nodiscard]] Verdict all_have_receipts();
    [[nodiscard]] Status check_network(const std::vector<NetworkExpectation>& expectations);
    [[nodiscard]] Result<std::vector<std::size_t>> chosen_nodes(const FaultStep& action);
    void note_final_state();

    const Scenario& scenario_;
    ledger::MemberId narrator_;  ///< who asks where a step names nobody
    World& world_;
    const RunOptions& options_;
    Report report_;
    Scope scope_;
    std::vector<Sent> sent_;
    SimulatedRandom dice_;         ///< of choose and load
    std::uint64_t work_done_ = 0;  ///< as on_progress counts
    std::uint64_t work_all_ = 0;
    InvoiceSealer sealer_{scenario_, world_};
    std::uint64_t last_height_ = 0;  ///< of the receipts so far
    std::set<std::size_t> killed_;
    std::set<std::size_t> paused_;
    std::map<std::uint64_t, Digest> final_blocks_;
    std::map<std::uint64_t, std::string> executed_roots_;
    std::uint64_t views_given_up_ = 0;  ///< as the story has told
};

/// Milliseconds after its start at which a load of `of` transactions sends number `number` (from
/// 0); 0 for rates that follow the network's pace.
[[nodiscard]] std::uint64_t due_ms(const Rate& rate, std::uint64_t number, std::uint64_t of);

/// Whether the ledger or a replica refused the transaction before it was in a block.
[[nodiscard]] bool is_admission_refusal(const Error& error);

/// Whether each field of `wanted` has the same value in `found`; objects are compared the same way,
/// lists element by element.
[[nodiscard]] bool contains_fields(const boost::json::value& found,
                                   const boost::json::value& wanted);

}  // namespace cityledger::sim
