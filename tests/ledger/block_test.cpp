// The rules of a block, each broken alone.

#include "ledger/block.hpp"

#include "tests/ledger/fixtures.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

TEST_CASE("a block that keeps every rule is accepted", "[block]") {
    const BlockPair pair;
    CHECK(pair.form());
    CHECK(pair.on_parent());
}

TEST_CASE("block 1 stands on the genesis header and names the genesis state", "[block]") {
    const BlockHeader genesis = genesis_header(test_chain());
    const Digest digest = block_digest(genesis, test_chain());
    Block block;
    block.header.height = 1;
    block.header.parent = digest;
    block.header.batches_root = batches_root({});
    block.header.executed = {0, digest_of("s"), digest_of("b"), {}};
    CHECK(check_block_form(block, test_chain()));
    CHECK(check_block_on_parent(block, genesis, digest));
    CHECK(block_digest(genesis, digest_of("other chain")) != digest);
}

TEST_CASE("a block of an unknown version or epoch is refused", "[block]") {
    BlockPair pair;
    pair.block.header.version = 2;
    check_refused(pair.form(), codes::block_wrong_version);
    pair = {};
    pair.block.header.epoch = 1;
    check_refused(pair.form(), codes::block_wrong_epoch);
    pair = {};
    pair.block.header.next_validators = make_validators(4);
    check_refused(pair.form(), codes::block_next_validators);
}

TEST_CASE("the header binds the list of batches", "[block]") {
    BlockPair pair;
    pair.block.header.batch_count = 1;
    check_refused(pair.form(), codes::block_batch_count);
    pair = {};
    std::swap(pair.block.batches[0], pair.block.batches[1]);
    check_refused(pair.form(), codes::block_batches_root);
    pair = {};
    pair.block.batches.push_back(pair.block.batches[0]);
    pair.seal_batches();
    check_refused(pair.form(), codes::block_batch_twice);
}

TEST_CASE("an executed height comes with the finalization that covers it", "[block]") {
    BlockPair pair;
    pair.block.covering_certificate.reset();
    check_refused(pair.form(), codes::block_covering_missing);
    pair = {};
    pair.block.header.executed = {};
    check_refused(pair.form(), codes::block_covering_unneeded);
    pair = {};
    pair.block.covering_certificate->signers[0].signature.bytes[0] ^= 1;
    check_refused(pair.form(), codes::block_covering_hash);
    pair = {};
    pair.cover({VoteKind::notarize, 0, 1, pair.parent_digest});
    check_refused(pair.form(), codes::block_covering_kind);
}

TEST_CASE("a header without a certificate names the hash of none", "[block]") {
    BlockPair pair;
    pair.block.covering_certificate.reset();
    pair.block.header.executed = {};
    check_refused(pair.form(), codes::block_covering_hash);
    pair.block.header.covering_certificate = {};
    CHECK(pair.form());
}

TEST_CASE("a block stands one above the parent that it names", "[block]") {
    BlockPair pair;
    pair.block.header.parent = digest_of("another");
    check_refused(pair.on_parent(), codes::block_wrong_parent);
    for (const std::uint64_t height : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}}) {
        pair = {};
        pair.block.header.height = height;
        check_refused(pair.on_parent(), codes::block_wrong_height);
    }
    pair = {};
    pair.parent.height = ~std::uint64_t{0};
    pair.block.header.height = 0;
    check_refused(pair.on_parent(), codes::block_wrong_height);
}

TEST_CASE("the executed height never falls and stays below the block", "[block]") {
    BlockPair pair;
    pair.block.header.executed.height = 2;
    check_refused(pair.on_parent(), codes::block_executed_range);
    pair = {};
    pair.parent.executed.height = 1;
    pair.block.header.executed.height = 0;
    check_refused(pair.on_parent(), codes::block_executed_range);
}

TEST_CASE("one executed height has one state", "[block]") {
    BlockPair pair;
    pair.parent.height = 2;
    pair.block.header.height = 3;
    pair.parent.executed = pair.block.header.executed;
    CHECK(pair.on_parent());
    pair.parent.executed.business_root = digest_of("other");
    check_refused(pair.on_parent(), codes::block_executed_roots);
}

TEST_CASE("when execution lags by more than 64 heights a block carries no batches", "[block]") {
    BlockPair pair;
    pair.parent.height = 64;
    pair.block.header.height = 65;
    CHECK(pair.on_parent());
    pair.parent.height = 65;
    pair.block.header.height = 66;
    check_refused(pair.on_parent(), codes::block_execution_lag);
    pair.block.batches.clear();
    CHECK(pair.on_parent());
}

}  // namespace
}  // namespace cityledger::ledger
