#pragma once
// The transactions of a round and what is known of each; shared by the threads that send and those
// that follow the chain.
//
// A client knows what became of its transaction when the node that it asked tells the receipt. So
// the end of a transaction is when that node's blocks hold it, and another node's only while that
// node does not answer.

#include <condition_variable>
#include <mutex>
#include <unordered_map>

#include "node/api/answers.hpp"
#include "sim/bench/prepared_load.hpp"
#include "sim/bench/round_clock.hpp"
#include "sim/bench/round_record.hpp"

namespace cityledger::bench {

class TransactionTable {
public:
    TransactionTable(const std::vector<PreparedTransaction>& prepared, const RoundClock& clock);

    void on_sent(std::size_t index, std::size_t node, std::uint64_t intended_us);
    /// It goes to this node now, since the one before did not answer.
    void on_sent_again(std::size_t index, std::size_t node);
    void on_accepted(std::size_t index);
    void on_refused(std::size_t index, const std::string& code);
    void on_held_back();
    /// A block of this node holds it. The operations that it counts, 0 if it is not of this round.
    std::uint32_t on_receipt(std::size_t node, const api::ReceiptLine& receipt);
    void on_node_answers(std::size_t node, bool answers);

    /// Waits until fewer operations than this have no end, or the time is over. False then.
    bool wait_open_below(std::uint64_t operations, RoundClock::Clock::time_point until);
    /// Operations that were sent and have no end.
    [[nodiscard]] std::uint64_t open_operations() const;
    [[nodiscard]] std::uint64_t committed_operations() const;
    /// What a careful client sends again now: without an end for a second since it was sent last
    /// if its node does not answer, for 15 seconds if it does.
    [[nodiscard]] std::vector<std::size_t> overdue() const;

    /// Moves the records out, with what every thread counted; when all threads have ended.
    void take(RoundRecord& record);

private:
    void end(std::size_t index, Fate fate);
    [[nodiscard]] bool may_know(const TransactionRecord& record) const;

    const RoundClock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable ended_;
    std::unordered_map<Digest, std::size_t, DigestHasher> index_;
    std::vector<TransactionRecord> records_;
    std::vector<std::uint64_t> resent_us_;  ///< when it was sent last
    std::map<std::string, std::uint64_t> refused_on_admission_;
    NodeSet silent_nodes_;
    std::uint64_t open_operations_ = 0;
    std::uint64_t committed_operations_ = 0;
    std::uint64_t held_back_ = 0;
    std::uint64_t sent_again_ = 0;
    std::size_t first_open_ = 0;  ///< all before have an end
};

}  // namespace cityledger::bench
