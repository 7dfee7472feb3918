#include "sim/runner/runner.hpp"

#include <algorithm>

#include "sim/runner/session.hpp"
#include "sim/scenario/scenario_codes.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::uint64_t k_ask_again_ms = 25;

Status not_for_world(const std::string& detail) {
    return refuse(codes::scenario_not_for_world, detail);
}

/// What a step counts in the progress.
std::uint64_t work_of_step(const Step& step) {
    if (const auto* loop = std::get_if<LoopStep>(&step.action)) {
        return loop->loop.count() * work_of(loop->steps);
    }
    if (const auto* load = std::get_if<LoadStep>(&step.action)) return load->transactions;
    if (const auto* generate = std::get_if<GenerateStep>(&step.action)) return generate->invoices;
    if (const auto* close = std::get_if<CloseDayStep>(&step.action)) return close->days;
    return 1;
}

}  // namespace

RunnerSession::RunnerSession(const Scenario& scenario, World& world, const RunOptions& options)
    : scenario_(scenario),
      narrator_(narrator_of(scenario)),
      world_(world),
      options_(options),
      dice_(SimulatedRandom(scenario.seed).fork("choices")),
      work_all_(work_of(scenario.steps)) {
    report_.scenario = scenario.name;
    report_.file = scenario.file;
    report_.world = world.kind();
    report_.seed = scenario.seed;
    report_.settings = scenario.settings;
    scope_.scenario = &scenario;
    for (std::size_t i = 0; i < scenario.expectations.size(); ++i) {
        ExpectationResult result;
        result.index = i + 1;
        result.line = static_cast<std::uint64_t>(scenario.expectations[i].place.line);
        result.column = static_cast<std::uint64_t>(scenario.expectations[i].place.column);
        result.expected = scenario.expectations[i].text;
        result.inverted = options.invert == i + 1;
        report_.expectations.push_back(std::move(result));
    }
}

void RunnerSession::record(std::size_t index, const Verdict& verdict) {
    if (index == 0) return;
    ExpectationResult& result = report_.expectations[index - 1];
    const bool held = verdict.held != result.inverted;
    if (result.evaluations == 0 || result.passed) result.found = verdict.found;
    result.passed = held && (result.evaluations == 0 || result.passed);
    ++result.evaluations;
}

Status RunnerSession::check_faults(const std::vector<Step>& steps) const {
    for (const Step& step : steps) {
        if (const auto* fault = std::get_if<FaultStep>(&step.action)) {
            const Status able = world_.can(fault->kind);
            if (!able) {
                return not_for_world(said("line", {std::to_string(step.place.line)}) + ": " +
                                     message_of(able.error()));
            }
        }
        if (const auto* loop = std::get_if<LoopStep>(&step.action)) {
            const Status inner = check_faults(loop->steps);
            if (!inner) return inner;
        }
    }
    return {};
}

Status RunnerSession::check_world() const {
    const auto& kinds = scenario_.worlds;
    if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), world_.kind()) == kinds.end()) {
        return not_for_world(said("world." + world_.kind()) + ": " + scenario_.worlds_because);
    }
    if (options_.until && (*options_.until == 0 || *options_.until > scenario_.steps.size())) {
        return refuse(codes::scenario_no_such_step,
                      said("number_of", {std::to_string(*options_.until),
                                         std::to_string(scenario_.steps.size())}));
    }
    if (options_.invert &&
        (*options_.invert == 0 || *options_.invert > scenario_.expectations.size())) {
        return refuse(codes::scenario_no_such_expectation,
                      said("number_of", {std::to_string(*options_.invert),
                                         std::to_string(scenario_.expectations.size())}));
    }
    return check_faults(steps_to_do());
}

