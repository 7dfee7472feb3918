// Blocks that a node builds, and how it waits until it can judge one.

#include "node/replica/proposals.hpp"
#include "node/replica/replica_codes.hpp"
#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

struct ProposalsFixture : PartFixture {
    ProposalsFixture()
        : core(validators, &keys[0], core_options(), recovered.consensus),
          pool(k_part_validators, validators.quorum(), ValidatorIndex{0}),
          proposals(validators, *log, chain, execution, state, pool, links.peers(), checker,
                    trace) {
        connect_all();
        REQUIRE(ledger::Executor::open(genesis, note_contracts(), state));  // the state of height 0
        (void)core.start();
    }
    static consensus::CoreOptions core_options() {
        consensus::CoreOptions options;
        options.self = 0;
        return options;
    }
    /// The core knows the block: it was proposed by the leader of view 1.
    Digest propose(const ledger::Block& block) {
        const Digest digest = digest_of(block);
        consensus::Proposal proposal{vote(ledger::VoteKind::notarize, 1, digest, 1), 0, block};
        (void)core.step(consensus::ProposalReceived{
            1, ledger::Verified<consensus::Proposal>::assume(std::move(proposal))});
        proposals.check({digest, block, ledger::genesis_header(validators.chain_id()), {}}, core);
        return digest;
    }
    Digest hold(std::uint16_t author, std::uint64_t sequence, bool by_quorum) {
        const auto [digest, made] = batch(author, sequence);
        log->append_batch(digest, made);
        pool.add_held(digest, *made, log->batch_bytes(digest), 0);
        if (by_quorum) {
            for (ValidatorIndex peer = 1; peer < k_part_validators; ++peer) {
                pool.add_holder(digest, peer, 0);
            }
        }
        return digest;
    }
    consensus::Core core;
    BatchPool pool;
    Proposals proposals;
};

}  // namespace

TEST_CASE("a block names what a quorum holds, once") {
    ProposalsFixture fixture;
    const Digest first = fixture.hold(1, 1, true);
    fixture.hold(2, 1, false);
    const auto genesis = ledger::genesis_header(fixture.validators.chain_id());
    const ledger::Block block =
        fixture.proposals.build({1, fixture.log->final_digest(), genesis, {}}, fixture.core);
    CHECK(block.header.height == 1);
    CHECK(block.batches == std::vector<Digest>{first});
    CHECK(ledger::check_block_form(block, fixture.validators.chain_id()));

    const auto last = fixture.append_final({first});  // the pool still holds it
    const ledger::Block next =
        fixture.proposals.build({2, fixture.digest_of(last), last.header, {}}, fixture.core);
    CHECK(next.batches.empty());
}

TEST_CASE("a block whose batch is not held is judged when it is") {
    ProposalsFixture fixture;
    const auto [digest, batch] = fixture.batch(1, 1);
    const Digest block = fixture.propose(fixture.block_on_top({digest}));
    CHECK(fixture.proposals.judge(fixture.core).empty());
    CHECK(fixture.proposals.missing() == std::set<Digest>{digest});
    fixture.log->append_batch(digest, batch);
    CHECK(fixture.proposals.missing().empty());
    const auto verdicts = fixture.proposals.judge(fixture.core);
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].block == block);
    CHECK(fixture.proposals.judge(fixture.core).empty());
}

TEST_CASE("a block that breaks a rule is refused at once, counted and told") {
    ProposalsFixture fixture;
    const Digest named = fixture.hold(1, 1, true);
    fixture.append_final({named});
    ledger::Block again = fixture.block_on_top({named});
    const Digest digest = fixture.digest_of(again);
    fixture.proposals.check({digest, again, fixture.log->final_block(1)->header, {}}, fixture.core);
    const auto verdicts = fixture.proposals.judge(fixture.core);
    REQUIRE(verdicts.size() == 1);
    CHECK_FALSE(verdicts[0].valid);
    CHECK(fixture.proposals.refused() == 1);
    REQUIRE(fixture.told<BlockRefused>() == 1);
    CHECK(std::get<BlockRefused>(fixture.events.back()).reason.code ==
          codes::block_batch_named_before);
}

TEST_CASE("L3: of a long tail under judgement no block is forgotten, the lowest neither") {
    ProposalsFixture fixture;
    constexpr std::uint64_t k_tail_blocks = 200;
    std::vector<ledger::Block> tail;
    std::vector<std::shared_ptr<const ledger::Batch>> batches;
    std::vector<Digest> digests;  // newest first
    for (std::uint64_t height = 1; height <= k_tail_blocks; ++height) {
        const auto [batch_digest, batch] = fixture.batch(1, height);
        // Higher up no batch may be named, so those blocks lack nothing.
        const bool lacks = height <= ledger::k_max_execution_lag_heights;
        ledger::Block block =
            fixture.block_on_top(lacks ? std::vector<Digest>{batch_digest} : std::vector<Digest>{});
        block.header.height = height;
        block.header.executed = ledger::find_executed_state(fixture.state, 0).value();
        if (!digests.empty()) block.header.parent = digests.front();
        tail.push_back(block);
        batches.push_back(batch);
        digests.insert(digests.begin(), fixture.digest_of(block));
    }
    // A notarization of the newest; the core then asks for one after the other, downwards.
    (void)fixture.core.step(consensus::CertificateReceived{
        1, ledger::Verified<ledger::Certificate>::assume(
               fixture.certificate(ledger::VoteKind::notarize, k_tail_blocks, digests.front()))});
    for (auto block = tail.rbegin(); block != tail.rend(); ++block) {
        (void)fixture.core.step(consensus::BlockReceived{*block});
    }
    ledger::BlockHeader parent = ledger::genesis_header(fixture.validators.chain_id());
    for (std::size_t i = 0; i < tail.size(); ++i) {
        const Digest digest = digests[tail.size() - 1 - i];
        const std::vector<Digest> below(digests.end() - static_cast<std::ptrdiff_t>(i),
                                        digests.end());
        fixture.proposals.check({digest, tail[i], parent, below}, fixture.core);
        parent = tail[i].header;
    }
    constexpr std::size_t k_lacking = ledger::k_max_execution_lag_heights;
    CHECK(fixture.proposals.judge(fixture.core).size() == k_tail_blocks - k_lacking);
    CHECK(fixture.proposals.missing().size() == k_lacking);
    for (std::size_t i = 0; i < k_lacking; ++i) {
        fixture.log->append_batch(tail[i].batches.front(), batches[i]);
        const auto verdicts = fixture.proposals.judge(fixture.core);
        REQUIRE(verdicts.size() == 1);
        CHECK(verdicts[0].block == digests[tail.size() - 1 - i]);
        CHECK(verdicts[0].valid);
    }
}
