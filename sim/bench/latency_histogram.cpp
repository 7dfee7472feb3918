#include "sim/bench/latency_histogram.hpp"

#include <algorithm>
#include <bit>

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_whole = 100'000;

/// The width of the bucket that holds this latency: 1 up to k_buckets_per_octave, then doubling.
std::uint64_t width_at(std::uint64_t latency_us) {
    if (latency_us < k_buckets_per_octave) return 1;
    return std::bit_floor(latency_us) / k_buckets_per_octave;
}

}  // namespace

void LatencyHistogram::add(std::uint64_t latency_us, std::uint64_t count) {
    if (count == 0) return;
    const std::uint64_t width = width_at(latency_us);
    const std::uint64_t from = latency_us / width * width;
    LatencyBucket& bucket = buckets_[from];
    bucket.from_us = from;
    bucket.to_us = from + width;
    bucket.count += count;
    count_ += count;
    sum_us_ += latency_us * count;
    max_us_ = std::max(max_us_, latency_us);
}

void LatencyHistogram::add_all(const LatencyHistogram& other) {
    for (const auto& [from, bucket] : other.buckets_) {
        LatencyBucket& own = buckets_[from];
        own.from_us = bucket.from_us;
        own.to_us = bucket.to_us;
        own.count += bucket.count;
    }
    count_ += other.count_;
    sum_us_ += other.sum_us_;
    max_us_ = std::max(max_us_, other.max_us_);
}

std::uint64_t LatencyHistogram::percentile(std::uint64_t per_hundred_thousand) const {
    // Rounded up without a product that could overflow.
    const std::uint64_t rank = count_ / k_whole * per_hundred_thousand +
                               (count_ % k_whole * per_hundred_thousand + k_whole - 1) / k_whole;
    std::uint64_t seen = 0;
    for (const auto& [from, bucket] : buckets_) {
        seen += bucket.count;
        if (seen >= rank) return std::min(bucket.to_us - 1, max_us_);
    }
    return max_us_;
}

Latency LatencyHistogram::summary() const {
    if (count_ == 0) return {};
    return {count_,
            sum_us_ / count_,
            percentile(50'000),
            percentile(90'000),
            percentile(99'000),
            percentile(99'900),
            max_us_};
}

std::vector<LatencyBucket> LatencyHistogram::buckets() const {
    std::vector<LatencyBucket> list;
    for (const auto& [from, bucket] : buckets_) list.push_back(bucket);
    return list;
}

}  // namespace cityledger::bench
