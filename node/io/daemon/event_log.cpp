#include "node/io/daemon/event_log.hpp"

#include "node/replica/trace_text.hpp"

namespace cityledger::io {

EventLog::~EventLog() {
    if (quiet_) scheduler_.cancel(*quiet_);
}

void EventLog::tell(const node::ReplicaEvent& event) {
    std::visit([this](const auto& kind) { write(kind); }, event);
}

void EventLog::write(const node::StandingChanged& changed) {
    const std::string before(node::word_of(changed.before));
    const std::string now(node::word_of(changed.now.standing));
    if (changed.now.may_vote()) {
        return logger_.info("standing_changed", {{"before", before}, {"now", now}});
    }
    logger_.warning("standing_changed",
                    {{"before", before}, {"now", now}, {"why", changed.now.reason}});
}

void EventLog::write(const node::BlockRefused& refused) {
    if (is_quiet()) return;
    logger_.warning("block_refused", {{"block", to_hex(refused.block)},
                                      {"height", std::to_string(refused.height)},
                                      {"code", std::string(refused.reason.code.name)},
                                      {"why", refused.reason.message()}});
}

void EventLog::write(const node::LieSeen& event) {
    if (!is_quiet()) write_line(LogLevel::warning, event);
}

void EventLog::write_line(LogLevel level, const node::ReplicaEvent& event) {
    if (!logger_.writes(level)) return;
    logger_.write(level, "consensus", {{"what", node::words_of(event)}});
}

/// Counts what is left out; otherwise the quiet time begins.
bool EventLog::is_quiet() {
    if (quiet_) {
        ++left_out_;
        return true;
    }
    quiet_ = scheduler_.after(k_refusal_log_interval_ms, [this] { end_quiet_time(); });
    return false;
}

/// The count has its own line, so that it is told even if no refusal follows.
void EventLog::end_quiet_time() {
    quiet_.reset();
    const std::uint64_t count = std::exchange(left_out_, 0);
    if (count == 0) return;
    logger_.warning("faults_left_out", {{"count", std::to_string(count)}});
    quiet_ = scheduler_.after(k_refusal_log_interval_ms, [this] { end_quiet_time(); });
}

}  // namespace cityledger::io
