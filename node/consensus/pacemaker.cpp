#include "node/consensus/pacemaker.hpp"

#include <algorithm>
#include <utility>

#include "crypto/check.hpp"
#include "node/consensus/limits.hpp"

namespace cityledger::consensus {

Pacemaker::Pacemaker(Delays delays)
    : delays_(delays), view_timeout_ms_(std::min(delays.view_base_ms, delays.view_cap_ms)) {
    CHECK_INVARIANT(delays_.view_growth_percent > 100);
}

void Pacemaker::enter(const ledger::Certificate& entry, bool after_restart) {
    view_ = entry.content.view + 1;
    entry_ = entry;
    gave_up_ = false;
    resends_in_view_ = 0;
    quiet_resends_ = 1;
    // After a notarization the finalize votes are on their way; a block on top of it at once would
    // itself need another one, and an idle network would never rest.
    tail_is_stale_ = entry.content.kind == ledger::VoteKind::nullify || after_restart;
}

void Pacemaker::give_up() {
    if (std::exchange(gave_up_, true)) return;
    const std::uint64_t growth = delays_.view_growth_percent;
    const bool reaches_cap = view_timeout_ms_ > delays_.view_cap_ms / growth * 100;
    if (reaches_cap) {
        view_timeout_ms_ = delays_.view_cap_ms;
    } else {
        view_timeout_ms_ = std::max(view_timeout_ms_ + 1, view_timeout_ms_ * growth / 100);
    }
}

void Pacemaker::on_finalized() {
    const std::uint64_t growth = delays_.view_growth_percent;
    const std::uint64_t base = std::min(delays_.view_base_ms, delays_.view_cap_ms);
    // Divided first: the product might not fit.
    view_timeout_ms_ = std::max(base, view_timeout_ms_ / growth * 100);
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

std::optional<SetTimer> Pacemaker::update_resend_timer(bool wanted, bool expecting) {
    std::optional<std::uint64_t> delay;
    if (expecting) quiet_resends_ = 1;
    if (wanted) delay = delays_.resend_ms * quiet_resends_;
    // A timer that runs is replaced by a sooner one only.
    const bool keeps = delay && resend_delay_ms_ && *resend_delay_ms_ <= *delay;
    if (keeps || delay == resend_delay_ms_) return std::nullopt;
    resend_delay_ms_ = delay;
    return SetTimer{TimerFired::Kind::resend, 0, delay};
}

bool Pacemaker::view_timer_fired(View view) {
    if (timed_view_ != view || view != view_) return false;
    timed_view_.reset();
    return true;
}

void Pacemaker::resend_timer_fired() {
    resend_delay_ms_.reset();
    tail_is_stale_ = true;
    resends_in_view_ += 1;
    quiet_resends_ = std::min(quiet_resends_ * 2, k_max_quiet_resends);
}

}  // namespace cityledger::consensus
