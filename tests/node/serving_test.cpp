// What a node gives to those who ask.

#include "node/replica/serving.hpp"
#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

struct ServingFixture : PartFixture {
    ServingFixture()
        : driver(std::make_unique<consensus::Core>(validators, &keys[0], core_options(),
                                                   recovered.consensus),
                 {}, *log, execution, links, reactor, trace),
          serving(*log, driver, links, checker, reactor) {
        connect_all();
    }
    static consensus::CoreOptions core_options() {
        consensus::CoreOptions options;
        options.self = 0;
        return options;
    }
    CoreDriver driver;
    Serving serving;
};

}  // namespace

TEST_CASE("batches and blocks that the log holds are given, others are not") {
    ServingFixture fixture;
    const auto [digest, batch] = fixture.batch(1, 1);
    fixture.log->append_batch(digest, batch);
    const auto block = fixture.append_final({digest});
    fixture.serving.answer(2, BatchRequest{{digest, crypto::sha256(as_bytes("unknown"))}});
    const auto pushed = fixture.transport.take<BatchPush>();
    REQUIRE(pushed.size() == 1);
    CHECK(pushed[0].first == 2);
    CHECK(pushed[0].second.batch == *batch);
    fixture.serving.answer(2, BlockRequest{fixture.digest_of(block)});
    fixture.serving.answer(2, BlockRequest{crypto::sha256(as_bytes("unknown"))});
    const auto blocks = fixture.transport.take<BlockAnswer>();
    REQUIRE(blocks.size() == 1);
    CHECK(blocks[0].second.block == block);
}

TEST_CASE("an answer of block sync ends in a block with its finalization and has so many blocks") {
    ServingFixture fixture;
    for (int i = 0; i < 10; ++i) fixture.append_final({});
    fixture.serving.answer(1, SyncRequest{3, 4});
    auto answers = fixture.transport.take<SyncAnswer>();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].second.from_height == 3);
    REQUIRE(answers[0].second.blocks.size() == 4);
    CHECK(answers[0].second.blocks.back().block.header.height == 6);
    CHECK(answers[0].second.blocks.back().finalization.has_value());
    fixture.serving.answer(1, SyncRequest{11, 4});
    answers = fixture.transport.take<SyncAnswer>();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].second.blocks.empty());
    CHECK(fixture.serving.sync_answers() == 1);
}

TEST_CASE("the start question is answered with what this node has seen of the one who asks") {
    ServingFixture fixture;
    const auto seen = fixture.vote(ledger::VoteKind::nullify, 6, {}, 2);
    REQUIRE(fixture.checker.check(seen));
    fixture.serving.answer(2, StartQuestion{{{9}}});
    const auto answers = fixture.transport.take<StartAnswer>();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].second.nonce == ledger::Nonce{{9}});
    REQUIRE(answers[0].second.highest_votes.size() == 1);
    CHECK(answers[0].second.highest_votes[0].content == seen.content);
}

TEST_CASE("a peer that asks too much is not answered, others are") {
    ServingFixture fixture;
    fixture.append_final({});
    const std::uint64_t burst = bound_of(Ration::answer_bytes).burst;
    for (std::uint64_t i = 0; i < burst / k_sync_answer_bytes; ++i) {
        fixture.serving.answer(1, SyncRequest{1, 1});
    }
    fixture.transport.sent.clear();
    fixture.serving.answer(1, SyncRequest{1, 1});
    CHECK(fixture.transport.take<SyncAnswer>().empty());
    fixture.serving.answer(2, SyncRequest{1, 1});
    CHECK(fixture.transport.take<SyncAnswer>().size() == 1);
}