std::vector<Step> RunnerSession::steps_to_do() const {
    const auto begin = scenario_.steps.begin();
    const std::size_t count = options_.until.value_or(scenario_.steps.size());
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

Report RunnerSession::run() {
    const std::uint64_t start = options_.clock ? options_.clock() : 0;
    Status status = check_world();
    if (status) {
        report_.until = options_.until.value_or(0);
        status = run_steps(steps_to_do());
    }
    if (status && !options_.until) status = check_network(scenario_.final_expectations);
    note_final_state();
    if (options_.clock) report_.duration_ms = options_.clock() - start;
    return finish(status);
}

Report RunnerSession::finish(const Status& status) {
    std::size_t failed = 0;
    for (const ExpectationResult& result : report_.expectations) {
        if (result.evaluations > 0 && !result.passed) ++failed;
    }
    if (!status) {
        report_.outcome = outcome_of(status.error());
        report_.message = message_of(status.error());
        // A value is missing because an earlier step did not give it.
        const bool follows = status.error().code == codes::scenario_value_missing && failed > 0;
        if (follows) report_.outcome = RunOutcome::expectation_failed;
    } else if (failed > 0) {
        report_.outcome = RunOutcome::expectation_failed;
        report_.message = said(
            "report.failed", {std::to_string(failed), std::to_string(report_.expectations.size())});
    }
    if (const auto trace = world_.trace_hash()) report_.trace = to_hex(*trace);
    return std::move(report_);
}

Status RunnerSession::run_steps(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
        if (options_.on_progress) options_.on_progress(step, work_done_, work_all_);
        const Status status = run_step(step);
        if (!status) {
            // The innermost step of a loop comes first.
            if (report_.ended_line == 0) {
                report_.ended_line = static_cast<std::uint64_t>(step.place.line);
            }
            return status;
        }
        // Loops and loads count what is in them themselves.
        const bool counts = !std::holds_alternative<LoopStep>(step.action) &&
                            !std::holds_alternative<LoadStep>(step.action);
        if (counts) progress(step, work_of_step(step));
        const auto nodes = look();
        if (!nodes) return propagate(nodes);
        tell_views(step.place, *nodes);
    }
    return {};
}

void RunnerSession::progress(const Step& step, std::uint64_t work) {
    work_done_ += work;
    if (options_.on_progress) options_.on_progress(step, work_done_, work_all_);
}

Status RunnerSession::run_step(const Step& step) {
    return std::visit([&](const auto& action) { return act(step, action); }, step.action);
}

Status RunnerSession::act(const Step& step, const SubmitStep& action) {
    const auto sender = sender_of(action.sender, step.place);
    if (!sender) return propagate(sender);
    std::vector<Prepared> operations;
    const Status prepared = prepare_items(action.operations, **sender, operations);
    if (!prepared) return prepared;
    if (!action.wait) {
        const auto transaction = sign(**sender, operations);
        if (!transaction) return propagate(transaction);
        const auto id = world_.send(*transaction);
        if (!id) return propagate(id);
        sent_.push_back({*id, false});
        ++report_.transactions_sent;
        return {};
    }
    const auto outcomes = execute(**sender, operations);
    if (!outcomes) return propagate(outcomes);
    for (std::size_t i = 0; i < operations.size(); ++i) {
        judge_call(operations[i].expect, (*outcomes)[i]);
        keep(operations[i], (*outcomes)[i]);
    }
    return {};
}

Status RunnerSession::act(const Step& step, const QueryStep& action) {
    const Call& call = action.call;
    const auto expect = resolved_expectation(call.expect, call.place);
    if (!expect) return propagate(expect);
    auto outcome = outcome_of_query(action);
    const std::uint64_t start_ms = world_.now_ms();
    while (outcome && !verdict_of(*expect, *outcome).held &&
           world_.now_ms() - start_ms < action.within_ms) {
        world_.wait(k_ask_again_ms);
        outcome = outcome_of_query(action);
    }
    if (!outcome) return propagate(outcome);
    judge_call(*expect, *outcome);
    if (!call.save.empty() && outcome->code_name == "ok") {
        const auto name = resolve_text(call.save, scope_, at(step.place));
        if (!name) return propagate(name);
        scope_.saved[*name] = outcome->result;
    }
    return {};
}

std::string RunnerSession::draw(const std::vector<WeightedActors>& choices) {
    std::uint64_t weights = 0;
    for (const WeightedActors& choice : choices) weights += choice.weight;
    std::uint64_t drawn = dice_.below(weights);
    auto choice = choices.begin();
    while (drawn >= choice->weight) drawn -= (choice++)->weight;
    return choice->actors[dice_.below(choice->actors.size())];
}

boost::json::value RunnerSession::loop_value(const Loop& loop, std::size_t round) {
    if (!loop.choices.empty()) return boost::json::value(draw(loop.choices));
    if (!loop.actors.empty()) return boost::json::value(loop.actors[round]);
    return round + 1;
}

Status RunnerSession::act(const Step& /*step*/, const LoopStep& action) {
    for (std::size_t i = 0; i < action.loop.count(); ++i) {
        scope_.variables.emplace_back(action.loop.variable, loop_value(action.loop, i));
        const Status status = run_steps(action.steps);
        scope_.variables.pop_back();
        if (!status) return status;
    }
    return {};
}

