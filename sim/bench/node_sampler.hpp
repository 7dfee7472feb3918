#pragma once
// Asks one node for its counters at every full second of a round.

#include <atomic>

#include "client/api_client.hpp"
#include "sim/bench/round_clock.hpp"
#include "sim/bench/round_record.hpp"
#include "sim/launch/network_maker.hpp"

namespace cityledger::bench {

/// The counters in the text of GET /metrics (docs/api.md); what it does not hold stays 0.
[[nodiscard]] NodeCounters counters_of(std::string_view metrics);

class NodeSampler {
public:
    NodeSampler(const sim::NodeAddress& address, const RoundClock& clock);

    /// Samples until it is stopped.
    void run();
    void stop() { stopped_ = true; }

    /// When run() has ended: the samples, and when the node fell silent and spoke again.
    [[nodiscard]] std::vector<NodeSample> take_samples() { return std::move(samples_); }
    [[nodiscard]] std::vector<Mark> take_marks() { return std::move(marks_); }

private:
    void sample(std::uint64_t second);

    std::string name_;
    client::ApiClient client_;
    const RoundClock& clock_;
    std::vector<NodeSample> samples_;
    std::vector<Mark> marks_;
    bool answers_ = true;
    std::atomic<bool> stopped_ = false;
};

}  // namespace cityledger::bench
