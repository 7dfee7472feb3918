// Final blocks: into the log, to execution in order, and what follows from a new state.

#include <algorithm>

#include "node/replica/replica_codes.hpp"
#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

using ledger::Block;
using ledger::ExecutedBlock;

void Replica::Impl::make_final(const Digest& digest, const Block& block,
                               const ledger::Certificate& finalization,
                               std::uint64_t proof_sequence) {
    const std::uint64_t height = block.header.height;
    if (height <= log_->final_height()) {  // block sync brought it already
        if (log_->final_entry(height).digest != digest) {
            // More than a third of the validators broke the protocol.
            diverge("two final blocks of height " + std::to_string(height) + " are known");
        }
        return;
    }
    log_->append_block(digest, block);
    log_->append_final({height, digest, finalization.content.view}, proof_sequence);
    named_.add(height, block.batches);
    auto& missing = missing_of_final_[height];
    for (const auto& batch : block.batches) {
        pool_.remove(batch);
        if (!log_->has_batch(batch)) missing.insert(batch);
    }
    if (missing.empty()) missing_of_final_.erase(height);
    if (finalization.content.block == digest) newest_finalization_ = {height, finalization};
    covered_height_ = block.header.executed.height;
    changed_heights_.erase(changed_heights_.begin(), changed_heights_.upper_bound(covered_height_));
    if (block.header.executed.height > executed_.height) {
        expected_states_[block.header.executed.height] = block.header.executed;
    } else {
        expected_states_ = {{block.header.executed.height, block.header.executed}};
        compare_states();
    }
    last_final_ms_ = now_ms();
    ++counters_["consensus_final_blocks"];
    judge_pending_blocks();
    recompute_work();
    make_batches();
    pump_execution();
}

void Replica::Impl::pump_execution() {
    if (!takes_part()) return;
    while (handed_over_height_ < log_->final_height() &&
           handed_over_height_ < executed_.height + k_blocks_in_execution) {
        const std::uint64_t height = handed_over_height_ + 1;
        const FinalEntry& entry = log_->final_entry(height);
        const std::uint64_t durable = log_->files().durable_sequence();
        const auto block = log_->final_block(height);
        if (!block) return fail(log_unreadable(height));
        std::uint64_t needed = std::max(entry.proof_sequence, entry.block.sequence);
        for (const auto& digest : block->batches) {
            if (log_->has_batch(digest)) continue;
            missing_of_final_[height].insert(digest);
        }
        if (missing_of_final_.contains(height)) {
            std::erase_if(missing_of_final_[height],
                          [&](const Digest& digest) { return log_->has_batch(digest); });
            if (!missing_of_final_[height].empty()) return ask_for_batches();
        }
        for (const auto& digest : block->batches) {
            needed = std::max(needed, log_->batch_sequence(digest));
        }
        if (needed > durable) return log_->files().request_sync();
        std::vector<std::shared_ptr<const ledger::Batch>> batches;
        for (const auto& digest : block->batches) {
            batches.push_back(log_->batch(digest));
            if (!batches.back()) return fail(log_unreadable(height));
        }
        handed_over_height_ = height;
        missing_of_final_.erase(height);
        const auto done = [this, height](Result<ExecutedBlock> executed) {
            on_executed(height, std::move(executed));
        };
        ports_.execution.execute(height, std::move(batches), guarded(done));
    }
}

Error Replica::Impl::log_unreadable(std::uint64_t height) const {
    return log_damage(options_.log_folder, log_->final_entry(height).block.offset,
                      log_->final_entry(height).block.sequence,
                      "block " + std::to_string(height) + " or one of its batches");
}

