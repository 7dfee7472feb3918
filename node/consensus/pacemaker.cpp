#include "node/consensus/pacemaker.hpp"

#include <algorithm>

namespace cityledger::consensus {

void Pacemaker::enter(const ledger::Certificate& entry, bool after_restart) {
    view_ = entry.content.view + 1;
    entry_ = entry;
    const bool nullified = entry.content.kind == ledger::VoteKind::nullify;
    if (nullified) ++nullified_in_a_row_;
    // After a notarization the finalize votes are on their way; a block on top of it at once would
    // itself need another one, and an idle network would never rest.
    tail_is_stale_ = nullified || after_restart;
}

std::optional<SetTimer> Pacemaker::update_view_timer(bool wanted) {
    if (wanted && timed_view_ != view_) {
        timed_view_ = view_;
        return SetTimer{TimerFired::Kind::view, view_, view_timeout_ms()};
    }
    if (!wanted && timed_view_) {
        timed_view_.reset();
        return SetTimer{TimerFired::Kind::view, view_, std::nullopt};
    }
    return std::nullopt;
}

std::optional<SetTimer> Pacemaker::update_resend_timer(bool wanted) {
    if (wanted == resend_running_) return std::nullopt;
    resend_running_ = wanted;
    SetTimer timer{TimerFired::Kind::resend, 0, std::nullopt};
    if (wanted) timer.delay_ms = delays_.resend_ms;
    return timer;
}

bool Pacemaker::view_timer_fired(View view) {
    if (timed_view_ != view || view != view_) return false;
    timed_view_.reset();
    return true;
}

void Pacemaker::resend_timer_fired() {
    resend_running_ = false;
    tail_is_stale_ = true;
}

std::uint64_t Pacemaker::view_timeout_ms() const {
    std::uint64_t timeout = std::min(delays_.view_base_ms, delays_.view_cap_ms);
    for (std::uint64_t i = 0; i < nullified_in_a_row_ && timeout < delays_.view_cap_ms; ++i) {
        timeout = timeout > delays_.view_cap_ms / 2 ? delays_.view_cap_ms : timeout * 2;
    }
    return timeout;
}

}  // namespace cityledger::consensus
