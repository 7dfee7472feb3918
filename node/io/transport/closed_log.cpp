#include "node/io/transport/closed_log.hpp"

#include <utility>

namespace cityledger::io {

ClosedLog::ClosedLog(Logger& logger, const std::vector<std::string>& validators) : logger_(logger) {
    for (const std::string& name : validators) limits_.push_back({name});
    limits_.push_back({"?"});
}

void ClosedLog::write(std::optional<node::ValidatorIndex> peer, const std::string& address,
                      const Error& reason, bool known, std::uint64_t now_ms) {
    Limit& limit = peer ? limits_.at(*peer) : limits_.back();
    if (!known && !limit.bucket.take(1, now_ms)) {
        ++limit.left_out;
        return;
    }
    logger_.write(known ? LogLevel::debug : LogLevel::warning, "session_closed",
                  {{"peer", limit.name},
                   {"address", address},
                   {"code", std::string(reason.code.name)},
                   {"why", reason.message()}});
}

void ClosedLog::tell_left_out() {
    for (Limit& limit : limits_) {
        const std::uint64_t count = std::exchange(limit.left_out, 0);
        if (count == 0) continue;
        logger_.warning("sessions_closed_unlogged",
                        {{"peer", limit.name}, {"count", std::to_string(count)}});
    }
}

}  // namespace cityledger::io
