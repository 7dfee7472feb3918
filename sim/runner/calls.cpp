// Calls of contracts: from a step's words to a signed transaction, and from its receipt to what
// was expected.

#include <algorithm>

#include "ledger/contracts/contracts.hpp"
#include "sim/cities/filling.hpp"
#include "sim/runner/session.hpp"
#include "sim/scenario/scenario_codes.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/world/signing.hpp"

namespace cityledger::sim {

namespace {

namespace json = boost::json;

/// Integers may come as signed or unsigned.
bool equal_numbers(const json::value& a, const json::value& b) {
    const auto negative = [](const json::value& v) { return v.is_int64() && v.get_int64() < 0; };
    const auto magnitude = [](const json::value& v) {
        return v.is_uint64() ? v.get_uint64() : static_cast<std::uint64_t>(v.get_int64());
    };
    return negative(a) == negative(b) && magnitude(a) == magnitude(b);
}

bool is_integer(const json::value& value) { return value.is_int64() || value.is_uint64(); }

}  // namespace

bool is_admission_refusal(const Error& error) {
    const RefusalKind kind = error.code.kind;
    return kind == RefusalKind::invalid || kind == RefusalKind::refused ||
           kind == RefusalKind::busy;
}

bool contains_fields(const json::value& found, const json::value& wanted) {
    if (wanted.is_object() && found.is_object()) {
        for (const auto& [key, value] : wanted.get_object()) {
            const json::value* member = found.get_object().if_contains(key);
            if (member == nullptr || !contains_fields(*member, value)) return false;
        }
        return true;
    }
    if (wanted.is_array() && found.is_array()) {
        const json::array& a = found.get_array();
        const json::array& b = wanted.get_array();
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), contains_fields);
    }
    if (is_integer(wanted) && is_integer(found)) return equal_numbers(found, wanted);
    return found == wanted;
}

std::string RunnerSession::Outcome::words() const {
    if (code_name == "ok") return said("found.ok", {ledger::compact_json(result)});
    return said("found.refused", {code_name}) + (detail.empty() ? "" : " (" + detail + ")");
}

Result<const Actor*> RunnerSession::sender_of(const std::string& name, Place place) const {
    const auto resolved = resolve_text(name, scope_, at(place));
    if (!resolved) return propagate(resolved);
    const Actor* actor = scenario_.find_actor(*resolved);
    if (actor == nullptr) return tl::unexpected<Error>(problem::value_missing(at(place), name));
    return actor;
}

Result<RunnerSession::Prepared> RunnerSession::prepare(const Call& call, const Actor& sender) {
    Prepared prepared;
    prepared.place = call.place;
    // Now, since the variables of a loop inside a bundle change before its receipt comes.
    auto expect = resolved_expectation(call.expect, call.place);
    if (!expect) return propagate(expect);
    prepared.expect = *std::move(expect);
    const auto method = ledger::city_contracts().operation(call.contract, call.method);
    if (!method) return propagate(method);
    prepared.method = *method;
    const auto resolved = resolve(call.arguments, scope_, at(call.place));
    if (!resolved) return propagate(resolved);
    auto arguments = with_fen(*resolved, at(call.place));
    if (!arguments) return propagate(arguments);
    const Status filled = fill_in(**method, sender, sealer_, world_, arguments->get_object());
    if (!filled) return propagate(filled);
    auto bytes = prepared.method->arguments_from_json(*arguments);
    if (!bytes) {
        return tl::unexpected<Error>(problem::bad_arguments(at(call.place), bytes.error().detail));
    }
    prepared.operation = {call.contract, call.method, *std::move(bytes)};
    prepared.arguments = std::move(arguments->get_object());
    const auto save = resolve_text(call.save, scope_, at(call.place));
    if (!save) return propagate(save);
    prepared.save = *save;
    return prepared;
}

Status RunnerSession::prepare_items(const std::vector<BundleItem>& items, const Actor& sender,
                                    std::vector<Prepared>& prepared) {
    for (const BundleItem& item : items) {
        if (!item.loop) {
            auto operation = prepare(item.call, sender);
            if (!operation) return propagate(operation);
            prepared.push_back(*std::move(operation));
            continue;
        }
        for (std::size_t i = 0; i < item.loop->count(); ++i) {
            scope_.variables.emplace_back(item.loop->variable, loop_value(*item.loop, i));
            const Status status = prepare_items(item.items, sender, prepared);
            scope_.variables.pop_back();
            if (!status) return status;
        }
    }
    return {};
}

Result<ledger::Transaction> RunnerSession::sign(const Actor& sender,
                                                const std::vector<Prepared>& operations) {
    std::vector<ledger::Operation> signed_ones;
    for (const Prepared& prepared : operations) signed_ones.push_back(prepared.operation);
    return signed_transaction(world_, sender.id, std::move(signed_ones));
}

