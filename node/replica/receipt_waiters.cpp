#include "node/replica/receipt_waiters.hpp"

#include <utility>

namespace cityledger::node {

std::uint64_t ReceiptWaiters::add(const Digest& transaction, Executed executed) {
    const std::uint64_t handle = next_handle_++;
    waiters_[handle] = {transaction, std::move(executed)};
    handles_.emplace(transaction, handle);
    return handle;
}

ReceiptWaiters::Executed ReceiptWaiters::take(std::uint64_t handle) {
    const auto waiter = waiters_.find(handle);
    if (waiter == waiters_.end()) return {};
    auto [entry, last] = handles_.equal_range(waiter->second.transaction);
    while (entry != last && entry->second != handle) ++entry;
    if (entry != last) handles_.erase(entry);
    Executed executed = std::move(waiter->second.executed);
    waiters_.erase(waiter);
    return executed;
}

void ReceiptWaiters::tell(const ledger::ExecutedBlock& executed) {
    // Called last: a call may add or take others.
    std::vector<std::pair<Executed, const ledger::StoredReceipt*>> calls;
    for (const auto& stored : executed.receipts) {
        const auto [first, last] = handles_.equal_range(stored.receipt.transaction);
        for (auto entry = first; entry != last; ++entry) {
            const auto waiter = waiters_.find(entry->second);
            calls.emplace_back(std::move(waiter->second.executed), &stored);
            waiters_.erase(waiter);
        }
        handles_.erase(first, last);
    }
    for (const auto& [call, stored] : calls) call(*stored);
}

}  // namespace cityledger::node
