#pragma once
// Codes of the bench: 1800 to 1899.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_BENCH_CODES(X) \
    X(bench_file_invalid, 1800, invalid, "the file holds no result of a bench that can be read", "name a result.json that this version of the program wrote") \
    X(bench_setup_refused, 1801, broken, "the network refused what the bench needs before it can begin", "start a new network, or look up the code in docs/codes.md") \
    X(bench_spool_failed, 1802, broken, "the prepared transactions cannot be written", "free space on the disk, or choose another --out") \
    X(bench_spool_unreadable, 1803, broken, "the prepared transactions cannot be read back", "check the disk, or choose another --out") \
    X(bench_disk_too_small, 1804, busy, "the disk has less space than the bench will use", "free space, choose another --out, or a shorter profile") \
    X(bench_debug_build, 1805, refused, "a program without optimisation says nothing about speed", "build with scripts/build release") \
    X(bench_round_unknown, 1806, not_found, "a round refers to an earlier one that is not there", "name a round that stands before it") \
    X(bench_not_settled, 1807, busy, "the nodes did not reach one height", "look at `cityledger status`") \
    X(bench_report_failed, 1808, broken, "a report cannot be written", "check the folder and the space on its disk, or choose another --out")
// clang-format on

namespace cityledger::bench {
CITYLEDGER_DEFINE_CODES(bench_codes, CITYLEDGER_BENCH_CODES)
}  // namespace cityledger::bench
