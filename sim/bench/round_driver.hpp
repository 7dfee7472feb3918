#pragma once
// Drives one round against a running network: threads that send, one that follows each node's
// blocks, one that samples each node. Faults are done by the caller's thread.

#include <atomic>
#include <functional>

#include "sim/bench/prepared_load.hpp"
#include "sim/bench/round_record.hpp"
#include "sim/launch/network_maker.hpp"

namespace cityledger::bench {

/// What is known while a round runs.
struct RoundState {
    std::uint64_t elapsed_ms = 0;
    std::uint64_t committed = 0;  ///< operations
    std::uint64_t open = 0;
    bool sending = true;  ///< false: what is open has time to end
};

struct RoundContext {
    std::vector<sim::NodeAddress> nodes;
    std::uint64_t height = 0;  ///< executed by all nodes before the round
    std::function<Status(const sim::Fault&)> inject;
    std::function<void(const RoundState&)> on_progress;
    const std::atomic<bool>* interrupted = nullptr;  ///< ends the round soon
};

/// "pause node2"
[[nodiscard]] std::string fault_text(const TimedFault& fault,
                                     const std::vector<sim::NodeAddress>& nodes);

/// Runs the round and waits until what was sent has an end, for 20 seconds at most. Refused if a
/// fault cannot be done or the prepared bytes cannot be read.
[[nodiscard]] Result<RoundRecord> drive_round(const Round& round, const PreparedLoad& load,
                                              const RoundContext& context);

}  // namespace cityledger::bench
