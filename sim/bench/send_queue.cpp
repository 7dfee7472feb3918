#include "sim/bench/send_queue.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_micros = 1'000'000;
constexpr std::size_t k_transactions_at_once = 64;
constexpr std::uint64_t k_bytes_at_once = 512 * 1024;
/// How often a wait looks whether the round was stopped.
constexpr auto k_longest_sleep = std::chrono::milliseconds(50);

bool is_closed(const Rate& rate) { return rate.kind == RateKind::closed; }

}  // namespace

std::uint64_t planned_operations(const Rate& rate, std::uint64_t duration_us) {
    if (is_closed(rate)) return 0;
    const std::uint64_t to =
        rate.kind == RateKind::linear ? rate.to_per_second : rate.from_per_second;
    return (rate.from_per_second + to) * duration_us / (2 * k_micros);
}

std::uint64_t due_us(const Rate& rate, std::uint64_t number, std::uint64_t duration_us) {
    if (is_closed(rate)) return 0;
    if (rate.kind != RateKind::linear) return number * k_micros / rate.from_per_second;
    // number = from * t + (to - from) * t * t / (2 * duration), solved for t.
    const double from = static_cast<double>(rate.from_per_second);
    const double to = static_cast<double>(rate.to_per_second);
    const double duration = static_cast<double>(duration_us) / k_micros;
    const double slope = (to - from) / duration;
    const double wanted = static_cast<double>(number);
    const double root = std::sqrt(std::max(0.0, from * from + 2 * slope * wanted));
    const double seconds = from + root > 0 ? 2 * wanted / (from + root) : 0;
    return static_cast<std::uint64_t>(seconds * k_micros);
}

SendQueue::SendQueue(const Round& round, std::size_t nodes,
                     const std::vector<PreparedTransaction>& prepared, TransactionTable& table,
                     const RoundClock& clock)
    : round_(round),
      prepared_(prepared),
      table_(table),
      clock_(clock),
      end_us_((round.warm_up_ms + round.duration_ms) * 1'000) {
    for (std::size_t node = 0; node < nodes; ++node) {
        queues_.push_back(std::make_unique<NodeQueue>());
        queues_.back()->next = node;
    }
}

std::uint64_t SendQueue::due(std::size_t transaction) const {
    return due_us(round_.rate, transaction * round_.bundle, end_us_);
}

bool SendQueue::wait_for_turn(NodeQueue& queue) {
    while (!stopped_ && queue.next < prepared_.size() && clock_.now_us() < end_us_) {
        const auto soon = RoundClock::Clock::now() + k_longest_sleep;
        if (is_closed(round_.rate)) {
            if (table_.wait_open_below(round_.rate.open, std::min(soon, clock_.at(end_us_)))) {
                return true;
            }
            continue;
        }
        const std::uint64_t due_at = due(queue.next);
        const std::uint64_t now = clock_.now_us();
        if (due_at >= end_us_) return false;
        if (due_at <= now) return true;
        std::this_thread::sleep_until(std::min(soon, clock_.at(due_at)));
        const std::uint64_t after = clock_.now_us();
        if (after >= due_at) queue.late.add(after - due_at);
    }
    // What an open loop has planned is sent even if the end has come meanwhile: it counts as late.
    const bool planned = !is_closed(round_.rate) && !stopped_ && queue.next < prepared_.size();
    return planned && due(queue.next) < end_us_;
}

bool SendQueue::may_follow(const NodeQueue& queue) const {
    if (queue.next >= prepared_.size()) return false;
    if (!is_closed(round_.rate)) {
        const std::uint64_t due_at = due(queue.next);
        return due_at < end_us_ && due_at <= clock_.now_us();
    }
    return table_.open_operations() < round_.rate.open;
}

std::vector<std::size_t> SendQueue::take(std::size_t node) {
    NodeQueue& queue = *queues_[node];
    const std::lock_guard lock(queue.mutex);
    if (!wait_for_turn(queue)) return {};
    std::vector<std::size_t> taken;
    std::uint64_t bytes = 0;
    do {
        const std::size_t index = queue.next;
        const std::uint64_t intended = is_closed(round_.rate) ? clock_.now_us() : due(index);
        table_.on_sent(index, node, intended);
        taken.push_back(index);
        bytes += prepared_[index].size;
        queue.next += queues_.size();
    } while (taken.size() < k_transactions_at_once && bytes < k_bytes_at_once && may_follow(queue));
    last_taken_us_ = clock_.now_us();
    return taken;
}

LatencyHistogram SendQueue::late() const {
    LatencyHistogram all;
    for (const auto& queue : queues_) {
        const std::lock_guard lock(queue->mutex);
        all.add_all(queue->late);
    }
    return all;
}

}  // namespace cityledger::bench
