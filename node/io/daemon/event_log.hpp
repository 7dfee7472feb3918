#pragma once
// The replica's events as lines of the node's log.

#include "node/io/logging.hpp"
#include "node/replica/replica.hpp"

namespace cityledger::io {

/// A faulty validator may propose many invalid blocks, and contradict itself as often: at most one
/// line in this time tells of it.
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
    void write(const node::ViewTimedOut& event) { write_line(LogLevel::info, event); }
    void write(const node::BlocksSynced& event) { write_line(LogLevel::info, event); }
    void write(const node::PeerChanged& event) { write_line(LogLevel::info, event); }
    void write(const node::LieSeen& event);
    /// The steps of the protocol.
    template <class Event>
    void write(const Event& event) {
        write_line(LogLevel::debug, event);
    }
    void write_line(LogLevel level, const node::ReplicaEvent& event);
    [[nodiscard]] bool is_quiet();
    void end_quiet_time();

    Logger& logger_;
    node::Scheduler& scheduler_;
    std::optional<node::Scheduler::TimerId> quiet_;  ///< running: faults of others are only counted
    std::uint64_t left_out_ = 0;
};

}  // namespace cityledger::io
