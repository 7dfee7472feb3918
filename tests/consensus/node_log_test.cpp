// What a restart of the test network reads: whatever prefix of its log a crash has left.

#include <catch2/catch.hpp>

#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

bool is_marker(const LogRecord& record) {
    return std::holds_alternative<node::FinalMarker>(record);
}

std::vector<LogRecord> log_of_ten_blocks() {
    Network network({});
    network.start_all();
    for (int i = 0; i < 12; ++i) network.submit_batch();
    REQUIRE(network.run_to_height(10, 5'000));
    return network.node(0).disk;
}

TEST_CASE("every prefix of a log gives a prefix of the chain, and a state above it is noticed",
          "[consensus][recovery]") {
    const std::vector<LogRecord> whole = log_of_ten_blocks();
    std::vector<LogRecord> again = whole;
    const std::vector<Commit> chain = read_log(again, 0).chain;
    REQUIRE(chain.size() >= 9);
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        INFO("records " << length << " of " << whole.size());
        std::vector<LogRecord> records(whole.begin(),
                                       whole.begin() + static_cast<std::ptrdiff_t>(length));
        const ReadLog read = read_log(records, 5);
        REQUIRE(read.chain.size() <= chain.size());
        for (std::size_t at = 0; at < read.chain.size(); ++at) {
            CHECK(read.chain[at].digest == chain[at].digest);
        }
        CHECK(read.recovered.lost_votes.has_value() == (read.chain.size() < 5));
        const auto& finalization = read.recovered.consensus.last_finalization;
        for (const SafetyRecord& own : read.recovered.consensus.votes) {
            CHECK((!finalization || own.vote.view > finalization->content.view));
        }
    }
}

TEST_CASE("finalizations in the log prove what lost markers have told", "[consensus][recovery]") {
    std::vector<LogRecord> records = log_of_ten_blocks();
    std::vector<LogRecord> whole = records;
    std::erase_if(records, is_marker);
    const auto chain = read_log(whole, 0).chain;
    REQUIRE(read_log(records, 0).chain.size() == chain.size());
    const auto marked = std::count_if(records.begin(), records.end(), is_marker);
    CHECK(static_cast<std::size_t>(marked) == chain.size());
    CHECK(read_log(records, chain.size()).chain.back().digest == chain.back().digest);
}

}  // namespace
}  // namespace cityledger::consensus::testing
