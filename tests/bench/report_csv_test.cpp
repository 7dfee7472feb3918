#include "sim/bench/report_csv.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/bench/sample_result.hpp"

namespace cityledger::bench {
namespace {

std::vector<std::string> lines_of(const std::string& table) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < table.size();) {
        const std::size_t end = table.find("\r\n", at);
        REQUIRE(end != std::string::npos);
        lines.push_back(table.substr(at, end - at));
        at = end + 2;
    }
    return lines;
}

TEST_CASE("percentiles of the CSV's buckets are those of the result", "[bench]") {
    const BenchResult result = test::sample_result();
    const std::vector<std::string> lines = lines_of(buckets_csv(result));
    CHECK(lines[0] == "round,label,from_us,to_us,count");
    std::vector<LatencyBucket> buckets;
    std::uint64_t all = 0;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].rfind("1,half load,", 0) != 0) continue;
        std::istringstream numbers(lines[i].substr(12));
        LatencyBucket bucket;
        char comma = 0;
        numbers >> bucket.from_us >> comma >> bucket.to_us >> comma >> bucket.count;
        REQUIRE(numbers);
        all += bucket.count;
        buckets.push_back(bucket);
    }
    const Latency& latency = result.rounds[0].latency;
    CHECK(all == latency.count);
    const std::pair<std::uint64_t, std::uint64_t> wanted[] = {{500, latency.p50_us},
                                                              {900, latency.p90_us},
                                                              {990, latency.p99_us},
                                                              {999, latency.p999_us}};
    for (const auto& [rank_per_mille, told] : wanted) {
        std::uint64_t seen = 0;
        std::size_t i = 0;
        while (seen * 1'000 + buckets[i].count * 1'000 < all * rank_per_mille) {
            seen += buckets[i++].count;
        }
        INFO(rank_per_mille);
        CHECK(told >= buckets[i].from_us);
        CHECK((told - buckets[i].from_us) * 1'000 <= told * result.histogram_error_per_mille);
    }
}

TEST_CASE("the table of seconds has a line a second and a column a node", "[bench]") {
    BenchResult result = test::sample_result();
    result.rounds[1].label = "a \"full\", loud load";
    result.rounds[1].nodes.resize(3);
    for (Second& second : result.rounds[1].seconds) second.node_cpu_ms.resize(3);
    const std::vector<std::string> lines = lines_of(seconds_csv(result));
    REQUIRE(lines.size() == 1 + 12 + 12);
    CHECK(lines[0] ==
          "round,label,second,warm_up,offered,sent,committed,refused,waiting,p50_us,p99_us,max_us,"
          "blocks,nullified_views,generator_cpu_ms,node0_cpu_ms,node1_cpu_ms,node2_cpu_ms,"
          "node3_cpu_ms");
    CHECK(lines[1] ==
          "1,half load,0,1,2000,2000,900,0,120,84000,180000,200000,9,0,30,310,315,305,300");
    CHECK(lines[8] ==
          "1,half load,7,0,2000,2000,2000,24,127,91000,290000,310000,9,1,30,317,315,305,0");
    CHECK(lines[13] ==
          "2,\"a \"\"full\"\", loud load\",0,1,2000,2000,900,0,120,84000,180000,200000,9,0,30,310,"
          "315,305,");
}

TEST_CASE("a result survives its JSON", "[bench]") {
    const BenchResult result = test::sample_result();
    const auto json = ledger::parse_json(ledger::pretty_json(ledger::to_json(result)));
    REQUIRE(json);
    const auto back = ledger::from_json<BenchResult>(*json);
    REQUIRE(back);
    CHECK(*back == result);
}

}  // namespace
}  // namespace cityledger::bench
