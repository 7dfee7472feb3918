// Final blocks, from consensus or from block sync, whichever is first.

#include "node/replica/final_chain.hpp"

#include "part_fixture.hpp"

namespace cityledger::node::test {
namespace {

using ledger::VoteKind;

TEST_CASE("a final block is added once, and another one at its height is a contradiction") {
    PartFixture fixture;
    const auto [digest, batch] = fixture.batch(1, 1);
    const ledger::Block block = fixture.append_final({digest});
    const Digest name = fixture.digest_of(block);
    const auto finalization = fixture.certificate(VoteKind::finalize, 1, name);
    using Added = FinalChain::Added;
    CHECK(fixture.chain.add(name, block, finalization, 1, 0) == Added::known);
    ledger::Block other = block;
    other.header.executed.height = 7;
    const Digest other_name = fixture.digest_of(other);
    const auto other_finalization = fixture.certificate(VoteKind::finalize, 2, other_name);
    CHECK(fixture.chain.add(other_name, other, other_finalization, 1, 0) == Added::contradicts);
    CHECK(fixture.log->final_height() == 1);
    CHECK(fixture.chain.added() == 1);
}

TEST_CASE("the newest finalization covers all heights below its block") {
    PartFixture fixture;
    CHECK_FALSE(fixture.chain.cover_of(1));
    fixture.append_final({});
    const ledger::Block second = fixture.append_final({});
    const auto cover = fixture.chain.cover_of(1);
    REQUIRE(cover);
    CHECK(cover->content.block == fixture.digest_of(second));
    CHECK(fixture.chain.cover_of(2) == cover);
    CHECK_FALSE(fixture.chain.cover_of(3));
}

TEST_CASE("a block that a descendant's finalization made final covers nothing by itself") {
    PartFixture fixture;
    fixture.append_final({});
    const ledger::Block second = fixture.block_on_top({});
    ledger::Block third = second;
    third.header.height = 3;
    third.header.parent = fixture.digest_of(second);
    const auto of_third = fixture.certificate(VoteKind::finalize, 3, fixture.digest_of(third));
    const auto proof = fixture.log->append_certificate(of_third);
    using Added = FinalChain::Added;
    CHECK(fixture.chain.add(fixture.digest_of(second), second, of_third, proof, 0) == Added::added);
    CHECK_FALSE(fixture.chain.cover_of(2));  // until the third block is here
    CHECK(fixture.chain.add(fixture.digest_of(third), third, of_third, proof, 0) == Added::added);
    CHECK(fixture.chain.cover_of(2) == of_third);
    CHECK(fixture.chain.cover_of(3) == of_third);
}

TEST_CASE("which batches were named, and when the chain went on, survives a start") {
    PartFixture fixture;
    const auto [digest, batch] = fixture.batch(1, 1);
    const ledger::Block block = fixture.append_final({digest});
    CHECK(fixture.chain.named().names(digest, 2));
    FinalChain again(*fixture.log);
    CHECK_FALSE(again.named().names(digest, 2));
    again.replay(1, block);
    again.resume(fixture.log->finalization(1), block, 5'000);
    CHECK(again.named().names(digest, 2));
    CHECK(again.cover_of(1) == fixture.chain.cover_of(1));
    CHECK(again.last_final_ms() == 5'000);
    SECTION("a finalization whose block the log does not hold as final covers nothing") {
        FinalChain torn(*fixture.log);
        const auto lost = fixture.certificate(VoteKind::finalize, 9, fixture.digest_of({}));
        torn.resume(lost, block, 0);
        CHECK_FALSE(torn.cover_of(1));
    }
}

}  // namespace
}  // namespace cityledger::node::test
