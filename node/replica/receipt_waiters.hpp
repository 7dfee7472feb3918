#pragma once
// Who waits for the receipt of which transaction.

#include <functional>
#include <map>

#include "ledger/executor.hpp"

namespace cityledger::node {

class ReceiptWaiters {
public:
    using Executed = std::function<void(const ledger::StoredReceipt&)>;

    /// Returns a handle for take().
    std::uint64_t add(const Digest& transaction, Executed executed);
    /// Forgets a waiter and returns its call; nothing if it was told or forgotten before.
    [[nodiscard]] Executed take(std::uint64_t handle);
    /// Calls everybody who waits for one of these receipts, once.
    void tell(const ledger::ExecutedBlock& executed);

private:
    struct Waiter {
        Digest transaction;
        Executed executed;
    };
    std::map<std::uint64_t, Waiter> waiters_;  ///< by handle
    std::multimap<Digest, std::uint64_t> handles_;
    std::uint64_t next_handle_ = 1;
};

}  // namespace cityledger::node
