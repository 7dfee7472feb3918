#pragma once
// Who sends what when. Transaction i goes to node i modulo the number of nodes; the connections of
// a node take its transactions in turn. An open loop sends by its plan whatever becomes of the
// transactions; a closed one sends when others have ended.

#include <atomic>
#include <memory>

#include "sim/bench/plan.hpp"
#include "sim/bench/transaction_table.hpp"

namespace cityledger::bench {

/// When operation `number` (from 0) of a round should be sent, in microseconds from its start.
/// 0 for closed loops.
[[nodiscard]] std::uint64_t due_us(const Rate& rate, std::uint64_t number,
                                   std::uint64_t duration_us);

/// Operations that an open loop sends in this time; 0 for closed loops.
[[nodiscard]] std::uint64_t planned_operations(const Rate& rate, std::uint64_t duration_us);

class SendQueue {
public:
    SendQueue(const Round& round, std::size_t nodes,
              const std::vector<PreparedTransaction>& prepared, TransactionTable& table,
              const RoundClock& clock);

    /// The transactions that this node is to be sent now, at least one, already noted as sent;
    /// waits for their time. Empty when the round is over.
    [[nodiscard]] std::vector<std::size_t> take(std::size_t node);

    /// No more is handed out; from any thread.
    void stop() { stopped_ = true; }
    [[nodiscard]] bool stopped() const { return stopped_; }
    /// When the last transaction was handed out.
    [[nodiscard]] std::uint64_t last_taken_us() const { return last_taken_us_; }
    /// How late transactions were handed out though a connection waited for their time.
    [[nodiscard]] LatencyHistogram late() const;

private:
    struct NodeQueue {
        std::mutex mutex;      ///< held by the connection that waits
        std::size_t next = 0;  ///< number of the transaction
        LatencyHistogram late;
    };

    /// Waits until the next one may be sent; false when the round is over.
    [[nodiscard]] bool wait_for_turn(NodeQueue& queue);
    [[nodiscard]] bool may_follow(const NodeQueue& queue) const;
    [[nodiscard]] std::uint64_t due(std::size_t transaction) const;

    const Round& round_;
    const std::vector<PreparedTransaction>& prepared_;
    TransactionTable& table_;
    const RoundClock& clock_;
    std::uint64_t end_us_;
    std::vector<std::unique_ptr<NodeQueue>> queues_;
    std::atomic<bool> stopped_ = false;
    std::atomic<std::uint64_t> last_taken_us_ = 0;
};

}  // namespace cityledger::bench