Result<std::string> RunnerSession::open_day() {
    const auto today = ask("calendar", "today", {}, std::nullopt, {});
    if (!today) return propagate(today);
    return std::string(today->as_object().at("date").as_string());
}

Status RunnerSession::act(const Step& step, const CloseDayStep& action) {
    for (std::uint64_t day = 0; day < action.days; ++day) {
        const auto date = open_day();
        if (!date) return propagate(date);
        Verdict verdict{true, said("found.closed", {*date})};
        for (const auto& [name, method] :
             {std::pair{action.by, "propose_close"},
              std::pair{action.countersigned_by, "countersign_close"}}) {
            const auto sender = sender_of(name, step.place);
            if (!sender) return propagate(sender);
            Call call;
            call.place = step.place;
            call.contract = "calendar";
            call.method = method;
            call.arguments["date"] = *date;
            const auto prepared = prepare(call, **sender);
            if (!prepared) return propagate(prepared);
            const auto outcomes = execute(**sender, {*prepared});
            if (!outcomes) return propagate(outcomes);
            if (outcomes->front().code_name != "ok" && verdict.held) {
                verdict = {false, std::string(method) + " " + outcomes->front().words()};
            }
        }
        record(action.expect.index, verdict);
    }
    return {};
}

Status RunnerSession::run_generator(Generator& generator, Place place, Verdict& verdict) {
    std::uint64_t operations = 0;
    while (auto transaction = generator.next()) {
        const auto sender = sender_of(transaction->sender, place);
        if (!sender) return propagate(sender);
        std::vector<Prepared> prepared;
        for (const GeneratedOperation& generated : transaction->operations) {
            Call call;
            call.place = place;
            call.contract = generated.contract;
            call.method = generated.method;
            call.arguments = generated.arguments;
            auto operation = prepare(call, **sender);
            if (!operation) return propagate(operation);
            prepared.push_back(*std::move(operation));
        }
        const auto outcomes = execute(**sender, prepared);
        if (!outcomes) return propagate(outcomes);
        std::vector<GeneratedOutcome> told;
        for (std::size_t i = 0; i < prepared.size(); ++i) {
            const GeneratedOperation& generated = transaction->operations[i];
            const Outcome& outcome = (*outcomes)[i];
            if (outcome.code_name != generated.expected && verdict.held) {
                verdict = {false, said("found.drawn",
                                       {generated.contract + "." + generated.method,
                                        transaction->sender, generated.expected, outcome.words()})};
            }
            told.push_back({outcome.code_name, prepared[i].arguments, outcome.result});
        }
        operations += prepared.size();
        generator.tell(told);
    }
    if (verdict.held) verdict.found = said("found.as_drawn", {std::to_string(operations)});
    return {};
}

Status RunnerSession::act(const Step& step, const GenerateStep& action) {
    const auto today = ask("calendar", "today", {}, std::nullopt, {});
    if (!today) return propagate(today);
    const std::string date(today->get_object().at("date").as_string());
    const auto generator = action.kind == GeneratorKind::shenzhen_day
                               ? make_shenzhen_day(scenario_, action, date)
                               : make_shenzhen_history(scenario_, action);
    Verdict verdict{true, ""};
    const Status status = run_generator(*generator, step.place, verdict);
    if (!status) return status;
    record(action.expect.index, verdict);
    return {};
}

Status RunnerSession::act(const Step& /*step*/, const WaitStep& action) {
    world_.wait(action.milliseconds);
    return {};
}

Status RunnerSession::act(const Step& /*step*/, const StalledStep& action) {
    settle_sent();
    const std::size_t waiting = unsettled();
    world_.wait(action.for_ms);
    settle_sent();
    const std::size_t still_waiting = unsettled();
    Verdict verdict{waiting > 0 && waiting == still_waiting,
                    said("found.became_final",
                         {std::to_string(waiting - still_waiting), std::to_string(waiting)})};
    if (waiting == 0) verdict.found = said("found.nothing_waits");
    record(action.expect.index, verdict);
    return {};
}

Status RunnerSession::act(const Step& /*step*/, const ExpectStep& action) {
    return check_network(action.expectations);
}

std::uint64_t work_of(const std::vector<Step>& steps) {
    std::uint64_t work = 0;
    for (const Step& step : steps) work += work_of_step(step);
    return work;
}

Report run(const Scenario& scenario, World& world, const RunOptions& options) {
    return RunnerSession(scenario, world, options).run();
}

}  // namespace cityledger::sim
