#pragma once
// What a node measures as it works, for /metrics: how long things take, and what the contracts
// tell.

#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/executor.hpp"
#include "node/io/tell_time.hpp"

namespace cityledger::io {

/// Of so many transactions that clients have submitted here the time is kept until their receipt.
inline constexpr std::size_t k_max_timed_transactions = 65'536;

/// On the replica's thread, but for the two that other threads tell.
class NodeMetrics {
public:
    /// Each event is told from 0 on, so that its first one is an increase.
    explicit NodeMetrics(const std::vector<std::string_view>& events);

    /// From any thread.
    void log_synced(SteadyClock::duration took);
    void block_processed(SteadyClock::duration took);

    /// A client's transaction was admitted, which came at that time. Again: the first time counts.
    void admitted(const Digest& transaction, SteadyClock::time_point submitted);
    void block_final(SteadyClock::time_point now);
    void executed(const ledger::ExecutedBlock& block, SteadyClock::time_point now);

    /// All of it, each with its help.
    [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const;
    [[nodiscard]] std::size_t timed_transactions() const { return submitted_.size(); }

private:
    void tell_receipt(const Digest& transaction, SteadyClock::time_point now);

    prometheus::Histogram log_sync_;
    prometheus::Histogram block_processing_;
    prometheus::Histogram block_interval_;
    prometheus::Histogram receipt_;
    std::map<std::string, std::uint64_t, std::less<>> events_;
    std::uint64_t operations_done_ = 0;
    std::uint64_t operations_refused_ = 0;
    std::optional<SteadyClock::time_point> last_final_;
    std::unordered_map<Digest, SteadyClock::time_point, DigestHasher> submitted_;
    std::deque<Digest> by_age_;  ///< all of submitted_, and some that have their receipt
};

}  // namespace cityledger::io
