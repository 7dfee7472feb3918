// The core on a real log: what it wants is done in its order.

#include "node/replica/core_driver.hpp"
#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

/// A fixture whose validator leads view 1, with the blocks and commits that the core asks for.
struct DriverFixture : PartFixture, CoreRequests {
    DriverFixture() : driver(make_core(), {}, *log, execution, links, reactor, trace) {
        connect_all();
        driver.start(*this);
        for (ValidatorIndex peer = 1; peer < k_part_validators; ++peer) {
            driver.give(consensus::PeerReachable{peer, true});
        }
        driver.give(consensus::VotingAllowed{0});
        go_on();
    }
    std::unique_ptr<consensus::Core> make_core() {
        consensus::CoreOptions options;
        options.self = 0;
        options.leader = [](View) { return ValidatorIndex{0}; };
        return std::make_unique<consensus::Core>(validators, &keys[0], options,
                                                 recovered.consensus);
    }
    void go_on() {
        do {
            driver.release();
            driver.drive(*this);
        } while (driver.has_more());
    }
    ledger::Block build_block(const consensus::BuildBlock& wanted) override {
        ledger::Block block;
        block.header.height = wanted.parent_header.height + 1;
        block.header.parent = wanted.parent;
        block.header.executed = wanted.parent_header.executed;
        block.header.batches_root = ledger::batches_root({});
        return block;
    }
    void check_block(const consensus::CheckBlock& wanted) override {
        driver.give(consensus::BlockChecked{wanted.digest, true});
    }
    void commit_block(const consensus::Commit& commit, std::uint64_t proof_sequence) override {
        commits.emplace_back(commit.digest, proof_sequence);
        (void)chain.add(commit.digest, commit.block, commit.finalization, proof_sequence, 0);
    }
    CoreDriver driver;
    std::vector<std::pair<Digest, std::uint64_t>> commits;
};

}  // namespace

TEST_CASE("a proposal and its vote leave when their record is durable, not before") {
    DriverFixture fixture;
    fixture.transport.sent.clear();
    fixture.driver.set_has_work(true);
    fixture.go_on();
    CHECK(fixture.told<BlockProposed>() == 1);
    CHECK(fixture.told<VoteRecorded>() == 1);
    CHECK(fixture.transport.take<ProposalMessage>().empty());
    const auto recorded =
        std::find_if(fixture.events.begin(), fixture.events.end(),
                     [](const auto& event) { return std::holds_alternative<VoteRecorded>(event); });
    REQUIRE(recorded != fixture.events.end());
    CHECK(fixture.driver.has_recorded(std::get<VoteRecorded>(*recorded).vote));
    fixture.syncer.finish();
    fixture.go_on();
    CHECK(fixture.transport.take<ProposalMessage>().size() == 3);
}

TEST_CASE("votes of others make a block final, with a proof in the log") {
    DriverFixture fixture;
    fixture.driver.set_has_work(true);
    fixture.go_on();
    fixture.syncer.finish();
    fixture.go_on();
    const auto proposals = fixture.transport.take<ProposalMessage>();
    REQUIRE_FALSE(proposals.empty());
    const Digest block = proposals[0].second.proposal.vote.content.block;
    for (const auto kind : {ledger::VoteKind::notarize, ledger::VoteKind::finalize}) {
        for (std::uint16_t peer = 1; peer < k_part_validators; ++peer) {
            auto vote = fixture.checker.check(fixture.vote(kind, 1, block, peer));
            REQUIRE(vote);
            fixture.driver.receive(consensus::VoteReceived{peer, *std::move(vote)});
            fixture.go_on();
        }
        fixture.syncer.finish();
        fixture.go_on();
    }
    REQUIRE(fixture.commits.size() == 1);
    CHECK(fixture.commits[0].first == block);
    CHECK(fixture.commits[0].second > 0);
    CHECK(fixture.commits[0].second <= fixture.log->last_sequence());
    CHECK(fixture.log->finalization(1).has_value());
    CHECK(fixture.told<ViewEntered>() >= 1);
    CHECK(fixture.told<CertificateKept>() >= 1);
}

TEST_CASE("while the disk is full nothing of peers enters, and timers wait") {
    DriverFixture fixture;
    set_full(fixture.disk, true);
    while (fixture.log->has_room()) fixture.log->append_evidence({});
    const View view = fixture.driver.core().view();
    auto vote = fixture.checker.check(fixture.vote(ledger::VoteKind::nullify, view, {}, 1));
    REQUIRE(vote);
    fixture.driver.receive(consensus::VoteReceived{1, *vote});
    CHECK_FALSE(fixture.driver.has_more());
    fixture.scheduler.run_ms(60'000);
    CHECK(fixture.told<ViewTimedOut>() == 0);
    set_full(fixture.disk, false);
    REQUIRE(fixture.log->make_room());
    fixture.driver.receive(consensus::VoteReceived{1, *std::move(vote)});
    CHECK(fixture.driver.has_more());
}

TEST_CASE("a view in which nothing happens is given up, and told") {
    DriverFixture fixture;
    fixture.syncer.finish();
    fixture.go_on();
    fixture.driver.give(consensus::WorkChanged{true});
    fixture.go_on();
    for (int i = 0; i < 300; ++i) {
        fixture.scheduler.run_ms(100);
        fixture.syncer.finish();
        fixture.go_on();
    }
    CHECK(fixture.told<ViewTimedOut>() >= 1);
    CHECK(fixture.driver.progress().view == fixture.driver.core().view());
}

TEST_CASE("a node that stopped voting spreads nothing with its own signature") {
    DriverFixture fixture;
    const Digest block = crypto::sha256(as_bytes("block"));
    const auto own = fixture.certificate(ledger::VoteKind::finalize, 1, block);
    ledger::Certificate others = own;
    others.signers.erase(others.signers.begin());
    others.signers.push_back({3, {}});
    CHECK(fixture.driver.may_vouch_for(own));
    fixture.driver.stop_voting();
    fixture.driver.stop_voting();
    fixture.go_on();
    CHECK_FALSE(fixture.driver.may_vouch_for(own));
    CHECK(fixture.driver.may_vouch_for(others));
    fixture.transport.sent.clear();
    fixture.driver.set_has_work(true);
    fixture.go_on();
    fixture.syncer.finish();
    fixture.go_on();
    CHECK(fixture.transport.take<ProposalMessage>().empty());
}
