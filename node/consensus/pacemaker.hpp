#pragma once
// The current view, how it was entered, and the two timers (rules L1, L3, L4 and L7).

#include <optional>

#include "node/consensus/output.hpp"

namespace cityledger::consensus {

class Pacemaker {
public:
    struct Delays {
        std::uint64_t view_base_ms = 0;
        std::uint64_t view_cap_ms = 0;
        std::uint64_t resend_ms = 0;
    };

    explicit Pacemaker(Delays delays) : delays_(delays) {}

    [[nodiscard]] View view() const { return view_; }
    [[nodiscard]] const std::optional<ledger::Certificate>& entry() const { return entry_; }

    /// L1: enters the view after the certificate's. After a restart nothing is known of how long
    /// the tail has waited, so an empty block need not wait either.
    void enter(const ledger::Certificate& entry, bool after_restart);
    /// L4: a finalization brings the view timer back to its base.
    void on_finalized() { nullified_in_a_row_ = 0; }
    /// Whether an empty block for an open tail need not wait for finalize votes on their way.
    [[nodiscard]] bool tail_is_stale() const { return tail_is_stale_; }

    /// The change of the view timer when it is or is not wanted; nothing if there is none.
    std::optional<SetTimer> update_view_timer(bool wanted);
    std::optional<SetTimer> update_resend_timer(bool wanted);
    /// Whether the timer of the current view runs.
    [[nodiscard]] bool view_timer_running() const { return timed_view_ == view_; }
    /// Whether this is the timer that runs, which then has stopped.
    bool view_timer_fired(View view);
    void resend_timer_fired();

    [[nodiscard]] std::uint64_t view_timeout_ms() const;

private:
    Delays delays_;
    View view_ = 1;
    std::optional<ledger::Certificate> entry_;
    std::uint64_t nullified_in_a_row_ = 0;
    bool tail_is_stale_ = true;
    std::optional<View> timed_view_;  ///< the view whose timer runs
    bool resend_running_ = false;
};

}  // namespace cityledger::consensus
