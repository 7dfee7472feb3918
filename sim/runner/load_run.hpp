#pragma once
// A load: transactions at a rate, without waiting for each; every one is judged by its receipt.

#include <deque>
#include <functional>

#include "sim/runner/run_parts.hpp"

namespace cityledger::sim {

class LoadRun {
public:
    LoadRun(RunParts& run, const LoadStep& step, Place place);

    /// Sends all and waits for their receipts; calls `on_sent` after each one sent.
    [[nodiscard]] Status run(const std::function<void()>& on_sent);

private:
    /// A transaction that has no receipt yet.
    struct Open {
        ledger::Transaction transaction;
        Digest id;
        std::vector<PreparedCall> calls;
        std::uint64_t sent_ms = 0;  ///< last time; sent again if no receipt comes
    };

    [[nodiscard]] Result<Open> draw_transaction(std::uint64_t number);
    /// Waits until the transaction of this number (from 0) is due.
    [[nodiscard]] Status wait_for_turn(std::uint64_t number);
    /// Sends it, again and again while the network says that it is full.
    [[nodiscard]] Status offer(Open next);
    /// Takes the receipts that are there; sends again what waits for too long.
    [[nodiscard]] Status settle();
    [[nodiscard]] Status settle_until(std::size_t open);
    [[nodiscard]] Status send_again(Open& open);

    RunParts& run_;
    const LoadStep& step_;
    std::uint64_t start_ms_;
    LoadCount count_;
    std::deque<Open> open_;
};

/// Milliseconds after its start at which a load of `of` transactions sends number `number` (from
/// 0); 0 for rates that follow the network's pace.
[[nodiscard]] std::uint64_t due_ms(const Rate& rate, std::uint64_t number, std::uint64_t of);

}  // namespace cityledger::sim