Result<std::vector<RunnerSession::Outcome>> RunnerSession::outcomes_of(
    const api::ReceiptView& receipt, const std::vector<Prepared>& operations) {
    std::vector<Outcome> outcomes;
    if (receipt.code != 0 || receipt.operations.size() != operations.size()) {
        outcomes.assign(operations.size(), {receipt.code_name, receipt.detail, nullptr, {}});
        ++report_.transactions_refused;
        return outcomes;
    }
    ++report_.transactions_executed;
    for (std::size_t i = 0; i < operations.size(); ++i) {
        const api::OperationView& view = receipt.operations[i];
        Outcome outcome{view.code_name, view.detail, nullptr, {}};
        for (const ledger::Event& event : view.events) outcome.events.push_back(event.name);
        if (view.code == 0) {
            const auto result = operations[i].method->result_to_json(view.result);
            if (!result) return propagate(result);
            outcome.code_name = "ok";
            outcome.result = *result;
            ++report_.operations_ok;
        } else {
            report_.count_refusal(view.code_name);
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

Result<std::vector<RunnerSession::Outcome>> RunnerSession::execute(
    const Actor& sender, const std::vector<Prepared>& operations) {
    const auto transaction = sign(sender, operations);
    if (!transaction) return propagate(transaction);
    const auto receipt = world_.submit(*transaction, scenario_.defaults.timeout_ms);
    if (!receipt) {
        if (!is_admission_refusal(receipt.error())) return propagate(receipt);
        ++report_.transactions_refused;
        const Error& error = receipt.error();
        std::vector<Outcome> outcomes(operations.size(),
                                      {std::string(error.code.name), error.detail, nullptr, {}});
        tell_transaction(sender, operations, outcomes);
        return outcomes;
    }
    sent_.push_back({receipt->transaction, true});
    last_height_ = std::max(last_height_, receipt->height);
    auto outcomes = outcomes_of(*receipt, operations);
    if (outcomes) tell_transaction(sender, operations, *outcomes);
    return outcomes;
}

Result<Expectation> RunnerSession::resolved_expectation(Expectation expect, Place place) const {
    if (!expect.fields) return expect;
    const auto resolved = resolve(*expect.fields, scope_, at(place));
    if (!resolved) return propagate(resolved);
    const auto wanted = with_fen(*resolved, at(place));
    if (!wanted) return propagate(wanted);
    expect.fields = wanted->get_object();
    return expect;
}

RunnerSession::Verdict RunnerSession::verdict_of(const Expectation& expect,
                                                 const Outcome& outcome) {
    Verdict verdict{false, outcome.words()};
    if (expect.refused) {
        verdict.held = outcome.code_name == *expect.refused;
    } else if (outcome.code_name == "ok") {
        verdict.held = true;
        if (expect.fields) verdict.held = contains_fields(outcome.result, *expect.fields);
        for (const std::string& event : expect.events) {
            const auto& sent = outcome.events;
            if (std::find(sent.begin(), sent.end(), event) == sent.end()) verdict.held = false;
        }
        if (!expect.events.empty()) {
            for (const std::string& event : outcome.events) {
                verdict.found += said("found.event", {event});
            }
        }
    }
    return verdict;
}

void RunnerSession::keep(const Prepared& operation, const Outcome& outcome) {
    if (operation.save.empty()) return;
    json::object kept;
    if (outcome.result.is_object()) kept = outcome.result.get_object();
    kept["arguments"] = operation.arguments;
    // Without a result later references to its fields fail, and name the step that lacks it.
    scope_.saved[operation.save] = std::move(kept);
}

Result<RunnerSession::Outcome> RunnerSession::outcome_of_query(const QueryStep& step) {
    const Call& call = step.call;
    ledger::MemberId asker = narrator_;
    if (step.as == k_anybody) {
        asker.clear();
    } else if (!step.as.empty()) {
        const auto named = sender_of(step.as, call.place);
        if (!named) return propagate(named);
        asker = (*named)->id;
    }
    const auto resolved = resolve(call.arguments, scope_, at(call.place));
    if (!resolved) return propagate(resolved);
    const auto arguments = with_fen(*resolved, at(call.place));
    if (!arguments) return propagate(arguments);
    const auto answer = ask(call.contract, call.method, arguments->get_object(), step.node, asker);
    Outcome outcome;
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

Result<json::value> RunnerSession::ask(const std::string& contract, const std::string& method,
                                       const json::object& arguments,
                                       std::optional<std::size_t> node,
                                       const ledger::MemberId& asker) {
    // A node that has not executed the last receipt's block yet would answer from the past.
    const auto ready = node_at_last_height(node);
    return world_.query(contract, method, arguments, ready ? ready : node, asker);
}

}  // namespace cityledger::sim
