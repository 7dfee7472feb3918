// The rules of a block that rest on the log and the state, each refused by its own code.

#include "node/replica/block_rules.hpp"
#include "cluster_fixture.hpp"
#include "node/log/log_codes.hpp"
#include "node/replica/replica_codes.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

/// One final block of height 1, and a block of height 2 on it that keeps all rules.
struct RulesFixture {
    RulesFixture()
        : world({}), chain(world.cluster.chain_id()), checker(world.cluster.validators()) {
        RecoveredLog recovered;
        log = BlockLog::open(world.cluster.disk(0), syncer, "log", chain, 64 * 1024, recovered)
                  .value();
        first = child(ledger::genesis_header(chain), {crypto::sha256(as_bytes("old"))});
        const Digest digest = ledger::block_digest(first.header, chain);
        log->append_block(digest, first);
        log->append_final({1, digest, 1}, 0);
        named.add(1, first.batches);
        second = child(first.header, {crypto::sha256(as_bytes("new"))});
        second.header.executed = {1, Digest{}, crypto::sha256(as_bytes("root")), Digest{}};
        second.covering_certificate = finalization_of(digest);
        below.parent = first.header;
    }
    ledger::Block child(const ledger::BlockHeader& parent, std::vector<Digest> batches) const {
        ledger::Block block;
        block.header.height = parent.height + 1;
        block.header.parent = ledger::block_digest(parent, chain);
        block.header.executed = parent.executed;
        block.batches = std::move(batches);
        return block;
    }
    ledger::Certificate finalization_of(const Digest& digest) const {
        ledger::Certificate certificate{{ledger::VoteKind::finalize, 0, 1, digest}, {}};
        const Bytes message = ledger::vote_signing_bytes(certificate.content, chain);
        for (std::uint16_t i = 0; i < 3; ++i) {
            certificate.signers.push_back({i, world.cluster.validator_key(i).sign(message)});
        }
        return certificate;
    }
    Status check(const ledger::Block& block) {
        return check_block_rests(block, below, *log, named, checker);
    }

    TestCluster world;
    ledger::ChainId chain;
    PromptSyncer syncer;
    std::unique_ptr<BlockLog> log;
    NamedBatches named;
    VoteChecker checker;
    ledger::Block first;
    ledger::Block second;
    Ancestry below;
};

}  // namespace

TEST_CASE("a block that keeps the rules may be voted for") {
    RulesFixture fixture;
    CHECK(fixture.check(fixture.second));
}

TEST_CASE("a batch that an ancestor named, final or not, is not named again") {
    RulesFixture fixture;
    auto again = fixture.second;
    again.batches = fixture.first.batches;
    CHECK(fixture.check(again).error().code == codes::block_batch_named_before);
    // The parent is not final: the names stand in the unfinal ancestors.
    auto third = fixture.child(fixture.second.header, fixture.second.batches);
    third.covering_certificate = fixture.second.covering_certificate;
    fixture.below.parent = fixture.second.header;
    const Digest parent = ledger::block_digest(fixture.second.header, fixture.chain);
    fixture.below.unfinal = {{parent, fixture.second}};
    CHECK(fixture.check(third).error().code == codes::block_batch_named_before);
}

TEST_CASE("V3: whether a batch may be named again depends on the heights of the two blocks alone") {
    constexpr std::uint64_t k_reach = ledger::k_max_transaction_lifetime_heights;
    const Digest batch = crypto::sha256(as_bytes("b"));
    NamedBatches lagging;
    lagging.add(1, {batch});
    CHECK(lagging.names(batch, 1 + k_reach));
    CHECK_FALSE(lagging.names(batch, 2 + k_reach));
    // A node that has seen more final blocks says the same of a block above them.
    NamedBatches ahead;
    ahead.add(1, {batch});
    for (std::uint64_t height = 2; height <= k_reach; ++height) ahead.add(height, {});
    CHECK(ahead.names(batch, 1 + k_reach));
    ahead.add(1 + k_reach, {});
    CHECK_FALSE(ahead.names(batch, 2 + k_reach));
    // Named again, it counts from then on, also when its first naming is forgotten.
    ahead.add(2 + k_reach, {batch});
    ahead.add(3 + k_reach, {});
    CHECK(ahead.names(batch, 4 + k_reach));
}

TEST_CASE("V1: a final block is answered by its digest, what lies beside it is refused") {
    RulesFixture fixture;
    const Digest first = ledger::block_digest(fixture.first.header, fixture.chain);
    const Digest second = ledger::block_digest(fixture.second.header, fixture.chain);
    const auto judge = [&](const Digest& digest, const ledger::Block& block) {
        return check_against_final(digest, block, fixture.below, *fixture.log);
    };
    // The first block's own batches are "named before" by now: by itself.
    REQUIRE(judge(first, fixture.first));
    CHECK(judge(first, fixture.first)->has_value());
    auto twin = fixture.child(ledger::genesis_header(fixture.chain), {});
    twin.header.batches_root = crypto::sha256(as_bytes("other batches"));
    const Digest twin_digest = ledger::block_digest(twin.header, fixture.chain);
    CHECK(judge(twin_digest, twin)->error().code == codes::block_off_final_chain);
    CHECK_FALSE(judge(second, fixture.second));
    // On the twin instead of the final block.
    fixture.below = {twin.header, {{twin_digest, twin}}};
    const auto beside = fixture.child(twin.header, {});
    CHECK(judge(second, beside)->error().code == codes::block_off_final_chain);
}

