#pragma once
// Sets damaged data of a stopped node aside, so that its next start makes them again: the state
// from the log, the log from the other nodes. Nothing is deleted.

#include "node/io/audit/audit.hpp"

namespace cityledger::io {

enum class Remedy : std::uint8_t {
    none,       ///< nothing is damaged
    start,      ///< the node mends it when it starts
    new_state,  ///< the state is set aside; the log makes it again
    new_log,    ///< log and state are set aside; own votes count as lost
    by_hand,    ///< files that only people have, or a wrong program
};

/// What mends what an audit has found.
[[nodiscard]] Remedy remedy_for(const AuditReport& report, bool ended_in_order);

/// The folder into which data were moved: "aside-1" beside log/ and state/, or the next free
/// number. For new_log a log takes the place of the old one that says that votes are lost, as
/// `cityledgerd --new-log` makes it. A call that is broken off can be repeated.
[[nodiscard]] Result<std::string> set_aside(const HeldHome& home, Remedy remedy);

}  // namespace cityledger::io
