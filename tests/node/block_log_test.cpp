// The block log at every byte: torn tails, damage, other chains.

#include "node/log/block_log.hpp"
#include "cluster_fixture.hpp"
#include "node/log/log_codes.hpp"
#include "node/replica/replica.hpp"
#include "node/replica/replica_codes.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;
using namespace cityledger::sim;

namespace {

SimulatedDisk disk_with(const DiskImage& image) {
    SimulatedDisk disk(SimulatedRandom(1), {});
    disk.restore(image);
    return disk;
}

constexpr ledger::Nonce k_log_salt{{1, 2, 3}};

std::string path_of(std::uint32_t segment) { return "log/" + log_segment_name(segment); }

/// The bytes of the first segment.
Bytes bytes_of(const DiskImage& image) {
    const auto& file = image.at(path_of(1));
    return file.read(0, file.size());
}

void set_bytes(DiskImage& image, const Bytes& bytes) {
    image[path_of(1)] = {};
    image[path_of(1)].write(0, bytes);
}

struct LogFixture {
    explicit LogFixture(std::uint64_t segment = 64 * 1024, std::uint64_t seed = 1)
        : disk(SimulatedRandom(seed), k_torn_disk), segment_bytes(segment) {
        genesis.name = "log";
        REQUIRE(initialise_log(disk, "log", genesis, k_log_salt, LogOrigin::with_network));
        REQUIRE(disk.sync_folder(""));
    }
    Result<std::unique_ptr<BlockLog>> open(SimulatedDisk& from) {
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
        log.request_sync();
        if (mark) log.append_final({block.header.height, name, view}, proof);
    }
    void fill(int blocks) {
        auto log = open(disk);
        REQUIRE(log);
        for (int i = 0; i < blocks; ++i) append_block(**log);
        (*log)->request_sync();
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

    SimulatedDisk disk;
    PromptSyncer syncer;
    ledger::Genesis genesis;
    std::uint64_t segment_bytes;
    RecoveredLog recovered;
    bool mark = true;
};

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
            DiskImage image = fixture.disk.files();
            Bytes bytes = bytes_of(image);
            std::fill(bytes.begin() + cut, bytes.end(), 0);
            // A cut in zeros at the end of a record is no cut.
            if (bytes == bytes_of(image)) continue;
            if (truncated) bytes.resize(cut);
            set_bytes(image, bytes);
            SimulatedDisk torn = disk_with(image);
            INFO("cut at " << cut);
            auto log = fixture.open(torn);
            REQUIRE(log);
            // A certificate without its marker gets the marker again.
            const std::uint64_t last_sequence = (*log)->last_sequence();
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
        SimulatedDisk damaged = disk_with(fixture.disk.files());
        REQUIRE(damaged.flip_bit(path_of(1), at, 4));
        const Bytes before = bytes_of(damaged.files());
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
        CHECK(bytes_of(damaged.files()) == before);
    }
}

TEST_CASE("damage in a log of several segments is found, also if segments are swapped or old") {
    LogFixture fixture(4096);
    fixture.fill(12);
    SimulatedDisk yesterday = disk_with(fixture.disk.files());
    fixture.fill(12);
    const DiskImage image = fixture.disk.files();
    REQUIRE(image.size() >= 4);
    const auto code_of = [&](const DiskImage& damaged) {
        SimulatedDisk disk = disk_with(damaged);
        return fixture.open(disk).error().code;
    };
    CHECK(fixture.open(fixture.disk).value()->final_height() == 24);
    DiskImage swapped = image;
    std::swap(swapped.at(path_of(2)), swapped.at(path_of(3)));
    CHECK(code_of(swapped) == codes::log_damaged);
    DiskImage missing = image;
    REQUIRE(missing.erase(path_of(2)) == 1);
    CHECK(code_of(missing) == codes::log_damaged);
    DiskImage restored = image;
    const std::string last_of_yesterday = [&] {
        const auto last = last_log_segment(yesterday, "log").value();
        return path_of(std::max<std::uint32_t>(1, last - 1));
    }();
    const auto whole = [](const SparseBytes& file) { return file.read(0, file.size()); };
    const SparseBytes old = yesterday.files().at(last_of_yesterday);
    if (whole(old) != whole(restored.at(last_of_yesterday))) {
        restored[last_of_yesterday] = old;
        CHECK(code_of(restored) == codes::log_damaged);
    }
}

