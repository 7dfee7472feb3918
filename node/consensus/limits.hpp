#pragma once
// The bounds of the consensus core, with their units (rules B1.. of docs/consensus.md).

#include <cstddef>
#include <cstdint>

namespace cityledger::consensus {

/// B1: no view above this is believed, so that view + 1 never wraps around.
inline constexpr std::uint64_t k_max_view = std::uint64_t{1} << 62;

/// B2: proposals are kept for the current view and this many views ahead, one a view.
inline constexpr std::uint64_t k_proposals_ahead_views = 8;

/// B3: a leader whose parent is further above the last final block than this lets resend timers
/// pass before it builds: one, and twice as many with each further k_deep_tail_blocks, up to
/// k_max_tail_waits. So a tail that cannot become final grows slowly, and it is never cut: who was
/// away fetches all of it.
inline constexpr std::uint64_t k_deep_tail_blocks = 64;
inline constexpr std::uint64_t k_max_tail_waits = 8;

/// B4: certificates of earlier views that one step asks a peer for.
inline constexpr std::size_t k_max_gap_requests = 16;

/// B5: certificates of consecutive views that one answer to a peer that is behind carries, beside
/// the newest finalization and the certificate of entry.
inline constexpr std::size_t k_max_answer_certificates = 64;

/// B6: finalize votes of views not yet final that are kept to be sent again, newest first.
inline constexpr std::size_t k_max_open_finalize_votes = 16;

/// L11: so many silent turns in a row, and a leader is waited for in some of its turns only.
inline constexpr std::uint64_t k_silent_turns = 3;
/// L11: at least one turn in 2^10 is waited for.
inline constexpr std::uint64_t k_max_skipped_turns_log2 = 10;

/// L7: without anything to expect, own votes are sent again ever more rarely, up to this many
/// resend intervals apart.
inline constexpr std::uint64_t k_max_quiet_resends = 64;

}  // namespace cityledger::consensus
