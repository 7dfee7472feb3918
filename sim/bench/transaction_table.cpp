#include "sim/bench/transaction_table.hpp"

#include "crypto/check.hpp"

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_patience_silent_us = 1'000'000;
constexpr std::uint64_t k_patience_us = 15'000'000;

bool is_open(const TransactionRecord& record) {
    return record.fate == Fate::unknown || record.fate == Fate::accepted;
}

}  // namespace

TransactionTable::TransactionTable(const std::vector<PreparedTransaction>& prepared,
                                   const RoundClock& clock)
    : clock_(clock), records_(prepared.size()), resent_us_(prepared.size()) {
    index_.reserve(prepared.size());
    for (std::size_t i = 0; i < prepared.size(); ++i) {
        index_.emplace(prepared[i].id, i);
        records_[i].operations = prepared[i].operations;
    }
}

void TransactionTable::on_sent(std::size_t index, std::size_t node, std::uint64_t intended_us) {
    const std::lock_guard lock(mutex_);
    TransactionRecord& record = records_[index];
    record.intended_us = intended_us;
    record.sent_us = resent_us_[index] = clock_.now_us();
    record.node = static_cast<std::uint8_t>(node);
    record.fate = Fate::unknown;
    open_operations_ += record.operations;
}

void TransactionTable::on_sent_again(std::size_t index, std::size_t node) {
    const std::lock_guard lock(mutex_);
    ++sent_again_;
    TransactionRecord& record = records_[index];
    record.node = static_cast<std::uint8_t>(node);
    resent_us_[index] = clock_.now_us();
    if (is_open(record) && may_know(record)) end(index, Fate::executed);
}

void TransactionTable::on_accepted(std::size_t index) {
    const std::lock_guard lock(mutex_);
    if (records_[index].fate == Fate::unknown) records_[index].fate = Fate::accepted;
}

void TransactionTable::on_refused(std::size_t index, const std::string& code) {
    const std::lock_guard lock(mutex_);
    TransactionRecord& record = records_[index];
    if (!is_open(record) || record.executed_by.any()) return;
    refused_on_admission_[code] += record.operations;
    end(index, Fate::refused);
}

void TransactionTable::on_held_back() {
    const std::lock_guard lock(mutex_);
    ++held_back_;
}

std::uint32_t TransactionTable::on_receipt(std::size_t node, const api::ReceiptLine& receipt) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(receipt.transaction);
    if (found == index_.end()) return 0;
    TransactionRecord& record = records_[found->second];
    record.executed_by.set(node);
    record.committed = static_cast<std::uint32_t>(receipt.operations_ok);
    if (is_open(record) && may_know(record)) end(found->second, Fate::executed);
    return record.operations;
}

void TransactionTable::on_node_answers(std::size_t node, bool answers) {
    const std::lock_guard lock(mutex_);
    const bool was_silent = silent_nodes_[node];
    silent_nodes_[node] = !answers;
    if (answers || was_silent) return;
    for (std::size_t i = first_open_; i < records_.size(); ++i) {
        if (is_open(records_[i]) && may_know(records_[i])) end(i, Fate::executed);
    }
}

bool TransactionTable::may_know(const TransactionRecord& record) const {
    return record.executed_by[record.node] ||
           (record.executed_by.any() && silent_nodes_[record.node]);
}

void TransactionTable::end(std::size_t index, Fate fate) {
    TransactionRecord& record = records_[index];
    record.fate = fate;
    record.done_us = clock_.now_us();
    open_operations_ -= record.operations;
    if (fate == Fate::executed) committed_operations_ += record.committed;
    while (first_open_ < records_.size() && records_[first_open_].fate >= Fate::refused) {
        ++first_open_;
    }
    ended_.notify_all();
}

bool TransactionTable::wait_open_below(std::uint64_t operations,
                                       RoundClock::Clock::time_point until) {
    std::unique_lock lock(mutex_);
    return ended_.wait_until(lock, until, [&] { return open_operations_ < operations; });
}

std::uint64_t TransactionTable::open_operations() const {
    const std::lock_guard lock(mutex_);
    return open_operations_;
}

std::uint64_t TransactionTable::committed_operations() const {
    const std::lock_guard lock(mutex_);
    return committed_operations_;
}

std::vector<std::size_t> TransactionTable::overdue() const {
    const std::lock_guard lock(mutex_);
    const std::uint64_t now = clock_.now_us();
    std::vector<std::size_t> open;
    for (std::size_t i = first_open_; i < records_.size(); ++i) {
        if (!is_open(records_[i])) continue;
        const bool silent = silent_nodes_[records_[i].node];
        const std::uint64_t patience = silent ? k_patience_silent_us : k_patience_us;
        if (now > resent_us_[i] + patience) open.push_back(i);
    }
    return open;
}

void TransactionTable::take(RoundRecord& record) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = first_open_; i < records_.size(); ++i) {
        // A block holds it, though the client of a node that fell silent cannot know yet.
        if (is_open(records_[i]) && records_[i].executed_by.any()) end(i, Fate::executed);
    }
    record.transactions = std::move(records_);
    record.refused_on_admission = std::move(refused_on_admission_);
    record.held_back = held_back_;
    record.sent_again = sent_again_;
}

}  // namespace cityledger::bench