TEST_CASE("what a client wrote is never taken for a record of the log") {
    // The head of the last record is lost, its payload is not, and looks like a record that says
    // that all before it was durable.
    const auto open_with = [](const ledger::Nonce& salt_of_the_forger) {
        LogFixture fixture;
        fixture.fill(4);
        std::uint64_t sequence = 0;
        LogPosition position;
        {
            auto log = fixture.open(fixture.disk);
            REQUIRE(log);
            sequence = (*log)->last_sequence();
            LogHeader forged;
            forged.segment = 1;
            forged.sequence = sequence + 9;
            forged.durable_sequence = sequence + 8;
            forged.kind = static_cast<std::uint32_t>(LogKind::batch);
            auto batch = std::make_shared<ledger::Batch>();
            batch->transactions.resize(1);
            batch->transactions[0].body.operations.resize(1);
            batch->transactions[0].body.operations[0].arguments =
                make_log_record(forged, as_bytes("anything"), salt_of_the_forger);
            (*log)->append_batch(crypto::sha256(as_bytes("batch")), batch);
            (*log)->request_sync();
        }
        DiskImage image = fixture.disk.files();
        Bytes bytes = bytes_of(image);
        const std::uint64_t last = fixture.positions().back().offset;
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(last), k_log_header_bytes, 0);
        set_bytes(image, bytes);
        fixture.disk.restore(image);
        auto log = fixture.open(fixture.disk);
        return log ? Status{} : Status(propagate(log));
    };
    CHECK(open_with({}));
    CHECK(open_with({{1, 2, 4}}));
    const auto known = open_with(k_log_salt);  // the control: only the salt tells them apart
    REQUIRE_FALSE(known);
    CHECK(known.error().code == codes::log_damaged);
}

TEST_CASE("own votes are kept when a torn sync ends before the block of its finalization") {
    LogFixture fixture;
    ledger::Certificate finalization{{ledger::VoteKind::finalize, 0, 9, {}}, {{1, {}}}};
    {
        auto opened = fixture.open(fixture.disk);
        REQUIRE(opened);
        BlockLog& log = **opened;
        log.append_safety_record(
            {{ledger::VoteKind::nullify, 0, 5, {}}, std::nullopt, std::nullopt});
        ledger::Block block;
        std::vector<std::pair<Digest, ledger::Block>> blocks;
        for (std::uint64_t height = 1; height <= 3; ++height) {
            block.header.height = height;
            block.header.parent = height == 1 ? log.final_digest() : blocks.back().first;
            blocks.emplace_back(
                ledger::block_digest(block.header, ledger::chain_id_of(fixture.genesis)), block);
        }
        finalization.content.block = blocks[2].first;
        const auto proof = log.append_certificate(finalization);
        for (std::uint64_t height = 1; height <= 2; ++height) {  // the third one was lost
            const auto& [digest, ancestor] = blocks[height - 1];
            log.append_block(digest, ancestor);
            log.append_final({height, digest, 9}, proof);
        }
        log.request_sync();
    }
    REQUIRE(fixture.open(fixture.disk));
    const auto& recovered = fixture.recovered.consensus;
    CHECK(recovered.last_final.header.height == 2);
    REQUIRE(recovered.votes.size() == 1);
    CHECK(recovered.votes[0].vote.view == 5);
    CHECK(recovered.certificates == std::vector<ledger::Certificate>{finalization});
    CHECK(fixture.recovered.highest_vote_view == 5);
}

TEST_CASE("the newest word on lost votes counts, and the own votes of the highest view") {
    LogFixture fixture;
    const auto vote_of = [](ledger::VoteKind kind, std::uint64_t view) {
        return ledger::VoteContent{kind, 0, view, {}};
    };
    {
        auto log = fixture.open(fixture.disk);
        REQUIRE(log);
        CHECK_FALSE(fixture.recovered.lost_votes);
        (*log)->append_safety_record({vote_of(ledger::VoteKind::nullify, 3), {}, {}});
        (*log)->append_safety_record({vote_of(ledger::VoteKind::notarize, 4), {}, {}});
        (*log)->append_safety_record({vote_of(ledger::VoteKind::finalize, 3), {}, {}});
        (*log)->append_safety_record({vote_of(ledger::VoteKind::nullify, 4), {}, {}});
        (*log)->append_lost_votes({});
        (*log)->append_lost_votes({7});
        (*log)->request_sync();
    }
    REQUIRE(fixture.open(fixture.disk));
    REQUIRE(fixture.recovered.lost_votes);
    CHECK(fixture.recovered.lost_votes->votes_above_view == 7);
    CHECK(fixture.recovered.highest_votes ==
          std::vector<ledger::VoteContent>{vote_of(ledger::VoteKind::notarize, 4),
                                           vote_of(ledger::VoteKind::nullify, 4)});
}

