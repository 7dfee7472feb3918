#pragma once
// Codes of the block log: 1300 to 1309.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_LOG_CODES(X) \
    X(log_missing, 1300, broken, "the folder holds no block log", "put the folder back; if it is lost, run `cityledger recover` on the node's home: it catches up, and votes when the others have said from when on") \
    X(log_exists, 1301, broken, "the folder already holds a block log", "choose an empty folder") \
    X(log_wrong_chain, 1302, broken, "the block log belongs to another chain", "start the node with the genesis that it was made with") \
    X(log_wrong_version, 1303, broken, "the block log was written in a format that this program does not read", "use the release that wrote it") \
    X(log_damaged, 1304, broken, "the block log is damaged before its end", "stop the node and run `cityledger recover` on its home: it sets the log aside, and the node comes back from the others") \
    X(log_full, 1305, busy, "there is no room on the disk for the next part of the block log", "free some space; the node goes on by itself") \
    X(state_above_log, 1306, broken, "the state has executed more than the log holds as final", "start the node again: it makes the state again, and votes when the others have said from when on") \
    X(log_incomplete, 1307, broken, "a block that was executed is not whole in the log", "stop the node and run `cityledger recover` on its home: it sets the log aside, and the node comes back from the others")
// clang-format on

namespace cityledger::node {
CITYLEDGER_DEFINE_CODES(log_codes, CITYLEDGER_LOG_CODES)
}  // namespace cityledger::node
