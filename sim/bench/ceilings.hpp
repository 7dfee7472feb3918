#pragma once
// What this machine can do of one thing alone, measured in the same run as the network: the
// measure of how near a network comes to the machine.

#include "sim/bench/result.hpp"

namespace cityledger::bench {

/// Rates a second; those of processors on all cores together.
struct MachineSpeeds {
    std::uint64_t cores = 0;
    std::uint64_t signature_checks = 0;
    std::uint64_t hashed_bytes = 0;
    std::uint64_t sealed_bytes = 0;  ///< AES-256-GCM, as TLS uses it
    std::uint64_t written_bytes = 0;
    std::uint64_t syncs = 0;     ///< of 4 KiB each, one after the other
    std::uint64_t executed = 0;  ///< invoices in blocks of 1,000, on one thread, state in memory
};

/// Measures for about five seconds; the machine should do nothing else. `folder` is where the
/// network lies. Figures of a disk that cannot be written are 0.
[[nodiscard]] MachineSpeeds measure_speeds(const std::string& folder);

/// What each speed would allow a network of this shape. Counted is what no design of it can leave
/// out: each validator checks each client's signature, hashes and stores each byte once, executes
/// each operation, and sends or receives each byte over one encrypted link; a block takes a sync
/// and holds 1,000 operations at least. All validators share the machine.
[[nodiscard]] std::vector<Ceiling> ceilings_of(const MachineSpeeds& speeds,
                                               const RoundResult& round);

/// Puts the ceilings into the result, with the lowest and how much of it was reached.
void add_ceilings(const MachineSpeeds& speeds, RoundResult& round);

}  // namespace cityledger::bench
