#include "sim/simulator/clock.hpp"

#include <algorithm>

#include "crypto/check.hpp"

namespace cityledger::sim {
namespace {

/// Rates are relative to this many.
constexpr std::uint64_t k_rate_base = 1'000'000;

/// Longer delays than this (a year) would overflow when scaled, and mean "never" in any run.
constexpr std::uint64_t k_max_delay_ms = 365ull * 24 * 3600 * 1000;

std::uint64_t rate_of(const ClockFault& fault) {
    CHECK_INVARIANT(fault.drift_per_million > -static_cast<std::int64_t>(k_rate_base));
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(k_rate_base) +
                                      fault.drift_per_million);
}

}  // namespace

OwnerId EventQueue::make_owner() {
    owners_.emplace_back();
    return static_cast<OwnerId>(owners_.size() - 1);
}

EventQueue::Key EventQueue::at(TimeUs time_us, OwnerId owner, Action action) {
    const Key key{std::max(time_us, now_us_), next_sequence_++};
    if (owners_.at(owner).dead) return key;
    events_.emplace(key, Event{owner, std::move(action)});
    return key;
}

void EventQueue::cancel(const Key& key) {
    if (events_.erase(key) > 0) return;
    for (Owner& owner : owners_) owner.kept_back.erase(key);
}

void EventQueue::kill(OwnerId owner) {
    CHECK_INVARIANT(owner != k_world_owner);
    owners_.at(owner).dead = true;
    owners_.at(owner).kept_back.clear();
    std::erase_if(events_, [owner](const auto& entry) { return entry.second.owner == owner; });
}

void EventQueue::hold(OwnerId owner) {
    CHECK_INVARIANT(owner != k_world_owner);
    owners_.at(owner).held = true;
}

void EventQueue::release(OwnerId owner) {
    Owner& released = owners_.at(owner);
    released.held = false;
    // The keys stay, so that a timer that was kept back can still be cancelled; an event whose time
    // has passed runs next.
    events_.merge(released.kept_back);
    CHECK_INVARIANT(released.kept_back.empty());
}

bool EventQueue::step(TimeUs limit_us) {
    while (!events_.empty() && events_.begin()->first.first <= limit_us) {
        auto event = events_.extract(events_.begin());
        Owner& owner = owners_.at(event.mapped().owner);
        if (owner.held) {
            owner.kept_back.insert(std::move(event));
            continue;
        }
        now_us_ = std::max(now_us_, event.key().first);
        ++executed_;
        event.mapped().action();
        return true;
    }
    now_us_ = std::max(now_us_, limit_us);
    return false;
}

std::uint64_t SimulatedScheduler::now_ms() const {
    const std::uint64_t local_us = queue_.now_us() / k_rate_base * rate_of(fault_) +
                                   queue_.now_us() % k_rate_base * rate_of(fault_) / k_rate_base;
    return fault_.offset_ms + local_us / k_millisecond_us;
}

node::Scheduler::TimerId SimulatedScheduler::after(std::uint64_t delay_ms,
                                                   std::function<void()> action) {
    const std::uint64_t local_us = std::min(delay_ms, k_max_delay_ms) * k_millisecond_us;
    const std::uint64_t rate = rate_of(fault_);
    const TimeUs delay_us = local_us / rate * k_rate_base + local_us % rate * k_rate_base / rate;
    const TimerId timer = next_timer_++;
    timers_[timer] = queue_.after(delay_us, owner_, [this, timer, action = std::move(action)] {
        timers_.erase(timer);
        action();
    });
    return timer;
}

void SimulatedScheduler::cancel(TimerId timer) {
    const auto found = timers_.find(timer);
    if (found == timers_.end()) return;
    queue_.cancel(found->second);
    timers_.erase(found);
}

}  // namespace cityledger::sim
