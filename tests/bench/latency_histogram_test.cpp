#include "sim/bench/latency_histogram.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "sim/simulator/random.hpp"

namespace cityledger::bench {
namespace {

TEST_CASE("percentiles are those of the sorted latencies, within the error that is told",
          "[bench]") {
    sim::SimulatedRandom dice(7);
    LatencyHistogram histogram;
    std::vector<std::uint64_t> all;
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t latency = dice.below(std::uint64_t{1} << dice.between(1, 34));
        all.push_back(latency);
        histogram.add(latency);
    }
    std::sort(all.begin(), all.end());
    for (const std::uint64_t share : {1'000, 50'000, 90'000, 99'000, 99'900, 100'000}) {
        const std::uint64_t rank =
            std::max<std::uint64_t>((all.size() * share + 99'999) / 100'000, 1);
        const std::uint64_t exact = all[rank - 1];
        const std::uint64_t told = histogram.percentile(share);
        CHECK(told >= exact);
        CHECK(told - exact <= exact * k_histogram_error_per_mille / 1'000 + 1);
    }
    CHECK(histogram.summary().max_us == all.back());
    CHECK(histogram.summary().count == all.size());
}

TEST_CASE("buckets cover every latency once and ascend", "[bench]") {
    LatencyHistogram histogram;
    for (std::uint64_t latency = 0; latency < 5'000; ++latency) histogram.add(latency, 2);
    std::uint64_t next = 0;
    std::uint64_t count = 0;
    for (const LatencyBucket& bucket : histogram.buckets()) {
        CHECK(bucket.from_us == next);
        CHECK(bucket.to_us > bucket.from_us);
        next = bucket.to_us;
        count += bucket.count;
    }
    CHECK(count == 10'000);
}

TEST_CASE("an empty histogram tells zeros, and one adds another", "[bench]") {
    LatencyHistogram histogram;
    CHECK(histogram.percentile(99'000) == 0);
    CHECK(histogram.summary() == Latency{});
    histogram.add(10, 0);
    CHECK(histogram.count() == 0);
    LatencyHistogram other;
    other.add(1'000'000, 3);
    histogram.add_all(other);
    CHECK(histogram.summary() == other.summary());
    CHECK(histogram.buckets() == other.buckets());
}

}  // namespace
}  // namespace cityledger::bench