TEST_CASE("roots other than this node's own are refused") {
    TestCluster world({.nodes = 1});
    world.start_all();
    ledger::Block block;
    block.header.executed = world.replica(0).status().executed;
    CHECK(check_block_state(block, world.cluster.store(0)));
    block.header.executed.business_root = crypto::sha256(as_bytes("other"));
    CHECK(check_block_state(block, world.cluster.store(0)).error().code ==
          codes::block_wrong_roots);
}

TEST_CASE("the covering certificate is verified and is for an ancestor that covers the state") {
    RulesFixture fixture;
    auto forged = fixture.second;
    forged.covering_certificate->signers[1].signature.bytes[0] ^= 1;
    CHECK(fixture.check(forged).error().code == ledger::codes::vote_bad_signature);
    auto stranger = fixture.second;
    stranger.covering_certificate = fixture.finalization_of(crypto::sha256(as_bytes("none")));
    CHECK(fixture.check(stranger).error().code == codes::block_cover_not_ancestor);
    auto too_low = fixture.second;
    too_low.covering_certificate = fixture.finalization_of(
        ledger::block_digest(ledger::genesis_header(fixture.chain), fixture.chain));
    CHECK(fixture.check(too_low).error().code == codes::block_cover_not_ancestor);
}

TEST_CASE("the batches of a block together are bounded") {
    RulesFixture fixture;
    ledger::Block block;
    for (std::uint64_t i = 0; i < 6; ++i) {
        auto batch = std::make_shared<ledger::Batch>();
        batch->header.sequence = i;
        for (int part = 0; part < 25; ++part) {
            auto& transaction = batch->transactions.emplace_back();
            transaction.body.operations = {{"notes", "put", Bytes(60'000, 1)}};
        }
        const Digest digest = ledger::batch_digest(batch->header, fixture.chain);
        fixture.log->append_batch(digest, batch);
        block.batches.push_back(digest);
        if (i == 4) CHECK(check_block_payload(block, *fixture.log));
    }
    CHECK(check_block_payload(block, *fixture.log).error().code == codes::block_too_large);
}

TEST_CASE("a vote is verified once, and a swapped signature is not taken for it") {
    RulesFixture fixture;
    const Digest digest = crypto::sha256(as_bytes("block"));
    const auto certificate = fixture.finalization_of(digest);
    const ledger::Vote vote{certificate.content, 0, certificate.signers[0].signature};
    REQUIRE(fixture.checker.check(vote));
    REQUIRE(fixture.checker.check(vote));
    CHECK(fixture.checker.verifications() == 1);

    // A further signature of the same vote costs nothing: the checked one stands for it.
    ledger::Vote again = vote;
    again.signature.bytes[3] ^= 1;
    CHECK(fixture.checker.cost_of(again) == 0);
    const auto taken = fixture.checker.check(again);
    REQUIRE(taken);
    CHECK((*taken)->signature == vote.signature);
    CHECK(fixture.checker.verifications() == 1);

    // In a certificate, which is kept and passed on as it is, each signature is looked at.
    ledger::Certificate swapped = certificate;
    swapped.signers[0].signature = again.signature;
    CHECK(fixture.checker.cost_of(swapped) == 3);
    CHECK_FALSE(fixture.checker.check(swapped));
    CHECK(fixture.checker.cost_of(certificate) == 2);
    CHECK(fixture.checker.check(certificate));
    CHECK(fixture.checker.cost_of(certificate) == 0);
}

TEST_CASE("an executed block that is not whole in the log is refused at start") {
    TestCluster world({.nodes = 1});
    world.start_all();
    world.stop(0);
    const auto& genesis = world.cluster.genesis();
    auto& store = world.cluster.state_store(0);
    REQUIRE(ledger::Executor::open(genesis, note_contracts(), store).value()->execute(1, {}));
    RecoveredLog recovered;
    PromptSyncer syncer;
    const auto& chain = world.cluster.chain_id();
    auto& disk = world.cluster.disk(0);
    {
        auto log = BlockLog::open(disk, syncer, "log", chain, 64 * 1024, recovered).value();
        ledger::Block block;
        block.header.height = 1;
        block.header.parent = log->final_digest();
        block.batches = {crypto::sha256(as_bytes("missing"))};
        const Digest digest = ledger::block_digest(block.header, chain);
        log->append_block(digest, block);
        log->append_final({1, digest, 1}, 0);
        log->request_sync();
    }
    const auto started = world.cluster.restart(0);
    REQUIRE_FALSE(started);
    CHECK(started.error().code == codes::log_incomplete);
}
