#pragma once
// Virtual time: one queue of events, ordered by (time, sequence of insertion), one thread. An event
// may belong to an owner (one life of one node): the events of a dead owner never run, those of a
// held owner wait until it is released.

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "node/replica/ports.hpp"

namespace cityledger::sim {

/// Microseconds of virtual time since the world began.
using TimeUs = std::uint64_t;
inline constexpr TimeUs k_millisecond_us = 1000;

/// One life of one node; 0 is the world itself, which never dies.
using OwnerId = std::uint32_t;
inline constexpr OwnerId k_world_owner = 0;

class EventQueue {
public:
    using Action = std::function<void()>;
    using Key = std::pair<TimeUs, std::uint64_t>;

    EventQueue() : owners_(1) {}

    [[nodiscard]] TimeUs now_us() const { return now_us_; }
    /// Events that ran so far.
    [[nodiscard]] std::uint64_t executed() const { return executed_; }
    [[nodiscard]] std::size_t waiting() const { return events_.size(); }

    [[nodiscard]] OwnerId make_owner();
    /// Runs `action` at `time_us`, or as soon as possible if that has passed.
    Key at(TimeUs time_us, OwnerId owner, Action action);
    Key after(TimeUs delay_us, OwnerId owner, Action action) {
        return at(now_us_ + delay_us, owner, std::move(action));
    }
    void cancel(const Key& key);

    /// Drops all events of the owner, present and future.
    void kill(OwnerId owner);
    /// Keeps the owner's events back; `release` lets them happen, in their order, from now on.
    void hold(OwnerId owner);
    void release(OwnerId owner);
    [[nodiscard]] bool held(OwnerId owner) const { return owners_.at(owner).held; }
    [[nodiscard]] bool alive(OwnerId owner) const { return !owners_.at(owner).dead; }

    /// Runs the next event if it lies at or before `limit_us`; false if there is none, and then
    /// the time is `limit_us`.
    bool step(TimeUs limit_us);

private:
    struct Event {
        OwnerId owner = k_world_owner;
        Action action;
    };
    struct Owner {
        bool dead = false;
        bool held = false;
        std::map<Key, Event> kept_back;
    };

    TimeUs now_us_ = 0;
    std::uint64_t next_sequence_ = 0;
    std::uint64_t executed_ = 0;
    std::map<Key, Event> events_;
    std::vector<Owner> owners_;
};

/// How far a node's clock is off: it starts at an offset and runs fast or slow.
struct ClockFault {
    std::uint64_t offset_ms = 0;
    std::int64_t drift_per_million = 0;  ///< 50,000: five percent fast
};

/// The Scheduler port of one life of one node.
class SimulatedScheduler : public node::Scheduler {
public:
    SimulatedScheduler(EventQueue& queue, OwnerId owner, ClockFault fault)
        : queue_(queue), owner_(owner), fault_(fault) {}

    [[nodiscard]] std::uint64_t now_ms() const override;
    TimerId after(std::uint64_t delay_ms, std::function<void()> action) override;
    void cancel(TimerId timer) override;

private:
    EventQueue& queue_;
    OwnerId owner_;
    ClockFault fault_;
    TimerId next_timer_ = 1;
    std::map<TimerId, EventQueue::Key> timers_;
};

}  // namespace cityledger::sim
