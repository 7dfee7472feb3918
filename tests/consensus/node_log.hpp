#pragma once
// The log of a node of the test network. It is written and read by node::BlockLog over files in
// memory, so that what survives a crash is decided by the replica's own recovery.

#include <variant>
#include <vector>

#include "node/log/block_log.hpp"

namespace cityledger::consensus::testing {

using LogRecord = std::variant<SafetyRecord, ledger::Block, ledger::Certificate, node::FinalMarker,
                               node::LostVotes>;

/// What a node knows after it has read its log.
struct ReadLog {
    node::RecoveredLog recovered;
    std::vector<Commit> chain;  ///< height 1 is element 0
};

/// The genesis whose chain id the tests use: a log and its recovery want one.
[[nodiscard]] const ledger::Genesis& test_genesis();

/// Starts on a log of these records, with a state that has executed so many heights. What the start
/// itself writes (lost votes, final markers that were missing) is added to the records.
[[nodiscard]] ReadLog read_log(std::vector<LogRecord>& records, std::uint64_t executed_height);

}  // namespace cityledger::consensus::testing
