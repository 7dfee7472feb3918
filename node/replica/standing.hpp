#pragma once
// Whether a node votes, and if not, why: one word for operators, metrics and peers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/codec/field.hpp"

namespace cityledger::node {

/// Of several reasons the first of this list counts.
enum class Standing : std::uint8_t {
    voting,
    stopped,     ///< a write to the disk failed: the process ends
    starting,    ///< the log is not read yet
    observer,    ///< no validator's key
    halted,      ///< certificates contradict each other: more than f validators are faulty
    diverged,    ///< the own state differs from that of a final block
    disk_full,   ///< no vote could be recorded
    asking,      ///< the others have not said yet what this validator may have signed
    votes_lost,  ///< the log lacks own votes: it votes again above a named view only
    syncing,     ///< block sync brings final blocks that others have
};

/// What a node says of its own standing.
struct StandingReport {
    Standing standing = Standing::starting;
    /// With votes_lost: the view above which it votes again; else 0.
    std::uint64_t votes_above_view = 0;
    std::string reason;  ///< in words, with what to do; empty while voting

    [[nodiscard]] bool may_vote() const { return standing == Standing::voting; }
};

/// The word of a standing; empty for an unknown one.
[[nodiscard]] std::string_view word_of(std::optional<Standing> standing);

struct PeerStatus;  // replica.hpp

/// Empty while a quorum of these validators may vote. Otherwise who may not and why, how many are
/// needed, and what an operator can do next. One that does not answer, or has not told its
/// standing, counts as not voting.
[[nodiscard]] std::string network_waits_for(const std::vector<PeerStatus>& validators,
                                            std::size_t quorum);

}  // namespace cityledger::node

namespace cityledger::ledger {

template <>
struct EnumNames<node::Standing> {
    static constexpr std::string_view names[] = {"voting",     "stopped",  "starting",  "observer",
                                                 "halted",     "diverged", "disk_full", "asking",
                                                 "votes_lost", "syncing"};
};

}  // namespace cityledger::ledger
