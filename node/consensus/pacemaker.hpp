#pragma once
// The current view, how it was entered, and the two timers (rules L1, L3, L4 and L7).

#include <optional>

#include "node/consensus/output.hpp"

namespace cityledger::consensus {

class Pacemaker {
public:
    struct Delays {
        std::uint64_t view_base_ms = 0;
        std::uint64_t view_growth_percent = 200;  ///< of one step; above 100
        std::uint64_t view_cap_ms = 0;
        std::uint64_t resend_ms = 0;
    };

    explicit Pacemaker(Delays delays);

    [[nodiscard]] View view() const { return view_; }
    [[nodiscard]] const std::optional<ledger::Certificate>& entry() const { return entry_; }

    /// L1: enters the view after the certificate's. After a restart nothing is known of how long
    /// the tail has waited, so an empty block need not wait either.
    void enter(const ledger::Certificate& entry, bool after_restart);
    /// L4: this node gives the current view up, since it took too long; however it is left then,
    /// the timers of later views are longer.
    void give_up();
    /// L4: a finalization makes the view timer shorter by one step.
    void on_finalized();
    /// Whether an empty block for an open tail need not wait for finalize votes on their way.
    [[nodiscard]] bool tail_is_stale() const { return tail_is_stale_; }
    /// How often the resend timer has fired in this view.
    [[nodiscard]] std::uint64_t resends_in_view() const { return resends_in_view_; }

    /// The change of the view timer when it is or is not wanted; nothing if there is none.
    std::optional<SetTimer> update_view_timer(bool wanted);
    /// `expecting`: something may still come of this view. Without, the timer runs ever slower.
    std::optional<SetTimer> update_resend_timer(bool wanted, bool expecting);
    /// L7: something new was heard in this view, so the resend timer need not be slow.
    void on_news() { quiet_resends_ = 1; }
    /// Whether the timer of the current view runs.
    [[nodiscard]] bool view_timer_running() const { return timed_view_ == view_; }
    /// Whether this is the timer that runs, which then has stopped.
    bool view_timer_fired(View view);
    void resend_timer_fired();

    [[nodiscard]] std::uint64_t view_timeout_ms() const { return view_timeout_ms_; }

private:
    Delays delays_;
    View view_ = 1;
    std::optional<ledger::Certificate> entry_;
    std::uint64_t view_timeout_ms_ = 0;
    bool gave_up_ = false;  ///< the current view
    bool tail_is_stale_ = true;
    std::optional<View> timed_view_;                ///< the view whose timer runs
    std::optional<std::uint64_t> resend_delay_ms_;  ///< of the timer that runs
    std::uint64_t resends_in_view_ = 0;
    std::uint64_t quiet_resends_ = 1;  ///< intervals until the next resend without expectation
};

}  // namespace cityledger::consensus
