#pragma once
// Latencies in buckets of equal relative width, so that a minute at any rate takes a few kilobytes.
// The idea is that of HDR histograms (Gil Tene).

#include <map>

#include "sim/bench/result.hpp"

namespace cityledger::bench {

/// Every power of two is cut into this many buckets.
inline constexpr std::uint64_t k_buckets_per_octave = 128;

/// A latency that is read from the histogram is at most this much above the true one.
inline constexpr std::uint64_t k_histogram_error_per_mille = 1000 / k_buckets_per_octave + 1;

class LatencyHistogram {
public:
    void add(std::uint64_t latency_us, std::uint64_t count = 1);
    void add_all(const LatencyHistogram& other);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// The smallest latency that at least this share of all does not exceed (nearest rank), to the
    /// upper end of its bucket; 0 without entries.
    [[nodiscard]] std::uint64_t percentile(std::uint64_t per_hundred_thousand) const;
    [[nodiscard]] Latency summary() const;
    /// Those that hold something, ascending.
    [[nodiscard]] std::vector<LatencyBucket> buckets() const;

private:
    std::map<std::uint64_t, LatencyBucket> buckets_;  ///< by the start of the bucket
    std::uint64_t count_ = 0;
    std::uint64_t sum_us_ = 0;
    std::uint64_t max_us_ = 0;
};

}  // namespace cityledger::bench
