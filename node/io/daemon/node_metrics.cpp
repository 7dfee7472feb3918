#include "node/io/daemon/node_metrics.hpp"

namespace cityledger::io {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Seconds: what a disk or an execution takes.
const std::vector<double> k_short = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                     0.025,  0.05,    0.1,    0.25,  0.5,    1,     2.5};
/// Seconds: what the network has to agree on.
const std::vector<double> k_long = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                    1,     2.5,  5,     10,   30,  60};

double seconds(SteadyClock::duration time) { return std::chrono::duration<double>(time).count(); }

ClientMetric counted(std::string label, std::string word, std::uint64_t count) {
    ClientMetric metric;
    metric.label = {{std::move(label), std::move(word)}};
    metric.counter.value = static_cast<double>(count);
    return metric;
}

}  // namespace

NodeMetrics::NodeMetrics(const std::vector<std::string_view>& events)
    : log_sync_(k_short), block_processing_(k_short), block_interval_(k_long), receipt_(k_long) {
    for (const std::string_view event : events) events_.emplace(event, 0);
}

void NodeMetrics::log_synced(SteadyClock::duration took) { log_sync_.Observe(seconds(took)); }

void NodeMetrics::block_processed(SteadyClock::duration took) {
    block_processing_.Observe(seconds(took));
}

void NodeMetrics::admitted(const Digest& transaction, SteadyClock::time_point submitted) {
    if (!submitted_.emplace(transaction, submitted).second) return;
    by_age_.push_back(transaction);
    if (by_age_.size() <= k_max_timed_transactions) return;
    submitted_.erase(by_age_.front());
    by_age_.pop_front();
}

void NodeMetrics::block_final(SteadyClock::time_point now) {
    if (last_final_) block_interval_.Observe(seconds(now - *last_final_));
    last_final_ = now;
}

void NodeMetrics::executed(const ledger::ExecutedBlock& block, SteadyClock::time_point now) {
    for (const ledger::StoredReceipt& stored : block.receipts) {
        tell_receipt(stored.receipt.transaction, now);
        for (const ledger::OperationResult& operation : stored.receipt.operations) {
            ++(operation.code == 0 ? operations_done_ : operations_refused_);
            for (const ledger::Event& event : operation.events) {
                const auto known = events_.find(event.name);
                if (known != events_.end()) ++known->second;
            }
        }
    }
}

void NodeMetrics::tell_receipt(const Digest& transaction, SteadyClock::time_point now) {
    const auto found = submitted_.find(transaction);
    if (found == submitted_.end()) return;
    receipt_.Observe(seconds(now - found->second));
    submitted_.erase(found);
}

std::vector<MetricFamily> NodeMetrics::collect() const {
    const auto histogram = [](std::string name, std::string help,
                              const prometheus::Histogram& times) {
        return MetricFamily{
            std::move(name), std::move(help), MetricType::Histogram, {times.Collect()}};
    };
    MetricFamily events{"cityledger_contract_events_total",
                        "Events of contracts in blocks that were executed, by name.",
                        MetricType::Counter,
                        {}};
    for (const auto& [name, count] : events_) {
        events.metric.push_back(counted("event", name, count));
    }
    return {
        histogram("cityledger_transaction_receipt_seconds",
                  "From a client's submission at this node to its receipt.", receipt_),
        histogram("cityledger_consensus_block_interval_seconds",
                  "Between a block that became final and the one before.", block_interval_),
        histogram("cityledger_state_block_processing_seconds",
                  "Execution of a block, with the write of its state.", block_processing_),
        histogram("cityledger_log_sync_seconds", "A sync of the block log to the disk.", log_sync_),
        {"cityledger_contract_operations_total",
         "Operations in blocks that were executed, by how they ended.",
         MetricType::Counter,
         {counted("result", "done", operations_done_),
          counted("result", "refused", operations_refused_)}},
        std::move(events)};
}

}  // namespace cityledger::io
