#include "sim/runner/calls.hpp"

#include "ledger/contracts/contracts.hpp"
#include "sim/cities/filling.hpp"
#include "sim/scenario/identities.hpp"
#include "sim/world/signing.hpp"

namespace cityledger::sim {

namespace json = boost::json;

Calls::Calls(const Scenario& scenario, World& world, NodeWatch& watch, RunRecord& record,
             SentTransactions& sent, const RunStory& story)
    : scenario_(scenario),
      world_(world),
      watch_(watch),
      record_(record),
      sent_(sent),
      story_(story),
      narrator_(narrator_of(scenario)),
      sealer_(scenario, world) {
    scope_.scenario = &scenario;
}

Result<const Actor*> Calls::actor(const std::string& name, Place place) const {
    const auto resolved = resolve_name(name, place);
    if (!resolved) return propagate(resolved);
    const Actor* actor = scenario_.find_actor(*resolved);
    if (actor == nullptr) return tl::unexpected<Error>(problem::value_missing(at(place), name));
    return actor;
}

Result<json::object> Calls::resolved_arguments(const Call& call) const {
    const auto resolved = resolve(call.arguments, scope_, at(call.place));
    if (!resolved) return propagate(resolved);
    auto arguments = with_fen(*resolved, at(call.place));
    if (!arguments) return propagate(arguments);
    return std::move(arguments->get_object());
}

Result<Expectation> Calls::resolve_expectation(Expectation expect, Place place) const {
    if (!expect.fields) return expect;
    const auto resolved = resolve(*expect.fields, scope_, at(place));
    if (!resolved) return propagate(resolved);
    const auto wanted = with_fen(*resolved, at(place));
    if (!wanted) return propagate(wanted);
    expect.fields = wanted->get_object();
    return expect;
}

Result<PreparedCall> Calls::prepare(const Call& call, const Actor& sender) {
    PreparedCall prepared;
    prepared.place = call.place;
    // Now, since the variables of a loop inside a bundle change before its receipt comes.
    auto expect = resolve_expectation(call.expect, call.place);
    if (!expect) return propagate(expect);
    prepared.expect = *std::move(expect);
    const auto method = ledger::city_contracts().operation(call.contract, call.method);
    if (!method) return propagate(method);
    prepared.method = *method;
    auto arguments = resolved_arguments(call);
    if (!arguments) return propagate(arguments);
    const Status filled = fill_in(**method, sender, sealer_, world_, *arguments);
    if (!filled) return propagate(filled);
    auto bytes = prepared.method->arguments_from_json(*arguments);
    if (!bytes) {
        return tl::unexpected<Error>(problem::bad_arguments(at(call.place), bytes.error().detail));
    }
    prepared.operation = {call.contract, call.method, *std::move(bytes)};
    prepared.arguments = *std::move(arguments);
    const auto save = resolve_name(call.save, call.place);
    if (!save) return propagate(save);
    prepared.save = *save;
    return prepared;
}

Result<ledger::Transaction> Calls::sign(const Actor& sender,
                                        const std::vector<PreparedCall>& calls) {
    std::vector<ledger::Operation> operations;
    for (const PreparedCall& call : calls) operations.push_back(call.operation);
    return signed_transaction(world_, sender.id, std::move(operations));
}

Result<std::vector<CallOutcome>> Calls::take_receipt(const api::ReceiptView& receipt,
                                                     const std::vector<PreparedCall>& calls) {
    record_.count(receipt);
    watch_.saw_receipt(receipt.height);
    std::vector<CallOutcome> outcomes;
    if (receipt.code != 0 || receipt.operations.size() != calls.size()) {
        outcomes.assign(calls.size(), {receipt.code_name, receipt.detail, nullptr, {}});
        return outcomes;
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const api::OperationView& view = receipt.operations[i];
        CallOutcome outcome{view.code_name, view.detail, nullptr, {}};
        for (const ledger::Event& event : view.events) outcome.events.push_back(event.name);
        if (view.code == 0) {
            const auto result = calls[i].method->result_to_json(view.result);
            if (!result) return propagate(result);
            outcome.code_name = "ok";
            outcome.result = *result;
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

Result<std::vector<CallOutcome>> Calls::execute(const Actor& sender,
                                                const std::vector<PreparedCall>& calls) {
    const auto transaction = sign(sender, calls);
    if (!transaction) return propagate(transaction);
    const auto receipt = world_.submit(*transaction, scenario_.defaults.timeout_ms);
    if (!receipt) {
        if (!is_admission_refusal(receipt.error())) return propagate(receipt);
        record_.count_refused();
        auto outcomes = refused_outcomes(receipt.error(), calls.size());
        story_.tell_transaction(sender, calls, outcomes);
        return outcomes;
    }
    sent_.add_settled(receipt->transaction);
    auto outcomes = take_receipt(*receipt, calls);
    if (outcomes) story_.tell_transaction(sender, calls, *outcomes);
    return outcomes;
}

void Calls::keep(const PreparedCall& call, const CallOutcome& outcome) {
    if (call.save.empty()) return;
    json::object kept;
    if (outcome.result.is_object()) kept = outcome.result.get_object();
    kept["arguments"] = call.arguments;
    // Without a result later references to its fields fail, and name the step that lacks it.
    scope_.saved[call.save] = std::move(kept);
}

Result<ledger::MemberId> Calls::asker_of(const QueryStep& step) const {
    if (step.as == k_anybody) return ledger::MemberId();
    if (step.as.empty()) return narrator_;
    const auto named = actor(step.as, step.call.place);
    if (!named) return propagate(named);
    return (*named)->id;
}

Result<CallOutcome> Calls::ask(const QueryStep& step) {
    const auto asker = asker_of(step);
    if (!asker) return propagate(asker);
    auto arguments = resolved_arguments(step.call);
    if (!arguments) return propagate(arguments);
    hide_payment(scenario_.secrets, *arguments);
    const auto ready = watch_.node_at_last_height(step.node);
    const auto answer = world_.query(step.call.contract, step.call.method, *arguments,
                                     ready ? ready : step.node, *asker);
    CallOutcome outcome;
    if (answer) {
        outcome.code_name = "ok";
        outcome.result = *answer;
    } else {
        if (outcome_of(answer.error()) != RunOutcome::environment_error) return propagate(answer);
        outcome.code_name = answer.error().code.name;
        outcome.detail = answer.error().detail;
    }
    return outcome;
}

Result<json::value> Calls::ask_anybody(const std::string& contract, const std::string& method) {
    const auto ready = watch_.node_at_last_height(std::nullopt);
    return world_.query(contract, method, json::object(), ready, {});
}

}  // namespace cityledger::sim
