#pragma once
// The bounds of the consensus core, with their units (rules B1.. of docs/consensus.md).

#include <cstddef>
#include <cstdint>

namespace cityledger::consensus {

/// B1: no view above this is believed, so that view + 1 never wraps around.
inline constexpr std::uint64_t k_max_view = std::uint64_t{1} << 62;

/// B2: proposals are kept for the current view and this many views ahead, one a view.
inline constexpr std::uint64_t k_proposals_ahead_views = 8;

/// B3: a block further above the last final one than this does not make its parent fetched;
/// block sync covers such a distance.
inline constexpr std::uint64_t k_max_fetch_depth_blocks = 256;

/// B4: certificates of earlier views that one step asks a peer for.
inline constexpr std::size_t k_max_gap_requests = 16;

/// B5: nullifications that one answer to a peer that is behind carries.
inline constexpr std::size_t k_max_answer_certificates = 64;

/// B6: finalize votes of views not yet final that are kept to be sent again, newest first.
inline constexpr std::size_t k_max_open_finalize_votes = 16;

}  // namespace cityledger::consensus
