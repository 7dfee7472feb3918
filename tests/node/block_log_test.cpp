// The block log at every byte: torn tails, damage, other chains.

#include <catch2/catch.hpp>

#include "memory_disk.hpp"
#include "node/replica/block_log.hpp"
#include "node/replica/replica.hpp"
#include "node/replica/replica_codes.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

class PromptSyncer : public Syncer {
public:
    void sync(std::shared_ptr<File> file, std::function<void(Status)> done) override {
        done(file->sync());
    }
};

struct LogFixture {
    explicit LogFixture(std::uint64_t segment = 64 * 1024) : segment_bytes(segment) {
        genesis.name = "log";
        REQUIRE(initialise_log(disk, "log", genesis));
    }
    Result<std::unique_ptr<BlockLog>> open(MemoryDisk& from) {
        return BlockLog::open(from, syncer, "log", ledger::chain_id_of(genesis), segment_bytes,
                              recovered);
    }
    /// A final block of the next height, with a batch and a finalization, made durable.
    void append_block(BlockLog& log) {
        auto batch = std::make_shared<ledger::Batch>();
        batch->header.sequence = log.final_height() + 1;
        batch->transactions.resize(1);
        batch->transactions[0].body.sender = std::string(20, 'x');
        const auto& chain = ledger::chain_id_of(genesis);
        const Digest batch_name = ledger::batch_digest(batch->header, chain);
        ledger::Block block;
        block.header.height = log.final_height() + 1;
        block.header.parent = log.final_digest();
        block.batches = {batch_name};
        const Digest name = ledger::block_digest(block.header, chain);
        log.append_batch(batch_name, batch);
        log.append_block(name, block);
        const std::uint64_t view = block.header.height;
        ledger::Certificate finalization{{ledger::VoteKind::finalize, 0, view, name}, {{1, {}}}};
        finalization.signers[0].signature.bytes.fill(0xee);
        const auto proof = log.append_certificate(finalization);
        log.files().request_sync();
        if (mark) log.append_final({block.header.height, name, view}, proof);
    }
    void fill(int blocks) {
        auto log = open(disk);
        REQUIRE(log);
        for (int i = 0; i < blocks; ++i) append_block(**log);
        (*log)->files().request_sync();
    }
    /// Positions of all records.
    std::vector<LogPosition> positions() {
        std::vector<LogPosition> found;
        const auto end = scan_log(
            disk, "log",
            [&](const LogHeader&, const LogPosition& position, ByteView) {
                found.push_back(position);
                return Status{};
            },
            [] { return std::string(); });
        REQUIRE(end);
        return found;
    }
    Bytes& bytes(MemoryDisk& of, std::uint32_t segment = 1) {
        return of.files.at("log/" + log_segment_name(segment))->now;
    }

    MemoryDisk disk;
    PromptSyncer syncer;
    ledger::Genesis genesis;
    std::uint64_t segment_bytes;
    RecoveredLog recovered;
    bool mark = true;
};

MemoryDisk copy_of(const MemoryDisk& disk) {
    MemoryDisk copy;
    for (const auto& [path, file] : disk.files) {
        copy.files[path] = std::make_shared<DiskFile>(*file);
    }
    return copy;
}

}  // namespace

TEST_CASE("what was appended is read again after a restart") {
    LogFixture fixture;
    fixture.fill(20);
    const auto log = fixture.open(fixture.disk);
    REQUIRE(log);
    CHECK((*log)->final_height() == 20);
    CHECK(fixture.recovered.consensus.last_final.header.height == 20);
    REQUIRE(fixture.recovered.consensus.last_finalization);
    CHECK(fixture.recovered.unnamed_batches.empty());
    for (std::uint64_t height = 1; height <= 20; ++height) {
        const auto block = (*log)->final_block(height);
        REQUIRE(block);
        CHECK(block->header.height == height);
        REQUIRE((*log)->batch(block->batches[0]));
        CHECK((*log)->batch(block->batches[0])->header.sequence == height);
        CHECK((*log)->finalization(height));
        CHECK((*log)->height_of((*log)->final_entry(height).digest) == height);
    }
}

