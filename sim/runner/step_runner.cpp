#include "sim/runner/step_runner.hpp"

#include "sim/runner/load_run.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::uint64_t k_ask_again_ms = 25;

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

std::uint64_t work_of(const std::vector<Step>& steps) {
    std::uint64_t work = 0;
    for (const Step& step : steps) work += work_of_step(step);
    return work;
}

StepRunner::StepRunner(RunParts& run, const RunOptions& options)
    : run_(run),
      options_(options),
      checks_(run.world, run.watch, run.sent, run.record),
      faults_(run.scenario.validators, run.world, run.watch, run.story),
      work_all_(work_of(run.scenario.steps)) {}

Status StepRunner::run(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
        progress(step, 0);
        const Status status =
            std::visit([&](const auto& action) { return act(step, action); }, step.action);
        if (!status) {
            run_.record.ended_at(step.place);
            return status;
        }
        // Loops and loads count what is in them themselves.
        const bool counts = !std::holds_alternative<LoopStep>(step.action) &&
                            !std::holds_alternative<LoadStep>(step.action);
        if (counts) progress(step, work_of_step(step));
        const auto nodes = run_.watch.look();
        if (!nodes) return propagate(nodes);
        run_.story.tell_views(step.place, *nodes);
    }
    return {};
}

void StepRunner::progress(const Step& step, std::uint64_t work) {
    work_done_ += work;
    if (options_.on_progress) options_.on_progress(step, work_done_, work_all_);
}

Status StepRunner::prepare_items(const std::vector<BundleItem>& items, const Actor& sender,
                                 std::vector<PreparedCall>& prepared) {
    auto& variables = run_.calls.scope().variables;
    for (const BundleItem& item : items) {
        if (!item.loop) {
            auto call = run_.calls.prepare(item.call, sender);
            if (!call) return propagate(call);
            prepared.push_back(*std::move(call));
            continue;
        }
        for (std::size_t i = 0; i < item.loop->count(); ++i) {
            variables.emplace_back(item.loop->variable, run_.choices.loop_value(*item.loop, i));
            const Status status = prepare_items(item.items, sender, prepared);
            variables.pop_back();
            if (!status) return status;
        }
    }
    return {};
}

Status StepRunner::act(const Step& step, const SubmitStep& action) {
    const auto sender = run_.calls.actor(action.sender, step.place);
    if (!sender) return propagate(sender);
    std::vector<PreparedCall> calls;
    const Status prepared = prepare_items(action.operations, **sender, calls);
    if (!prepared) return prepared;
    if (!action.wait) {
        const auto transaction = run_.calls.sign(**sender, calls);
        if (!transaction) return propagate(transaction);
        const auto id = run_.world.send(*transaction);
        if (!id) return propagate(id);
        run_.sent.add(*id);
        run_.record.count_sent();
        return {};
    }
    const auto outcomes = run_.calls.execute(**sender, calls);
    if (!outcomes) return propagate(outcomes);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const CallOutcome& outcome = (*outcomes)[i];
        run_.record.judge(calls[i].expect.index, verdict_of(calls[i].expect, outcome));
        run_.calls.keep(calls[i], outcome);
    }
    return {};
}

Status StepRunner::act(const Step& step, const QueryStep& action) {
    const Call& call = action.call;
    const auto expect = run_.calls.resolve_expectation(call.expect, call.place);
    if (!expect) return propagate(expect);
    auto outcome = run_.calls.ask(action);
    const std::uint64_t start_ms = run_.world.now_ms();
    while (outcome && !verdict_of(*expect, *outcome).held &&
           run_.world.now_ms() - start_ms < action.within_ms) {
        run_.world.wait(k_ask_again_ms);
        outcome = run_.calls.ask(action);
    }
    if (!outcome) return propagate(outcome);
    run_.record.judge(expect->index, verdict_of(*expect, *outcome));
    if (!call.save.empty() && outcome->code_name == "ok") {
        const auto name = run_.calls.resolve_name(call.save, step.place);
        if (!name) return propagate(name);
        run_.calls.scope().saved[*name] = outcome->result;
    }
    return {};
}

Status StepRunner::act(const Step& /*step*/, const LoopStep& action) {
    auto& variables = run_.calls.scope().variables;
    for (std::size_t i = 0; i < action.loop.count(); ++i) {
        variables.emplace_back(action.loop.variable, run_.choices.loop_value(action.loop, i));
        const Status status = run(action.steps);
        variables.pop_back();
        if (!status) return status;
    }
    return {};
}

Result<std::string> StepRunner::open_day() {
    const auto today = run_.calls.ask_anybody("calendar", "today");
    if (!today) return propagate(today);
    return std::string(today->as_object().at("date").as_string());
}

