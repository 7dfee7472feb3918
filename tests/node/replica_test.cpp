// Stories of whole replicas in virtual time.

#include "cluster_fixture.hpp"
#include "node/log/block_log.hpp"
#include "node/log/log_codes.hpp"
#include "node/replica/replica_codes.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

/// Submits `count` notes at the nodes in turn and waits until every running node has executed them.
void commit_notes(TestCluster& world, const std::string& name, int count,
                  std::vector<ValidatorIndex> at = {0, 1, 2, 3}, std::uint64_t within_ms = 20'000) {
    std::vector<Digest> ids;
    for (int i = 0; i < count; ++i) {
        const auto note = world.transaction(name + std::to_string(i));
        ids.push_back(world.submit(at[i % at.size()], note));
    }
    const bool done = world.run_until(
        [&] {
            for (const auto& id : ids) {
                for (const auto index : at) {
                    if (!world.has_receipt(index, id)) return false;
                }
            }
            return true;
        },
        within_ms);
    REQUIRE(done);
}

}  // namespace

TEST_CASE("four replicas commit transactions and agree on blocks and state") {
    TestCluster world({});
    world.start_all();
    commit_notes(world, "first", 40);
    world.run_ms(1000);
    CHECK(world.acknowledged.size() == 40);
    CHECK(world.refusals.empty());
    CHECK(world.cluster.network().closed_for().empty());
    world.check_agreement();
    for (ValidatorIndex i = 0; i < 4; ++i) {
        const auto status = world.replica(i).status();
        CHECK(status.standing.may_vote());
        CHECK(status.mempool_transactions == 0);
        CHECK(status.batches_held == 0);
        CHECK(status.executed.height == status.final_height);
    }
}

TEST_CASE("one replica alone commits") {
    TestCluster world({.nodes = 1});
    world.start_all();
    commit_notes(world, "alone", 10, {0});
    world.check_agreement();
}

