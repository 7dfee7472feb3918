#include "node/replica/execution.hpp"

#include <algorithm>

#include "node/log/log_codes.hpp"
#include "node/replica/replica_codes.hpp"

namespace cityledger::node {

using ledger::Batch;
using ledger::Block;
using ledger::ExecutedBlock;

Status Execution::load_batches(const Block& block,
                               std::vector<std::shared_ptr<const Batch>>& batches,
                               bool& whole) const {
    whole = true;
    for (const auto& digest : block.batches) {
        if (!log_.has_batch(digest)) {
            whole = false;
            continue;
        }
        batches.push_back(log_.batch(digest));
        if (!batches.back()) return tl::unexpected<Error>(log_.unreadable(block.header.height));
    }
    return {};
}

Status Execution::replay(ledger::Executor& executor, FinalChain& chain) {
    const std::uint64_t final_height = log_.final_height();
    reached_ = executor.state();
    handed_over_height_ = reached_.height;
    if (reached_.height > final_height) {
        return refuse(codes::state_above_log,
                      std::to_string(reached_.height) + " above " + std::to_string(final_height));
    }
    constexpr std::uint64_t k_reach_heights = ledger::k_max_transaction_lifetime_heights;
    const std::uint64_t reach = final_height - std::min(final_height, k_reach_heights);
    for (std::uint64_t height = std::min(reach, reached_.height) + 1; height <= final_height;
         ++height) {
        if (auto replayed = replay_block(height, executor, chain); !replayed) return replayed;
    }
    return {};
}

/// Blocks that the state holds already are only remembered, for what they name.
Status Execution::replay_block(std::uint64_t height, ledger::Executor& executor,
                               FinalChain& chain) {
    const auto block = log_.final_block(height);
    if (!block) return tl::unexpected<Error>(log_.unreadable(height));
    chain.replay(height, *block);
    std::vector<std::shared_ptr<const Batch>> batches;
    bool whole = false;
    if (auto loaded = load_batches(*block, batches, whole); !loaded) return loaded;
    std::vector<const Batch*> views;
    for (const auto& batch : batches) views.push_back(batch.get());
    if (!views.empty()) changed_heights_.emplace(height, 0);
    const bool executed_before = height <= executor.state().height;
    if (executed_before) {
        if (!whole) return refuse(codes::log_incomplete, "block " + std::to_string(height));
        executor.remember(height, views);
    } else if (whole && handed_over_height_ + 1 == height) {
        auto done = executor.execute(height, views);
        if (!done) return propagate(done);
        reached_ = done->state;
        handed_over_height_ = height;
    }
    expect(block->header.executed);
    return {};
}

void Execution::on_final(const Block& block) {
    std::set<Digest> missing;
    for (const auto& batch : block.batches) {
        if (!log_.has_batch(batch)) missing.insert(batch);
    }
    if (!missing.empty()) missing_[block.header.height] = std::move(missing);
    expect(block.header.executed);
}

/// The newest header speaks for all below it: a state of an executed height is compared with it.
void Execution::expect(const ledger::ExecutedState& named) {
    covered_height_ = named.height;
    changed_heights_.erase(changed_heights_.begin(), changed_heights_.upper_bound(covered_height_));
    expected_[named.height] = named;
    compare();
}

void Execution::compare() {
    while (!expected_.empty() && expected_.begin()->first <= reached_.height) {
        const auto& expected = expected_.begin()->second;
        const auto own = ledger::find_executed_state(state_, expected.height);
        if (own && *own != expected) {
            const auto differs =
                refuse(codes::state_diverged, "height " + std::to_string(expected.height));
            diverge(differs.value().message());
        }
        expected_.erase(expected_.begin());
    }
}

void Execution::diverge(std::string why) {
    if (diverged_.empty()) diverged_ = std::move(why);
}

void Execution::pump() {
    while (!reactor_.failed() && is_behind() &&
           handed_over_height_ < reached_.height + k_blocks_in_execution) {
        if (!is_next_ready()) return;
        hand_over_next();
    }
}

/// Asked after every event: the block is read once, and its batches are looked up while one lacks.
bool Execution::is_next_ready() {
    const std::uint64_t height = handed_over_height_ + 1;
    if (!next_) {
        const auto block = log_.final_block(height);
        if (!block) {
            reactor_.fail(log_.unreadable(height));
            return false;
        }
        const FinalEntry& entry = log_.final_entry(height);
        next_ = Next{*block, std::max(entry.proof_sequence, entry.block.sequence), false};
    }
    if (!next_->whole) {
        std::set<Digest> missing;
        for (const auto& digest : next_->block.batches) {
            if (!log_.has_batch(digest)) missing.insert(digest);
            next_->sequence = std::max(next_->sequence, log_.batch_sequence(digest));
        }
        next_->whole = missing.empty();
        missing_[height] = std::move(missing);
        if (!next_->whole) return false;
    }
    if (next_->sequence <= log_.durable_sequence()) return true;
    log_.request_sync();
    return false;
}

void Execution::hand_over_next() {
    const Block block = std::move(next_->block);
    next_.reset();
    std::vector<std::shared_ptr<const Batch>> batches;
    bool whole = false;
    if (const auto loaded = load_batches(block, batches, whole); !loaded) {
        return reactor_.fail(loaded.error());
    }
    const std::uint64_t height = ++handed_over_height_;
    missing_.erase(height);
    port_.execute(height, std::move(batches),
                  reactor_.event([this, height](const Result<ExecutedBlock>& executed) {
                      on_executed(height, executed);
                  }));
}

void Execution::on_executed(std::uint64_t height, const Result<ExecutedBlock>& executed) {
    if (!executed) return reactor_.fail(executed.error());
    reached_ = executed->state;
    const bool changed = executed->changed_state || !executed->receipts.empty();
    if (changed && height > covered_height_) {
        changed_heights_.emplace(height, reactor_.now_ms());
        await_cover();
    }
    compare();
    executed_(height, *executed);
}

/// One timer at a time: when the oldest change has waited long enough, everything goes on.
void Execution::await_cover() {
    if (cover_timer_runs_ || changed_heights_.empty()) return;
    const std::uint64_t due_ms = changed_heights_.begin()->second + k_cover_delay_ms;
    if (due_ms <= reactor_.now_ms()) return;
    cover_timer_runs_ = true;
    reactor_.after(due_ms - reactor_.now_ms(), [this] {
        cover_timer_runs_ = false;
        await_cover();
    });
}

bool Execution::has_uncovered_change(std::uint64_t covered_height, std::uint64_t height) const {
    const auto first = changed_heights_.upper_bound(covered_height);
    return first != changed_heights_.end() && first->first <= height &&
           first->second + k_cover_delay_ms <= reactor_.now_ms();
}

std::set<Digest> Execution::missing() const {
    std::set<Digest> wanted;
    const auto end = missing_.upper_bound(handed_over_height_ + k_final_fetch_heights);
    for (auto of_height = missing_.begin(); of_height != end; ++of_height) {
        for (const auto& digest : of_height->second) {
            if (!log_.has_batch(digest)) wanted.insert(digest);
        }
    }
    return wanted;
}

}  // namespace cityledger::node