Result<Verdict> StepRunner::close_day(const CloseDayStep& action, Place place) {
    const auto date = open_day();
    if (!date) return propagate(date);
    Verdict verdict{true, said("found.closed", {*date})};
    for (const auto& [name, method] : {std::pair{action.by, "propose_close"},
                                       std::pair{action.countersigned_by, "countersign_close"}}) {
        const auto sender = run_.calls.actor(name, place);
        if (!sender) return propagate(sender);
        Call call;
        call.place = place;
        call.contract = "calendar";
        call.method = method;
        call.arguments["date"] = *date;
        const auto prepared = run_.calls.prepare(call, **sender);
        if (!prepared) return propagate(prepared);
        const auto outcomes = run_.calls.execute(**sender, {*prepared});
        if (!outcomes) return propagate(outcomes);
        if (outcomes->front().code_name != "ok" && verdict.held) {
            verdict = {false, std::string(method) + " " + outcomes->front().words()};
        }
    }
    return verdict;
}

Status StepRunner::act(const Step& step, const CloseDayStep& action) {
    for (std::uint64_t day = 0; day < action.days; ++day) {
        const auto verdict = close_day(action, step.place);
        if (!verdict) return propagate(verdict);
        run_.record.judge(action.expect.index, *verdict);
    }
    return {};
}

Result<std::vector<PreparedCall>> StepRunner::prepare_generated(
    const GeneratedTransaction& transaction, const Actor& sender, Place place) {
    std::vector<PreparedCall> prepared;
    for (const GeneratedOperation& generated : transaction.operations) {
        Call call;
        call.place = place;
        call.contract = generated.contract;
        call.method = generated.method;
        call.arguments = generated.arguments;
        auto one = run_.calls.prepare(call, sender);
        if (!one) return propagate(one);
        prepared.push_back(*std::move(one));
    }
    return prepared;
}

Status StepRunner::run_generator(Generator& generator, Place place, Verdict& verdict) {
    std::uint64_t operations = 0;
    while (auto transaction = generator.next()) {
        const auto sender = run_.calls.actor(transaction->sender, place);
        if (!sender) return propagate(sender);
        const auto prepared = prepare_generated(*transaction, **sender, place);
        if (!prepared) return propagate(prepared);
        const auto outcomes = run_.calls.execute(**sender, *prepared);
        if (!outcomes) return propagate(outcomes);
        std::vector<GeneratedOutcome> told;
        for (std::size_t i = 0; i < prepared->size(); ++i) {
            const GeneratedOperation& generated = transaction->operations[i];
            const CallOutcome& outcome = (*outcomes)[i];
            if (outcome.code_name != generated.expected && verdict.held) {
                verdict = {false, said("found.drawn",
                                       {generated.contract + "." + generated.method,
                                        transaction->sender, generated.expected, outcome.words()})};
            }
            told.push_back({outcome.code_name, (*prepared)[i].arguments, outcome.result});
        }
        operations += prepared->size();
        generator.tell(told);
    }
    if (verdict.held) verdict.found = said("found.as_drawn", {std::to_string(operations)});
    return {};
}

Status StepRunner::act(const Step& step, const GenerateStep& action) {
    const auto date = open_day();
    if (!date) return propagate(date);
    const auto generator = action.kind == GeneratorKind::shenzhen_day
                               ? make_shenzhen_day(run_.scenario, action, *date)
                               : make_shenzhen_history(run_.scenario, action);
    Verdict verdict{true, ""};
    const Status status = run_generator(*generator, step.place, verdict);
    if (!status) return status;
    run_.record.judge(action.expect.index, verdict);
    return {};
}

Status StepRunner::act(const Step& step, const LoadStep& action) {
    return LoadRun(run_, action, step.place).run([&] { progress(step, 1); });
}

Status StepRunner::act(const Step& step, const FaultStep& action) {
    return faults_.inject(action, step.place);
}

Status StepRunner::act(const Step& /*step*/, const WaitStep& action) {
    run_.world.wait(action.milliseconds);
    return {};
}

Status StepRunner::act(const Step& /*step*/, const StalledStep& action) {
    run_.sent.settle();
    const std::size_t waiting = run_.sent.unsettled();
    run_.world.wait(action.for_ms);
    run_.sent.settle();
    const std::size_t still_waiting = run_.sent.unsettled();
    Verdict verdict{waiting > 0 && waiting == still_waiting,
                    said("found.became_final",
                         {std::to_string(waiting - still_waiting), std::to_string(waiting)})};
    if (waiting == 0) verdict.found = said("found.nothing_waits");
    run_.record.judge(action.expect.index, verdict);
    return {};
}

Status StepRunner::act(const Step& /*step*/, const ExpectStep& action) {
    return checks_.check(action.expectations);
}

}  // namespace cityledger::sim
