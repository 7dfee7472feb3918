#pragma once
// Whether a node votes, and if not, why: one word for operators, metrics and peers.

#include <cstdint>
#include <string>
#include <string_view>

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

}  // namespace cityledger::node

namespace cityledger::ledger {

template <>
struct EnumNames<node::Standing> {
    static constexpr std::string_view names[] = {"voting",   "stopped",   "starting", "observer",
                                                 "halted",   "diverged",  "disk_full", "asking",
                                                 "votes_lost", "syncing"};
};

}  // namespace cityledger::ledger