TEST_CASE("an idle network is quiet: no blocks, no writes, few messages") {
    TestCluster world({});
    world.start_all();
    commit_notes(world, "before", 8);
    world.run_ms(3000);
    const auto height = world.final_height(0);
    const auto writes = world.cluster.disk(0).writes();
    const auto sent = world.replica(0).counters().at("p2p_send_bytes");
    world.run_ms(20'000);
    CHECK(world.final_height(0) == height);
    CHECK(world.cluster.disk(0).writes() == writes);
    CHECK(world.replica(0).counters().at("p2p_send_bytes") - sent < 20 * 3 * 200);
    world.run_ms(60'000);  // the heartbeat
    CHECK(world.final_height(0) > height);
}

TEST_CASE("three of four go on without the fourth, which catches up after its restart") {
    TestCluster world({});
    world.start_all();
    commit_notes(world, "all", 8);
    world.stop(3);
    commit_notes(world, "three", 20, {0, 1, 2});
    const auto height = world.final_height(0);
    world.start(3);
    CHECK(world.run_until([&] { return world.final_height(3) >= height; }, 20'000));
    commit_notes(world, "again", 8);
    world.check_agreement();
    CHECK(world.replica(3).status().standing.may_vote());
}

TEST_CASE("a node whose state store lost its last blocks replays them from the log") {
    TestCluster world({.nodes = 1});
    world.start_all();
    commit_notes(world, "note", 12, {0});
    const auto before = world.replica(0).status();
    world.stop(0);
    auto& store = world.cluster.state_store(0);
    REQUIRE(store.unflushed_heights() > 0);
    store.crash(store.unflushed_heights() / 2);
    world.start(0);
    CHECK(world.replica(0).status().executed.height >= before.executed.height);
    world.check_agreement();
    world.stop(0);
    store = {};
    world.start(0);
    commit_notes(world, "later", 3, {0});
}

TEST_CASE("a state above the log is refused by start, cleared, and on record as lost votes") {
    TestCluster world({.nodes = 1});
    auto& disk = world.cluster.disk(0);
    auto& store = world.cluster.state_store(0);
    const auto& genesis = world.cluster.genesis();
    const sim::DiskImage new_log = disk.files();
    world.start_all();
    commit_notes(world, "note", 3, {0});
    world.stop(0);
    disk.restore(new_log);
    LoneReplica lone(world, 0);
    CHECK(lone.replica.start().error().code == codes::state_above_log);
    const auto prepared = prepare_state(disk, "log", genesis, 256 * 1024, store);
    REQUIRE(prepared);
    CHECK(*prepared);
    CHECK_FALSE(store.applied_height());
    const auto again = prepare_state(disk, "log", genesis, 256 * 1024, store);
    REQUIRE(again);
    CHECK_FALSE(*again);
    disk.power_cut();
    PromptSyncer syncer;
    RecoveredLog recovered;
    REQUIRE(BlockLog::open(disk, syncer, "log", world.cluster.chain_id(), 256 * 1024, recovered));
    REQUIRE(recovered.lost_votes);
    CHECK(recovered.lost_votes->votes_above_view == 0);
}

TEST_CASE("a node whose log lost its durable end makes its state again and waits for the others") {
    TestCluster world({});
    world.start_all();
    commit_notes(world, "before", 2, {0, 1, 2, 3});
    world.stop(3);
    const sim::DiskImage backup = world.cluster.disk(3).files();
    world.start(3);
    commit_notes(world, "after", 3, {0, 1, 2, 3});
    world.stop(3);
    world.cluster.disk(3).restore(backup);  // the state store keeps what it has executed
    world.start(3);
    REQUIRE(world.run_until([&] { return world.final_height(3) == world.final_height(0); }, 5000));
    const auto standing = world.replica(3).status().standing.standing;
    CHECK((standing == Standing::asking || standing == Standing::votes_lost));
    commit_notes(world, "later", 6, {0, 1, 2, 3});
    REQUIRE(world.run_until(
        [&] { return world.replica(3).status().standing.standing == Standing::voting; }, 10'000));
    world.check_agreement();
}

TEST_CASE("all four lose power fifty times and no acknowledged receipt is lost") {
    constexpr std::uint64_t k_seed = 77;
    INFO("seed " << k_seed);
    TestCluster world({.seed = k_seed, .log_segment_bytes = 64 * 1024});
    for (int life = 0; life < 50; ++life) {
        world.start_all();
        for (int i = 0; i < 4; ++i) {
            const std::uint64_t at = world.random.below(4);
            world.submit(at, world.transaction("p" + std::to_string(life * 4 + i)));
        }
        world.run_ms(2 + world.random.below(120));
        for (ValidatorIndex i = 0; i < 4; ++i) world.power_cut(i);
    }
    world.start_all();
    const auto everywhere = [&] {
        for (const auto& id : world.acknowledged) {
            for (ValidatorIndex i = 0; i < 4; ++i) {
                if (!world.has_receipt(i, id)) return false;
            }
        }
        return true;
    };
    CHECK(world.run_until(everywhere, 60'000));
    CHECK(world.acknowledged.size() > 20);
    world.check_agreement();
    for (ValidatorIndex i = 0; i < 4; ++i) {
        CHECK(world.replica(i).status().consensus.evidence_count == 0);
    }
    commit_notes(world, "after", 8);
}

/// Whether a node misses acknowledged receipts after power cuts of all, or refuses its own log.
bool loses_receipts(bool disks_lie) {
    constexpr std::uint64_t k_seed = 78;
    INFO("seed " << k_seed);
    TestCluster world({.seed = k_seed, .disks_lie = disks_lie});
    world.may_break = disks_lie;
    for (int life = 0; life < 20; ++life) {
        world.start_all();
        for (ValidatorIndex i = 0; i < 4; ++i) world.submit(i, world.transaction("c"));
        world.run_ms(200);
        for (ValidatorIndex i = 0; i < 4; ++i) world.power_cut(i);
        for (ValidatorIndex i = 0; i < 4; ++i) world.cluster.state_store(i) = {};
        for (ValidatorIndex i = 0; i < 4; ++i) {
            if (!world.cluster.restart(i)) return true;  // the log itself is found to be wrong
        }
        world.run_ms(2000);
        for (const auto& id : world.acknowledged) {
            if (!world.has_receipt(0, id)) return true;
        }
        for (ValidatorIndex i = 0; i < 4; ++i) world.stop(i);
    }
    CHECK(world.acknowledged.size() > 20);
    return false;
}

TEST_CASE("control: disks that only say that they synced lose acknowledged receipts") {
    CHECK(loses_receipts(true));
    CHECK_FALSE(loses_receipts(false));
}

TEST_CASE("a failed sync stops the node before it acknowledges anything") {
    TestCluster world({.nodes = 1});
    world.start_all();
    commit_notes(world, "good", 2, {0});
    world.stop(0);
    LoneReplica lone(world, 0);
    REQUIRE(lone.replica.start());
    world.run_ms(1000);
    REQUIRE(lone.replica.status().accepts_transactions);
    world.cluster.disk(0).fail_next_sync();
    lone.submit("bad");
    world.run_ms(5000);
    REQUIRE(lone.fatal);
    CHECK(lone.acknowledged == 0);
    CHECK_FALSE(lone.replica.status().accepts_transactions);
    lone.refusals.clear();
    lone.submit("late");
    world.run_ms(10);
    REQUIRE(lone.refusals.size() == 1);
    CHECK(lone.refusals[0].code == codes::node_not_accepting);
}

TEST_CASE("a full disk refuses new work, keeps reading, and goes on when there is room") {
    TestCluster world({.nodes = 1, .log_segment_bytes = 128 * 1024});
    world.start_all();
    set_full(world.cluster.disk(0), true);
    int count = 0;
    while (world.replica(0).status().accepts_transactions && count < 500) {
        world.submit(0, world.transaction("f" + std::to_string(count++)));
        world.run_ms(20);
    }
    REQUIRE_FALSE(world.replica(0).status().accepts_transactions);
    CHECK(world.cluster.fatal_errors() == 0);
    CHECK(world.replica(0).status().refuses_because == "the disk is full");
    CHECK(world.replica(0).final_block(1));
    set_full(world.cluster.disk(0), false);
    REQUIRE(world.run_until([&] { return world.replica(0).status().accepts_transactions; }, 5000));
    commit_notes(world, "room", 20, {0});
}

TEST_CASE("a batch that never reached a voter is fetched from others") {
    TestCluster world({});
    world.cluster.set_meddler([](ValidatorIndex from, ValidatorIndex to, PeerMessage& message) {
        return !(from == 0 && to == 3 && std::holds_alternative<BatchPush>(message));
    });
    world.start_all();
    commit_notes(world, "lost", 12);
    world.check_agreement();
}

TEST_CASE("a batch with a bad signature costs its sender the session and is never voted for") {
    TestCluster world({});
    world.cluster.set_meddler([](ValidatorIndex from, ValidatorIndex, PeerMessage& message) {
        auto* push = std::get_if<BatchPush>(&message);
        if (from == 2 && push && !push->batch.transactions.empty()) {
            push->batch.transactions[0].signature.bytes[7] ^= 1;
        }
        return true;
    });
    world.start_all();
    world.submit(2, world.transaction("forged"));
    world.run_ms(500);
    CHECK_FALSE(world.cluster.network().closed_for().empty());
    world.cluster.set_meddler(nullptr);
    commit_notes(world, "honest", 8, {0, 1, 3});
    world.check_agreement();
}

TEST_CASE("a proposal whose vote names another block ends the session") {
    TestCluster world({});
    world.cluster.set_meddler([](ValidatorIndex from, ValidatorIndex to, PeerMessage& message) {
        auto* proposal = std::get_if<ProposalMessage>(&message);
        if (from == 1 && to == 2 && proposal) proposal->proposal.block.header.height += 1;
        return true;
    });
    world.start_all();
    commit_notes(world, "note", 12);
    CHECK(world.was_closed_for(codes::proposal_wrong_vote));
    world.check_agreement();
}

TEST_CASE("a node whose state differs stops voting and says so; the others go on") {
    TestCluster world({.computes_wrong = 3});
    world.start_all();
    std::vector<Digest> ids;
    for (int i = 0; i < 6; ++i) {
        ids.push_back(world.submit(0, world.transaction("d" + std::to_string(i))));
        world.run_ms(400);
    }
    CHECK(world.run_until([&] { return !world.replica(3).status().standing.may_vote(); }, 20'000));
    const auto status = world.replica(3).status();
    CHECK(status.refuses_because.find(std::string(codes::state_diverged.name)) !=
          std::string::npos);
    commit_notes(world, "right", 8, {0, 1, 2});
}

/// Whether this validator's signature stands in a certificate that the message spreads.
bool spreads_signature_of(ValidatorIndex validator, const PeerMessage& message) {
    const auto has_signed = [validator](const std::optional<ledger::Certificate>& certificate) {
        return certificate && std::any_of(certificate->signers.begin(), certificate->signers.end(),
                                          [validator](const auto& signer) {
                                              return signer.validator == validator;
                                          });
    };
    if (const auto* told = std::get_if<CertificateMessage>(&message)) {
        return has_signed(told->certificate);
    }
    if (const auto* answer = std::get_if<StartAnswer>(&message)) {
        return has_signed(answer->highest_certificate);
    }
    const auto* answer = std::get_if<SyncAnswer>(&message);
    return answer && std::any_of(answer->blocks.begin(), answer->blocks.end(),
                                 [&](const auto& item) { return has_signed(item.finalization); });
}

TEST_CASE("a node whose state differs spreads no certificate with its own signature") {
    std::size_t before = 0;
    std::size_t afterwards = 0;
    std::size_t asked = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        INFO("seed " << seed);
        TestCluster world({.seed = seed, .computes_wrong = 3});
        bool diverged = false;
        world.cluster.set_meddler(
            [&](ValidatorIndex from, ValidatorIndex to, PeerMessage& message) {
                if (from == 3 && spreads_signature_of(3, message))
                    ++(diverged ? afterwards : before);
                const bool asks = std::holds_alternative<StartQuestion>(message) ||
                                  std::holds_alternative<SyncRequest>(message);
                if (diverged && to == 3 && asks) ++asked;
                return true;
            });
        world.start_all();
        for (int i = 0; i < 3; ++i) world.submit(0, world.transaction("d" + std::to_string(i)));
        const auto has_diverged = [&] { return !world.replica(3).status().standing.may_vote(); };
        REQUIRE(world.run_until([&] { return !has_diverged(); }, 5'000));
        REQUIRE(world.run_until(has_diverged, 20'000));
        // What it holds now stays the newest there is. Those that come back ask it: one with its
        // log, and one without.
        for (ValidatorIndex node = 0; node < 3; ++node) world.stop(node);
        diverged = true;
        world.wipe(1);
        world.start(0);
        world.start(1);
        world.run_ms(10'000);
        CHECK(afterwards == 0);
    }
    CHECK(before > 0);
    CHECK(asked > 0);
}

TEST_CASE("while a tenth of all messages is lost the nodes agree, and afterwards they go on") {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        INFO("seed " << seed);
        TestCluster world({.seed = seed});
        world.cluster.set_meddler([&](ValidatorIndex, ValidatorIndex, PeerMessage&) {
            return world.random.below(10) != 0;
        });
        world.start_all();
        for (int i = 0; i < 20; ++i) {
            world.submit(static_cast<ValidatorIndex>(i % 4),
                         world.transaction("l" + std::to_string(i)));
            world.run_ms(world.random.below(100));
        }
        CHECK(world.run_until([&] { return world.acknowledged.size() == 20; }, 60'000));
        world.check_agreement();
        world.cluster.set_meddler(nullptr);
        commit_notes(world, "clean", 8);
        world.check_agreement();
    }
}

TEST_CASE("an idle network sends one hint a second on each link and nothing else") {
    TestCluster world({});
    world.start_all();
    const auto id = world.submit(0, world.transaction("last"));
    REQUIRE(world.run_until([&] { return world.has_receipt(3, id); }, 10'000));
    world.run_ms(3000);
    std::map<std::pair<ValidatorIndex, ValidatorIndex>, std::size_t> sent;
    world.cluster.set_meddler([&](ValidatorIndex from, ValidatorIndex to, PeerMessage& message) {
        CHECK(std::holds_alternative<Hint>(message));
        sent[{from, to}] += 1;
        return true;
    });
    world.run_ms(50'000);  // shorter than the heartbeat
    CHECK(sent.size() == 12);
    for (const auto& [link, count] : sent) CHECK(count <= 51);
}