TEST_CASE("a log that is made anew says that votes are lost, one made with its network does not") {
    for (const LogOrigin origin : {LogOrigin::with_network, LogOrigin::made_anew}) {
        SimulatedDisk disk(SimulatedRandom(1), {});
        ledger::Genesis genesis;
        REQUIRE(initialise_log(disk, "log", genesis, k_log_salt, origin));
        PromptSyncer syncer;
        RecoveredLog recovered;
        REQUIRE(BlockLog::open(disk, syncer, "log", ledger::chain_id_of(genesis), 4096, recovered));
        REQUIRE(recovered.lost_votes.has_value() == (origin == LogOrigin::made_anew));
        if (recovered.lost_votes) CHECK(recovered.lost_votes->votes_above_view == 0);
    }
}

TEST_CASE("a damage that is met while reading is never served") {
    LogFixture fixture;
    fixture.fill(4);
    auto log = fixture.open(fixture.disk);
    REQUIRE(log);
    const auto position = (*log)->final_entry(2).block;
    REQUIRE(fixture.disk.flip_bit(path_of(1), position.offset + k_log_header_bytes + 3, 0));
    CHECK_FALSE((*log)->final_block(2));
    const Error damage = (*log)->unreadable(2);
    CHECK(damage.code == codes::log_damaged);
    CHECK(damage.detail.find(path_of(1)) != std::string::npos);
    CHECK((*log)->final_block(3));
}

TEST_CASE("a missing log, an existing one, another chain and another version are refused") {
    LogFixture fixture;
    SimulatedDisk empty(SimulatedRandom(1), {});
    CHECK(fixture.open(empty).error().code == codes::log_missing);
    CHECK(initialise_log(fixture.disk, "log", fixture.genesis, {}, LogOrigin::with_network)
              .error()
              .code == codes::log_exists);
    fixture.genesis.name = "another";
    CHECK(fixture.open(fixture.disk).error().code == codes::log_wrong_chain);
    LogHeader header;
    header.segment = 1;
    header.sequence = 1;
    header.kind = static_cast<std::uint32_t>(LogKind::segment);
    DiskImage image = fixture.disk.files();
    for (const std::uint32_t version : {k_log_version - 1, k_log_version + 1}) {
        set_bytes(image,
                  make_log_record(header, ledger::encode(SegmentStart{version, {}, {}}), {}));
        fixture.disk.restore(image);
        CHECK(fixture.open(fixture.disk).error().code == codes::log_wrong_version);
    }
}

TEST_CASE("a full disk is met before the segment is used up, and forgotten when there is room") {
    LogFixture fixture(4096);
    auto log = fixture.open(fixture.disk);
    REQUIRE(log);
    set_full(fixture.disk, true);
    while ((*log)->has_room()) fixture.append_block(**log);
    const std::uint64_t height = (*log)->final_height();
    CHECK((*log)->make_room().error().code == codes::log_full);
    CHECK((*log)->final_block(height));  // reads go on
    set_full(fixture.disk, false);
    REQUIRE((*log)->make_room());
    for (int i = 0; i < 10; ++i) fixture.append_block(**log);
    (*log)->request_sync();
    log->reset();
    CHECK(fixture.open(fixture.disk).value()->final_height() == height + 10);
}

TEST_CASE("a failed sync is told once and nothing becomes durable any more") {
    LogFixture fixture;
    auto log = fixture.open(fixture.disk);
    REQUIRE(log);
    int failures = 0;
    (*log)->set_hooks({{}, [&](const Error&) { ++failures; }});
    const std::uint64_t durable = (*log)->durable_sequence();
    // A later sync would not fail, as with a kernel that drops what it could not write.
    fixture.syncer.fails = true;
    fixture.append_block(**log);
    fixture.syncer.fails = false;
    (*log)->request_sync();
    CHECK(failures == 1);
    CHECK((*log)->durable_sequence() == durable);
}

TEST_CASE("power cuts at random never lose a synced record and never leave a log unreadable") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        INFO("seed " << seed);
        SimulatedRandom random(seed);
        LogFixture fixture(4096, seed);
        for (int life = 0; life < 4; ++life) {
            auto log = fixture.open(fixture.disk);
            REQUIRE(log);
            const std::uint64_t blocks = random.below(12);
            for (std::uint64_t i = 0; i < blocks; ++i) fixture.append_block(**log);
            const std::uint64_t durable = (*log)->durable_sequence();
            log->reset();
            fixture.disk.power_cut();
            auto again = fixture.open(fixture.disk);
            REQUIRE(again);
            CHECK((*again)->last_sequence() >= durable);
        }
    }
}
