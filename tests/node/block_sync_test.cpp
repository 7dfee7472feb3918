// Block sync with one peer at a time: who is asked, when, and what is taken.

#include "node/replica/block_sync.hpp"
#include "node/replica/replica_codes.hpp"
#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

struct SyncFixture : PartFixture {
    SyncFixture()
        : sync(validators, *log, links, checker, reactor, trace,
               [this](const Digest& digest, const ledger::Block& block,
                      const ledger::Certificate& finalization, std::uint64_t proof) {
                   (void)chain.add(digest, block, finalization, proof, scheduler.now_ms());
               }) {
        connect_all();
    }
    void peer_has(ValidatorIndex peer, std::uint64_t height) {
        links.peers()[peer].progress.final_height = height;
    }
    /// The next `count` blocks, the last one with its finalization.
    SyncAnswer answer(std::size_t count) {
        SyncAnswer answer{log->final_height() + 1, {}};
        ledger::Block block = block_on_top({});
        for (std::size_t i = 0; i < count; ++i) {
            const Digest digest = digest_of(block);
            answer.blocks.push_back({block, std::nullopt, {}});
            if (i + 1 == count) {
                answer.blocks.back().finalization =
                    certificate(ledger::VoteKind::finalize, block.header.height, digest);
            }
            block.header.parent = digest;
            block.header.height += 1;
        }
        return answer;
    }
    std::vector<ValidatorIndex> asked() {
        std::vector<ValidatorIndex> peers;
        for (const auto& [to, question] : transport.take<SyncRequest>()) peers.push_back(to);
        return peers;
    }
    BlockSync sync;
};

}  // namespace

TEST_CASE("a node that is far behind asks at once, one that is a little behind after a while") {
    SyncFixture far;
    far.peer_has(2, k_sync_threshold_heights);
    far.sync.pump();
    CHECK(far.asked() == std::vector<ValidatorIndex>{2});
    CHECK(far.told<BlocksAsked>() == 1);

    SyncFixture near;
    near.peer_has(2, k_sync_threshold_heights - 1);
    near.sync.pump();
    CHECK(near.asked().empty());
    near.scheduler.run_ms(k_sync_patience_ms);
    near.sync.pump();
    CHECK(near.asked() == std::vector<ValidatorIndex>{2});
}

TEST_CASE("a peer that does not answer is passed over, and the time doubles") {
    SyncFixture fixture;
    fixture.peer_has(1, 10);
    fixture.peer_has(3, 10);
    fixture.sync.pump();
    CHECK(fixture.asked() == std::vector<ValidatorIndex>{1});
    fixture.scheduler.run_ms(k_sync_timeout_ms);
    fixture.sync.pump();
    CHECK(fixture.asked() == std::vector<ValidatorIndex>{3});
    fixture.scheduler.run_ms(k_sync_timeout_ms);
    fixture.sync.pump();
    CHECK(fixture.asked().empty());
    fixture.scheduler.run_ms(k_sync_timeout_ms);
    fixture.sync.pump();
    CHECK(fixture.asked() == std::vector<ValidatorIndex>{1});
    fixture.sync.on_session_down(1);
    fixture.sync.pump();
    CHECK(fixture.asked().size() == 1);
}

TEST_CASE("an answer is taken whole, and told to the core once it is durable") {
    SyncFixture fixture;
    fixture.peer_has(2, 6);
    fixture.sync.pump();
    SyncAnswer answer = fixture.answer(6);
    fixture.sync.on_answer(2, answer);
    CHECK(fixture.log->final_height() == 6);
    CHECK(fixture.told<BlocksSynced>() == 1);
    CHECK(fixture.sync.take_durable_ends().empty());
    fixture.syncer.finish();
    const auto ends = fixture.sync.take_durable_ends();
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].block.header.height == 6);
    CHECK(fixture.sync.take_durable_ends().empty());
}

TEST_CASE("what was not asked, or of another peer, is ignored") {
    SyncFixture fixture;
    SyncAnswer answer = fixture.answer(6);
    fixture.sync.on_answer(2, answer);
    CHECK(fixture.log->final_height() == 0);
    fixture.peer_has(1, 6);
    fixture.sync.pump();
    fixture.sync.on_answer(2, answer);
    CHECK(fixture.log->final_height() == 0);
    CHECK(fixture.transport.closed.empty());
}

TEST_CASE("an answer that lies in its last block changes nothing and costs the session") {
    SyncFixture fixture;
    fixture.peer_has(2, 6);
    const auto check_refused = [&](SyncAnswer answer, const Code& code) {
        fixture.peer_has(2, 6);
        fixture.sync.pump();
        fixture.transport.closed.clear();
        fixture.sync.on_answer(2, answer);
        REQUIRE(fixture.transport.closed.size() == 1);
        CHECK(fixture.transport.closed[0].second.code == code);
        CHECK(fixture.log->final_height() == 0);
        CHECK(fixture.links.peers()[2].progress.final_height == 0);
    };
    SyncAnswer open = fixture.answer(6);
    open.blocks.back().finalization.reset();
    check_refused(open, codes::sync_not_final);
    SyncAnswer other = fixture.answer(6);
    other.blocks.back().finalization = fixture.certificate(
        ledger::VoteKind::finalize, 6, fixture.digest_of(fixture.answer(1).blocks[0].block));
    check_refused(other, codes::sync_wrong_certificate);
    SyncAnswer foreign = fixture.answer(6);
    foreign.blocks.back().batches.push_back(*fixture.batch(1, 1).second);
    check_refused(foreign, codes::sync_foreign_batch);
    Counters counters;
    fixture.sync.add_counters(counters);
    CHECK(counters.at("blocksync_refused") == 3);
    CHECK(counters.at("blocksync_blocks") == 0);
}