TEST_CASE("a finalization in the log makes its block final even if the marker was lost") {
    LogFixture fixture;
    fixture.fill(3);
    fixture.mark = false;
    fixture.fill(1);
    const auto log = fixture.open(fixture.disk);
    REQUIRE(log);
    CHECK((*log)->final_height() == 4);
    CHECK(fixture.recovered.consensus.last_final.header.height == 4);
}

TEST_CASE("a log torn at any byte of its last three records loses these records only") {
    LogFixture fixture(8 * 1024);
    fixture.fill(5);
    const auto records = fixture.positions();
    const std::size_t count = records.size();
    const auto& last = records[count - 1];
    const std::uint64_t end = last.offset + k_log_header_bytes + last.payload_bytes;
    for (std::uint64_t cut = records[count - 3].offset; cut < end; ++cut) {
        std::size_t whole = count - 3;
        while (records[whole].offset + k_log_header_bytes + records[whole].payload_bytes <= cut) {
            ++whole;
        }
        for (const bool truncated : {true, false}) {
            auto torn = copy_of(fixture.disk);
            auto& bytes = fixture.bytes(torn);
            std::fill(bytes.begin() + cut, bytes.end(), 0);
            // A cut in zeros at the end of a record is no cut.
            if (fixture.bytes(torn) == fixture.bytes(fixture.disk)) continue;
            if (truncated) bytes.resize(cut);
            INFO("cut at " << cut);
            auto log = fixture.open(torn);
            REQUIRE(log);
            // A certificate without its marker gets the marker again.
            const std::uint64_t last_sequence = (*log)->files().last_sequence();
            CHECK(last_sequence >= records[whole - 1].sequence);
            CHECK(last_sequence <= records[whole - 1].sequence + 1);
            CHECK((*log)->final_height() >= 4);
            // And it goes on from there.
            fixture.append_block(**log);
            log->reset();
            const auto again = fixture.open(torn);
            REQUIRE(again);
            CHECK((*again)->final_height() >= 5);
        }
    }
}

TEST_CASE("a flipped bit before the end is refused with segment and offset, nothing is changed") {
    LogFixture fixture;
    fixture.fill(6);
    const auto records = fixture.positions();
    // All before the last sync, which a later record confirms.
    const std::uint64_t durable_end = records[records.size() - 4].offset;
    for (std::uint64_t at = 0; at < durable_end; at += 5) {
        auto damaged = copy_of(fixture.disk);
        fixture.bytes(damaged)[at] ^= 0x10;
        const Bytes before = fixture.bytes(damaged);
        INFO("byte " << at);
        const auto log = fixture.open(damaged);
        REQUIRE_FALSE(log);
        REQUIRE(log.error().code == codes::log_damaged);
        std::uint64_t record_start = 0;
        for (const auto& record : records) {
            if (record.offset <= at) record_start = record.offset;
        }
        CHECK(log.error().detail.find("log-000001 at byte " + std::to_string(record_start)) !=
              std::string::npos);
        CHECK(fixture.bytes(damaged) == before);
    }
}

TEST_CASE("damage in a log of several segments is found, also if segments are swapped or old") {
    LogFixture fixture(4096);
    fixture.fill(12);
    auto yesterday = copy_of(fixture.disk);
    fixture.fill(12);
    REQUIRE(fixture.disk.files.size() >= 4);
    CHECK(fixture.open(fixture.disk).value()->final_height() == 24);
    auto swapped = copy_of(fixture.disk);
    std::swap(swapped.files.at("log/log-000002"), swapped.files.at("log/log-000003"));
    CHECK(fixture.open(swapped).error().code == codes::log_damaged);
    auto missing = copy_of(fixture.disk);
    missing.files.erase("log/log-000002");
    CHECK(fixture.open(missing).error().code == codes::log_damaged);
    auto restored = copy_of(fixture.disk);
    const std::string last_of_yesterday = [&] {
        const auto last = last_log_segment(yesterday, "log").value();
        return "log/" + log_segment_name(std::max<std::uint32_t>(1, last - 1));
    }();
    auto& old = yesterday.files.at(last_of_yesterday);
    if (old->now != restored.files.at(last_of_yesterday)->now) {
        restored.files[last_of_yesterday] = old;
        CHECK(fixture.open(restored).error().code == codes::log_damaged);
    }
}

