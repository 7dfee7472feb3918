#pragma once
// Final blocks in order to the execution port, once they are durable and whole, and the comparison
// of the states that they reach with those that later blocks name.

#include <functional>
#include <map>
#include <set>

#include "ledger/executor.hpp"
#include "node/replica/final_chain.hpp"
#include "node/replica/ports.hpp"
#include "node/replica/reactor.hpp"

namespace cityledger::node {

inline constexpr std::uint64_t k_blocks_in_execution = 4;
inline constexpr std::uint64_t k_final_fetch_heights = 16;  ///< whose batches are asked at once

/// How long an executed change waits for the header of a block that is made for another reason:
/// only a network without other work makes a block for that alone.
inline constexpr std::uint64_t k_cover_delay_ms = 100;

class Execution {
public:
    /// Called once for each block, in order.
    using Executed = std::function<void(std::uint64_t height, const ledger::ExecutedBlock&)>;

    Execution(BlockLog& log, const ledger::StateReader& state, ExecutionPort& port,
              Reactor& reactor, Executed executed)
        : log_(log),
          state_(state),
          port_(port),
          reactor_(reactor),
          executed_(std::move(executed)) {}

    /// At start: executes what the state lacks of the log, as far as its batches are held. Refuses
    /// with state_above_log or log_incomplete.
    [[nodiscard]] Status replay(ledger::Executor& executor, FinalChain& chain);
    void on_final(const ledger::Block& block);
    /// Hands over what may be executed.
    void pump();

    /// What this node has executed.
    [[nodiscard]] const ledger::ExecutedState& state() const { return reached_; }
    /// Final blocks wait here, for batches, durability or their turn.
    [[nodiscard]] bool is_behind() const { return handed_over_height_ < log_.final_height(); }
    /// Batches of the next final blocks that are not held.
    [[nodiscard]] std::set<Digest> missing() const;
    /// Whether a change above `covered_height`, up to `height`, that no final header covers has
    /// waited long enough for a block that is made anyhow.
    [[nodiscard]] bool has_uncovered_change(std::uint64_t covered_height,
                                            std::uint64_t height) const;
    /// Why this node can no longer vouch for its state; empty while it can.
    [[nodiscard]] const std::string& diverged() const { return diverged_; }
    void diverge(std::string why);

private:
    [[nodiscard]] Status load_batches(const ledger::Block& block,
                                      std::vector<std::shared_ptr<const ledger::Batch>>& batches,
                                      bool& whole) const;
    [[nodiscard]] Status replay_block(std::uint64_t height, ledger::Executor& executor,
                                      FinalChain& chain);
    [[nodiscard]] bool is_next_ready();
    void hand_over_next();
    void on_executed(std::uint64_t height, const Result<ledger::ExecutedBlock>& executed);
    void expect(const ledger::ExecutedState& named);
    void compare();
    void await_cover();

    /// The final block to hand over next.
    struct Next {
        ledger::Block block;
        std::uint64_t sequence = 0;  ///< of the log, that must be durable first
        bool whole = false;
    };

    BlockLog& log_;
    const ledger::StateReader& state_;
    ExecutionPort& port_;
    Reactor& reactor_;
    Executed executed_;
    ledger::ExecutedState reached_;
    std::uint64_t handed_over_height_ = 0;
    std::optional<Next> next_;
    std::map<std::uint64_t, std::set<Digest>> missing_;  ///< by height
    /// Executed changes above the covered height, and since when.
    std::map<std::uint64_t, std::uint64_t> changed_heights_;
    bool cover_timer_runs_ = false;
    std::uint64_t covered_height_ = 0;  ///< that the newest final header names
    std::map<std::uint64_t, ledger::ExecutedState> expected_;  ///< of headers, not compared yet
    std::string diverged_;
};

}  // namespace cityledger::node
