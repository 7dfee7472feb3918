#pragma once
// The replica's events as lines of the node's log.

#include "node/io/logging.hpp"
#include "node/replica/replica.hpp"

namespace cityledger::io {

/// A faulty leader may propose many invalid blocks: at most one line in this time tells of them.
inline constexpr std::uint64_t k_refusal_log_interval_ms = 1000;

/// On the replica's thread.
class EventLog {
public:
    /// Both must outlive the log.
    EventLog(Logger& logger, node::Scheduler& scheduler) : logger_(logger), scheduler_(scheduler) {}
    ~EventLog();
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;

    void tell(const node::ReplicaEvent& event);

private:
    void write(const node::StandingChanged& changed);
    void write(const node::BlockRefused& refused);
    void end_quiet_time();

    Logger& logger_;
    node::Scheduler& scheduler_;
    std::optional<node::Scheduler::TimerId> quiet_;  ///< running: refusals are only counted
    std::uint64_t left_out_ = 0;
};

}  // namespace cityledger::io
