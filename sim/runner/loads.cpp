// Loads: transactions at a rate, without waiting for each; every one is judged by its receipt.

#include <algorithm>

#include "ledger/transaction.hpp"
#include "sim/runner/session.hpp"
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

Result<RunnerSession::Open> RunnerSession::draw_transaction(const LoadStep& action,
                                                            std::uint64_t number) {
    std::uint64_t weights = 0;
    for (const MixEntry& entry : action.mix) weights += entry.weight;
    std::uint64_t drawn = dice_.below(weights);
    auto entry = action.mix.begin();
    while (drawn >= entry->weight) drawn -= (entry++)->weight;
    const std::string name = draw(entry->senders);
    const auto sender = sender_of(name, entry->call.place);
    if (!sender) return propagate(sender);
    scope_.variables.emplace_back("n", number);
    scope_.variables.emplace_back("sender", boost::json::value(name));
    auto prepared = prepare(entry->call, **sender);
    scope_.variables.resize(scope_.variables.size() - 2);
    if (!prepared) return propagate(prepared);
    Open open;
    open.operations.push_back(*std::move(prepared));
    auto transaction = sign(**sender, open.operations);
    if (!transaction) return propagate(transaction);
    open.transaction = *std::move(transaction);
    open.id = ledger::transaction_id(open.transaction.body);
    return open;
}

Status RunnerSession::settle(Load& load) {
    const bool all = load.open.size() <= k_ask_for_all;
    for (auto open = load.open.begin(); open != load.open.end();) {
        const auto receipt = world_.find_receipt(open->id);
        if (!receipt) {
            const std::uint64_t now_ms = world_.now_ms();
            if (now_ms - open->sent_ms >= k_send_again_ms) {
                // Its node may have died; the same bytes have one receipt however often they come.
                const auto again = world_.send(open->transaction);
                const bool broken = !again && outcome_of(again.error()) == RunOutcome::diverged;
                if (broken) return propagate(again);
                open->sent_ms = now_ms;
                ++load.count.sent_again;
            }
            if (!all) return {};
            ++open;
            continue;
        }
        last_height_ = std::max(last_height_, receipt->height);
        const auto outcomes = outcomes_of(*receipt, open->operations);
        if (!outcomes) return propagate(outcomes);
        judge_call(open->operations.front().expect, outcomes->front());
        sent_.push_back({open->id, true});
        open = load.open.erase(open);
    }
    return {};
}

Status RunnerSession::settle_until(Load& load, std::size_t open, std::uint64_t timeout_ms) {
    const std::uint64_t start_ms = world_.now_ms();
    while (true) {
        const Status settled = settle(load);
        if (!settled || load.open.size() <= open) return settled;
        if (world_.now_ms() - start_ms >= timeout_ms) {
            return tl::unexpected<Error>(timed_out(
                said("load.open", {std::to_string(load.open.size()), std::to_string(timeout_ms)})));
        }
        world_.wait(k_poll_ms);
    }
}

Status RunnerSession::wait_for_turn(Load& load, std::uint64_t number) {
    const Rate& rate = load.step.rate;
    if (rate.open > 0) return settle_until(load, rate.open - 1, scenario_.defaults.timeout_ms);
    const std::uint64_t due = load.start_ms + due_ms(rate, number, load.step.transactions);
    while (true) {
        const Status settled = settle(load);
        if (!settled) return settled;
        const std::uint64_t now_ms = world_.now_ms();
        if (now_ms >= due) return {};
        world_.wait(load.open.empty() ? due - now_ms : std::min(due - now_ms, k_when_full_ms));
    }
}

Status RunnerSession::offer(Load& load, Open next) {
    const std::uint64_t start_ms = world_.now_ms();
    auto id = world_.send(next.transaction);
    if (!id && is_full(id.error())) ++load.count.held_back;
    while (!id && is_full(id.error()) &&
           world_.now_ms() - start_ms < scenario_.defaults.timeout_ms) {
        world_.wait(k_when_full_ms);
        const Status settled = settle(load);
        if (!settled) return settled;
        id = world_.send(next.transaction);
    }
    ++report_.transactions_sent;
    if (id) {
        next.sent_ms = world_.now_ms();
        load.open.push_back(std::move(next));
        return {};
    }
    if (!is_admission_refusal(id.error())) return propagate(id);
    ++report_.transactions_refused;
    const Error& error = id.error();
    judge_call(next.operations.front().expect,
               {std::string(error.code.name), error.detail, nullptr, {}});
    return {};
}

Status RunnerSession::act(const Step& step, const LoadStep& action) {
    Load load{action, {}, {}, world_.now_ms()};
    load.count.line = static_cast<std::uint64_t>(step.place.line);
    load.count.transactions = action.transactions;
    for (std::uint64_t i = 0; i < action.transactions; ++i) {
        // Drawn and signed before its time, so that signing does not make it late.
        auto next = draw_transaction(action, i + 1);
        if (!next) return propagate(next);
        Status status = wait_for_turn(load, i);
        if (status) status = offer(load, *std::move(next));
        if (!status) return status;
        progress(step, 1);
    }
    load.count.sent_ms = world_.now_ms() - load.start_ms;
    const Status settled = settle_until(load, 0, scenario_.defaults.timeout_ms);
    load.count.final_ms = world_.now_ms() - load.start_ms;
    report_.loads.push_back(load.count);
    return settled;
}

}  // namespace cityledger::sim
