// Reading the block log beside the one who appends, on real files.

#include "node/log/log_reader.hpp"

#include <catch2/catch.hpp>

#include "node/log/block_log.hpp"
#include "node/log/log_codes.hpp"
#include "node/log/log_files.hpp"
#include "tests/io/storage_fixtures.hpp"

namespace cityledger::io::testing {
namespace {

class SyncAtOnce : public node::Syncer {
public:
    void sync(std::shared_ptr<node::File> file, std::function<void(Status)> done) override {
        done(file->sync());
    }
};

/// A log of small segments, and a reader beside it.
struct LogFixture {
    LogFixture() {
        genesis.name = "reader";
        REQUIRE(node::initialise_log(files, folder.path(), genesis, {{7}},
                                     node::LogOrigin::with_network));
        const auto end = node::scan_log(
            files, folder.path(), [](const auto&, const auto&, ByteView) { return Status{}; },
            [] { return ""; });
        REQUIRE(end);
        REQUIRE(log.resume(*end));
    }
    Bytes payload(std::uint8_t fill) const { return Bytes(k_payload_bytes, fill); }

    static constexpr std::size_t k_payload_bytes = 20'000;
    TemporaryFolder folder;
    PosixFileSystem files;
    ledger::Genesis genesis;
    SyncAtOnce syncer;
    node::LogFiles log{files, syncer, folder.path(), ledger::chain_id_of(genesis), 64 * 1024};
    node::LogReader reader{files, folder.path()};
};

TEST_CASE("what was appended is read at once, across more segments than are kept open", "[log]") {
    LogFixture fixture;
    std::vector<node::LogPosition> positions;
    for (std::uint8_t i = 0; i < 40; ++i) {
        positions.push_back(fixture.log.append(node::LogKind::batch, fixture.payload(i)));
        CHECK(fixture.reader.read(positions.back()).value() == fixture.payload(i));
    }
    REQUIRE(positions.back().segment > 2 * node::k_reader_open_segments);
    for (std::uint8_t i = 0; i < 40; ++i) {
        CHECK(fixture.reader.read(positions[i]).value() == fixture.payload(i));
    }
}

TEST_CASE("a damaged record is refused with its file, and others are still read", "[log]") {
    LogFixture fixture;
    const auto first = fixture.log.append(node::LogKind::batch, fixture.payload(1));
    const auto second = fixture.log.append(node::LogKind::batch, fixture.payload(2));
    auto file = fixture.files.open(fixture.log.path(first.segment), false);
    REQUIRE(file);
    REQUIRE((*file)->write_at(first.offset + node::k_log_header_bytes + 5, Bytes{0xff}));
    const auto damaged = fixture.reader.read(first);
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().code == node::codes::log_damaged);
    CHECK(damaged.error().detail.find("log-000001") != std::string::npos);
    CHECK(fixture.reader.read(second).value() == fixture.payload(2));
}

TEST_CASE("a place that holds no such record is refused", "[log]") {
    LogFixture fixture;
    const auto position = fixture.log.append(node::LogKind::batch, fixture.payload(1));
    auto other = position;
    other.sequence += 1;
    CHECK(fixture.reader.read(other).error().code == node::codes::log_damaged);
    other = position;
    other.offset = 1'000'000'000;
    CHECK(fixture.reader.read(other).error().code == node::codes::log_damaged);
    other = position;
    other.segment = 99;
    CHECK_FALSE(fixture.reader.read(other));
    CHECK(fixture.reader.read(position));
}

}  // namespace
}  // namespace cityledger::io::testing