void Replica::Impl::on_executed(std::uint64_t height, Result<ExecutedBlock> executed) {
    if (!executed) return fail(executed.error());
    executed_ = executed->state;
    const bool changed = executed->changed_state || !executed->receipts.empty();
    if (changed && height > covered_height_) changed_heights_.insert(height);
    compare_states();
    counters_["state_executed_txs"] += executed->receipts.size();
    for (const auto& stored : executed->receipts) mempool_.erase(stored.receipt.transaction);
    mempool_.drop_expired(height + 1);
    const std::uint64_t now = now_ms();
    const std::uint64_t before = now < k_unknown_batch_kept_ms ? 0 : now - k_unknown_batch_kept_ms;
    pool_.drop_expired(height + 1, before);
    if (changed && !hint_scheduled_) {
        // Votes tell it too; without any, the others learn it at once, for the next header.
        hint_scheduled_ = true;
        after(k_hint_delay_ms, [this] {
            hint_scheduled_ = false;
            if (told_executed_height_ < executed_.height) send_hint();
        });
    }
    judge_pending_blocks();
    recompute_work();
    tell_receipts(*executed);
    if (block_observer) {
        if (const auto block = final_block(height)) block_observer(*block, *executed);
    }
    pump_execution();
}

void Replica::Impl::tell_receipts(const ExecutedBlock& executed) {
    std::vector<
        std::pair<std::function<void(const ledger::StoredReceipt&)>, const ledger::StoredReceipt*>>
        calls;
    for (const auto& stored : executed.receipts) {
        const auto [first, last] = waiting_for_.equal_range(stored.receipt.transaction);
        for (auto entry = first; entry != last; ++entry) {
            const auto waiter = waiters_.find(entry->second);
            calls.emplace_back(std::move(waiter->second.executed), &stored);
            waiters_.erase(waiter);
        }
        waiting_for_.erase(first, last);
    }
    for (const auto& [call, stored] : calls) call(*stored);
}

std::uint64_t Replica::Impl::on_receipt(
    const Digest& transaction, std::function<void(const ledger::StoredReceipt&)> executed) {
    const std::uint64_t handle = next_waiter_++;
    waiters_[handle] = {transaction, std::move(executed)};
    waiting_for_.emplace(transaction, handle);
    const bool known = ledger::find_receipt(state_, transaction).has_value();
    if (!known) return handle;
    after(0, [this, handle, transaction] {
        const auto waiter = waiters_.find(handle);
        const auto stored = ledger::find_receipt(state_, transaction);
        if (waiter == waiters_.end() || !stored) return;
        const auto call = std::move(waiter->second.executed);
        forget_receipt(handle);
        call(*stored);
    });
    return handle;
}

void Replica::Impl::forget_receipt(std::uint64_t handle) {
    const auto waiter = waiters_.find(handle);
    if (waiter == waiters_.end()) return;
    auto [entry, last] = waiting_for_.equal_range(waiter->second.transaction);
    while (entry != last && entry->second != handle) ++entry;
    if (entry != last) waiting_for_.erase(entry);
    waiters_.erase(waiter);
}

void Replica::Impl::compare_states() {
    while (!expected_states_.empty() && expected_states_.begin()->first <= executed_.height) {
        const auto& expected = expected_states_.begin()->second;
        const auto own = ledger::find_executed_state(state_, expected.height);
        if (own && *own != expected) {
            const auto differs =
                refuse(codes::state_diverged, "height " + std::to_string(expected.height));
            diverge(differs.value().message());
        }
        expected_states_.erase(expected_states_.begin());
    }
}

/// This node can no longer vouch for anything: it stops voting, and says so.
void Replica::Impl::diverge(std::string why) {
    if (!diverged_.empty()) return;
    diverged_ = std::move(why);
    ++counters_["state_diverged"];
    give(consensus::StopVoting{});
    watch_standing();
}

void Replica::Impl::recompute_work() {
    if (!takes_part()) return;
    const std::uint64_t quorum = peers_.executed_by(validators_.quorum(), executed_.height);
    const bool uncovered = !changed_heights_.empty() &&
                           *changed_heights_.begin() <= std::min(quorum, executed_.height);
    const bool heartbeat = now_ms() >= last_final_ms_ + options_.heartbeat_interval_ms;
    const bool has_work = pool_.has_available() || uncovered || heartbeat;
    if (has_work == has_work_) return;
    has_work_ = has_work;
    give(consensus::WorkChanged{has_work});
}

}  // namespace cityledger::node
