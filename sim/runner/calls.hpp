#pragma once
// Calls of contracts: from a step's words to a signed transaction, and from its receipt to what
// became of each operation.

#include <string>
#include <vector>

#include "sim/cities/invoice_sealer.hpp"
#include "sim/runner/outcome.hpp"
#include "sim/runner/prepared_call.hpp"
#include "sim/runner/run_story.hpp"
#include "sim/runner/sent_transactions.hpp"
#include "sim/scenario/problems.hpp"
#include "sim/scenario/values.hpp"

namespace cityledger::sim {

class Calls {
public:
    Calls(const Scenario& scenario, World& world, NodeWatch& watch, RunRecord& record,
          SentTransactions& sent, const RunStory& story);

    /// The values that references see; who runs a loop adds its variable.
    [[nodiscard]] Scope& scope() { return scope_; }

    /// `name` may be a reference. Refused (`scenario_value_missing`) if no actor has it.
    [[nodiscard]] Result<const Actor*> actor(const std::string& name, Place place) const;

    /// Resolves references, fills in what clients fill in, and encodes.
    [[nodiscard]] Result<PreparedCall> prepare(const Call& call, const Actor& sender);
    [[nodiscard]] Result<ledger::Transaction> sign(const Actor& sender,
                                                   const std::vector<PreparedCall>& calls);
    /// Signs, sends and waits; one outcome for each call.
    [[nodiscard]] Result<std::vector<CallOutcome>> execute(const Actor& sender,
                                                           const std::vector<PreparedCall>& calls);
    /// Counts the receipt, and reads from it one outcome for each call.
    [[nodiscard]] Result<std::vector<CallOutcome>> take_receipt(
        const api::ReceiptView& receipt, const std::vector<PreparedCall>& calls);
    /// Keeps what the call gave under the name that its step saves it as.
    void keep(const PreparedCall& call, const CallOutcome& outcome);

    /// Asks a query as the step says, by default as who the scenario lets ask (its narrator).
    [[nodiscard]] Result<CallOutcome> ask(const QueryStep& step);
    /// Asks as anybody, of any node.
    [[nodiscard]] Result<boost::json::value> ask_anybody(const std::string& contract,
                                                         const std::string& method);

    [[nodiscard]] Result<Expectation> resolve_expectation(Expectation expect, Place place) const;
    [[nodiscard]] Result<std::string> resolve_name(const std::string& text, Place place) const {
        return resolve_text(text, scope_, at(place));
    }

private:
    [[nodiscard]] FilePlace at(Place place) const { return {scenario_.file, place}; }
    [[nodiscard]] Result<ledger::MemberId> asker_of(const QueryStep& step) const;
    [[nodiscard]] Result<boost::json::object> resolved_arguments(const Call& call) const;

    const Scenario& scenario_;
    World& world_;
    NodeWatch& watch_;
    RunRecord& record_;
    SentTransactions& sent_;
    const RunStory& story_;
    ledger::MemberId narrator_;
    InvoiceSealer sealer_;
    Scope scope_;
};

}  // namespace cityledger::sim
