#pragma once
// A round in virtual time. It shows what a plan does to the protocol, e.g. with a fault; of the
// speed of a machine virtual time says nothing.

#include "sim/bench/round_driver.hpp"

namespace cityledger::bench {

/// As drive_round, on one thread, in a world whose time is virtual. Receipts are looked for every
/// 2 ms, so latencies are multiples of that.
[[nodiscard]] Result<RoundRecord> drive_virtual_round(const Round& round, const PreparedLoad& load,
                                                      sim::World& world,
                                                      const RoundContext& context);

}  // namespace cityledger::bench