TEST_CASE("a damage that is met while reading is never served") {
    LogFixture fixture;
    fixture.fill(4);
    auto log = fixture.open(fixture.disk);
    REQUIRE(log);
    const auto position = (*log)->final_entry(2).block;
    fixture.bytes(fixture.disk)[position.offset + k_log_header_bytes + 3] ^= 1;
    CHECK_FALSE((*log)->final_block(2));
    CHECK((*log)->files().read(position).error().code == codes::log_damaged);
    CHECK((*log)->final_block(3));
}

TEST_CASE("a missing log, an existing one, another chain and another version are refused") {
    LogFixture fixture;
    MemoryDisk empty;
    CHECK(fixture.open(empty).error().code == codes::log_missing);
    CHECK(initialise_log(fixture.disk, "log", fixture.genesis).error().code == codes::log_exists);
    fixture.genesis.name = "another";
    CHECK(fixture.open(fixture.disk).error().code == codes::log_wrong_chain);
    LogHeader header;
    header.segment = 1;
    header.sequence = 1;
    header.kind = static_cast<std::uint32_t>(LogKind::segment);
    fixture.bytes(fixture.disk) = make_log_record(header, ledger::encode(SegmentStart{2, {}}));
    CHECK(fixture.open(fixture.disk).error().code == codes::log_wrong_version);
}

TEST_CASE("a full disk is met before the segment is used up, and forgotten when there is room") {
    LogFixture fixture(4096);
    auto log = fixture.open(fixture.disk);
    REQUIRE(log);
    fixture.disk.full = true;
    while ((*log)->files().has_room()) fixture.append_block(**log);
    const std::uint64_t height = (*log)->final_height();
    CHECK((*log)->files().make_room().error().code == codes::log_full);
    CHECK((*log)->final_block(height));  // reads go on
    fixture.disk.full = false;
    REQUIRE((*log)->files().make_room());
    for (int i = 0; i < 10; ++i) fixture.append_block(**log);
    (*log)->files().request_sync();
    log->reset();
    CHECK(fixture.open(fixture.disk).value()->final_height() == height + 10);
}

TEST_CASE("a failed sync is told once and nothing becomes durable any more") {
    LogFixture fixture;
    auto log = fixture.open(fixture.disk);
    REQUIRE(log);
    int failures = 0;
    (*log)->files().set_hooks({{}, [&](const Error&) { ++failures; }});
    const std::uint64_t durable = (*log)->files().durable_sequence();
    fixture.disk.sync_fails = true;
    fixture.append_block(**log);
    fixture.disk.sync_fails = false;
    (*log)->files().request_sync();
    CHECK(failures == 1);
    CHECK((*log)->files().durable_sequence() == durable);
}

TEST_CASE("power cuts at random never lose a synced record and never leave a log unreadable") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        INFO("seed " << seed);
        std::mt19937_64 random(seed);
        LogFixture fixture(4096);
        for (int life = 0; life < 4; ++life) {
            auto log = fixture.open(fixture.disk);
            REQUIRE(log);
            const std::uint64_t blocks = random() % 12;
            for (std::uint64_t i = 0; i < blocks; ++i) fixture.append_block(**log);
            const std::uint64_t durable = (*log)->files().durable_sequence();
            log->reset();
            fixture.disk.power_cut(random);
            auto again = fixture.open(fixture.disk);
            REQUIRE(again);
            CHECK((*again)->files().last_sequence() >= durable);
        }
    }
}
