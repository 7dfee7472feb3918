#include "sim/runner/load_run.hpp"

#include <algorithm>

#include "ledger/transaction.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {

namespace {

constexpr std::uint64_t k_poll_ms = 2;
constexpr std::uint64_t k_when_full_ms = 5;
constexpr std::uint64_t k_send_again_ms = 3'000;
/// With more open than this only the oldest is asked for, since they become final in turn.
constexpr std::size_t k_ask_for_all = 64;

/// The node is full or not ready: the transaction may be sent again later.
bool is_full(const Error& error) { return error.code.kind == RefusalKind::busy; }

std::uint64_t integer_square_root(std::uint64_t value) {
    std::uint64_t low = 0;
    std::uint64_t high = std::uint64_t{1} << 32;
    while (low + 1 < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        (middle * middle <= value ? low : high) = middle;
    }
    return low;
}

}  // namespace

std::uint64_t due_ms(const Rate& rate, std::uint64_t number, std::uint64_t of) {
    if (rate.kind == RateKind::max || rate.kind == RateKind::closed) return 0;
    // The square of the rate grows evenly with the number, and the time to get to the transaction
    // is its number over the mean of the first rate and the rate now. In thousandths.
    const std::uint64_t from = rate.from_per_second;
    const std::uint64_t to = rate.to_per_second;
    const std::uint64_t square = to >= from ? from * from + (to * to - from * from) * number / of
                                            : from * from - (from * from - to * to) * number / of;
    const std::uint64_t now_milli = integer_square_root(square * 1'000'000);
    return 2'000'000 * number / (from * 1'000 + now_milli);
}

LoadRun::LoadRun(RunParts& run, const LoadStep& step, Place place)
    : run_(run), step_(step), start_ms_(run.world.now_ms()) {
    count_.line = static_cast<std::uint64_t>(place.line);
    count_.transactions = step.transactions;
}

Result<LoadRun::Open> LoadRun::draw_transaction(std::uint64_t number) {
    const MixEntry& entry = run_.choices.draw(step_.mix);
    const std::string name = run_.choices.draw(entry.senders);
    const auto sender = run_.calls.actor(name, entry.call.place);
    if (!sender) return propagate(sender);
    auto& variables = run_.calls.scope().variables;
    variables.emplace_back("n", number);
    variables.emplace_back("sender", boost::json::value(name));
    auto prepared = run_.calls.prepare(entry.call, **sender);
    variables.resize(variables.size() - 2);
    if (!prepared) return propagate(prepared);
    Open open;
    open.calls.push_back(*std::move(prepared));
    auto transaction = run_.calls.sign(**sender, open.calls);
    if (!transaction) return propagate(transaction);
    open.transaction = *std::move(transaction);
    open.id = ledger::transaction_id(open.transaction.body);
    return open;
}

Status LoadRun::send_again(Open& open) {
    // Its node may have died; the same bytes have one receipt however often they come.
    const auto again = run_.world.send(open.transaction);
    const bool broken = !again && outcome_of(again.error()) == RunOutcome::diverged;
    if (broken) return propagate(again);
    open.sent_ms = run_.world.now_ms();
    ++count_.sent_again;
    return {};
}

Status LoadRun::settle() {
    const bool all = open_.size() <= k_ask_for_all;
    for (auto open = open_.begin(); open != open_.end();) {
        const auto receipt = run_.world.find_receipt(open->id, open->transaction.body.sender);
        if (!receipt) {
            if (run_.world.now_ms() - open->sent_ms >= k_send_again_ms) {
                const Status sent = send_again(*open);
                if (!sent) return sent;
            }
            if (!all) return {};
            ++open;
            continue;
        }
        const auto outcomes = run_.calls.take_receipt(*receipt, open->calls);
        if (!outcomes) return propagate(outcomes);
        const Expectation& expect = open->calls.front().expect;
        run_.record.judge(expect.index, verdict_of(expect, outcomes->front()));
        run_.sent.add_settled(open->id);
        open = open_.erase(open);
    }
    return {};
}

Status LoadRun::settle_until(std::size_t open) {
    const std::uint64_t timeout_ms = run_.scenario.defaults.timeout_ms;
    const std::uint64_t start_ms = run_.world.now_ms();
    while (true) {
        const Status settled = settle();
        if (!settled || open_.size() <= open) return settled;
        if (run_.world.now_ms() - start_ms >= timeout_ms) {
            return tl::unexpected<Error>(timed_out(
                said("load.open", {std::to_string(open_.size()), std::to_string(timeout_ms)})));
        }
        run_.world.wait(k_poll_ms);
    }
}

Status LoadRun::wait_for_turn(std::uint64_t number) {
    const Rate& rate = step_.rate;
    if (rate.open > 0) return settle_until(rate.open - 1);
    const std::uint64_t due = start_ms_ + due_ms(rate, number, step_.transactions);
    while (true) {
        const Status settled = settle();
        if (!settled) return settled;
        const std::uint64_t now_ms = run_.world.now_ms();
        if (now_ms >= due) return {};
        run_.world.wait(open_.empty() ? due - now_ms : std::min(due - now_ms, k_when_full_ms));
    }
}

Status LoadRun::offer(Open next) {
    const std::uint64_t start_ms = run_.world.now_ms();
    auto id = run_.world.send(next.transaction);
    if (!id && is_full(id.error())) ++count_.held_back;
    while (!id && is_full(id.error()) &&
           run_.world.now_ms() - start_ms < run_.scenario.defaults.timeout_ms) {
        run_.world.wait(k_when_full_ms);
        const Status settled = settle();
        if (!settled) return settled;
        id = run_.world.send(next.transaction);
    }
    run_.record.count_sent();
    if (id) {
        next.sent_ms = run_.world.now_ms();
        open_.push_back(std::move(next));
        return {};
    }
    if (!is_admission_refusal(id.error())) return propagate(id);
    run_.record.count_refused();
    const Expectation& expect = next.calls.front().expect;
    run_.record.judge(expect.index, verdict_of(expect, refused_outcomes(id.error(), 1).front()));
    return {};
}

Status LoadRun::run(const std::function<void()>& on_sent) {
    for (std::uint64_t i = 0; i < step_.transactions; ++i) {
        // Drawn and signed before its time, so that signing does not make it late.
        auto next = draw_transaction(i + 1);
        if (!next) return propagate(next);
        Status status = wait_for_turn(i);
        if (status) status = offer(*std::move(next));
        if (!status) return status;
        on_sent();
    }
    count_.sent_ms = run_.world.now_ms() - start_ms_;
    const Status settled = settle_until(0);
    count_.final_ms = run_.world.now_ms() - start_ms_;
    run_.record.add(count_);
    return settled;
}

}  // namespace cityledger::sim
