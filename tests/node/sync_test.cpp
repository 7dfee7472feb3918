// A node that is behind: block sync, liars, and the question at start.

#include "cluster_fixture.hpp"
#include "node/replica/replica_codes.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

/// Three nodes make some blocks while node 3 is away, with an empty log and state.
void leave_behind(TestCluster& world, std::uint64_t heights) {
    for (ValidatorIndex i = 0; i < 3; ++i) world.start(i);
    int count = 0;
    while (world.final_height(0) < heights) {
        REQUIRE(count < 5000);
        world.submit(static_cast<ValidatorIndex>(count % 3),
                     world.transaction("b" + std::to_string(count)));
        ++count;
        world.run_ms(5);
    }
}

bool catches_up(TestCluster& world, std::uint64_t within_ms) {
    return world.run_until(
        [&] {
            const auto there = world.replica(0).status();
            const auto here = world.replica(3).status();
            return here.final_height >= there.final_height &&
                   here.executed.height >= there.executed.height;
        },
        within_ms);
}

}  // namespace

TEST_CASE("a node that is hundreds of blocks behind syncs from its peers and votes again") {
    TestCluster world({});
    leave_behind(world, 400);
    world.start(3);
    REQUIRE(catches_up(world, 10'000));
    const auto counters = world.replica(3).counters();
    CHECK(counters.at("blocksync_blocks") >= 300);
    CHECK(counters.at("blocksync_requests") < 20);
    CHECK(counters.at("log_syncs") < 200);
    world.check_agreement();
    world.stop(2);
    // The node is needed for a quorum now.
    const auto id = world.submit(3, world.transaction("needed"));
    CHECK(world.run_until([&] { return world.has_receipt(0, id); }, 20'000));
}

TEST_CASE("what a node synced survives a power cut in the middle of the sync") {
    TestCluster world({.seed = 5});
    leave_behind(world, 150);
    for (int life = 0; life < 6; ++life) {
        world.start(3);
        world.run_ms(3 + world.random.below(20));
        world.power_cut(3);
    }
    world.start(3);
    REQUIRE(catches_up(world, 20'000));
    world.check_agreement();
}

TEST_CASE("a lying sync peer is found out, and another one is asked") {
    struct Lie {
        const char* name;
        std::optional<Code> code;
        std::function<void(SyncAnswer&)> tell;
    };
    const std::vector<Lie> lies = {
        {"without its finalization", codes::sync_not_final,
         [](SyncAnswer& answer) { answer.blocks.back().finalization.reset(); }},
        {"with the certificate of another block", codes::sync_wrong_certificate,
         [](SyncAnswer& answer) {
             if (answer.blocks.size() > 1) {
                 answer.blocks[1].finalization = answer.blocks[0].finalization;
             }
         }},
        {"with a forged certificate", ledger::codes::vote_bad_signature,
         [](SyncAnswer& answer) {
             answer.blocks.back().finalization->signers[0].signature.bytes[3] ^= 1;
         }},
        {"with a batch of another block", codes::sync_foreign_batch,
         [](SyncAnswer& answer) {
             ledger::Batch batch;
             batch.header.sequence = 99'999;
             answer.blocks.front().batches.push_back(batch);
         }},
        {"with another header", std::nullopt,
         [](SyncAnswer& answer) { answer.blocks.front().block.header.parent = Digest{}; }},
        {"with nothing", std::nullopt, [](SyncAnswer& answer) { answer.blocks.clear(); }},
    };
    for (const auto& lie : lies) {
        INFO("an answer " << lie.name);
        TestCluster world({});
        leave_behind(world, 60);
        bool lied = false;
        world.cluster.set_meddler(
            [&](ValidatorIndex from, ValidatorIndex to, PeerMessage& message) {
                if (to != 3) return true;
                auto* answer = std::get_if<SyncAnswer>(&message);
                if (from == 2) return answer == nullptr || lied;  // the truth comes second
                if (answer && !answer->blocks.empty()) {          // nodes 0 and 1 lie to node 3
                    lie.tell(*answer);
                    lied = true;
                }
                if (auto* hint = std::get_if<Hint>(&message))
                    hint->progress.final_height = 1u << 30;
                return true;
            });
        world.start(3);
        CHECK(catches_up(world, 30'000));
        if (lie.code) CHECK(world.was_closed_for(*lie.code));
        world.cluster.set_meddler(nullptr);
        world.check_agreement();
    }
}

TEST_CASE("a peer that never answers costs a timeout only") {
    TestCluster world({});
    leave_behind(world, 60);
    world.cluster.set_meddler([](ValidatorIndex from, ValidatorIndex, PeerMessage& message) {
        return !(from == 0 && std::holds_alternative<SyncAnswer>(message));
    });
    world.start(3);
    CHECK(catches_up(world, 15'000));
}

/// The messages by which a node takes part in block sync and nothing else.
bool is_of_block_sync(const PeerMessage& message) {
    return std::holds_alternative<Hint>(message) || std::holds_alternative<SyncRequest>(message) ||
           std::holds_alternative<SyncAnswer>(message);
}

TEST_CASE("consensus asks for a block that block sync made final and the disk does not hold yet") {
    TestCluster world({});
    world.start_all();
    const auto everywhere = world.submit(0, world.transaction("all"));
    REQUIRE(world.run_until([&] { return world.has_receipt(3, everywhere); }, 10'000));
    world.run_ms(3000);
    enum class Passes { nothing, block_sync, all } passes = Passes::nothing;
    std::size_t fetched = 0;
    world.cluster.set_meddler([&](ValidatorIndex from, ValidatorIndex to, PeerMessage& message) {
        if (from != 3 && to != 3) return true;
        if (passes == Passes::block_sync) return is_of_block_sync(message);
        const bool is_block = to == 3 && std::holds_alternative<BlockAnswer>(message);
        if (passes == Passes::all && is_block) ++fetched;
        return passes == Passes::all;
    });
    const std::uint64_t left_at = world.final_height(3);
    for (int i = 0; i < 8; ++i) {
        const auto id = world.submit(0, world.transaction("away" + std::to_string(i)));
        REQUIRE(world.run_until([&] { return world.has_receipt(1, id); }, 30'000));
    }
    // Block sync brings all of it, and consensus hears of the same blocks before the sync ends.
    sim::DiskFaults slow = world.cluster.disk(3).faults();
    slow.sync_delay_us = 10'000 * sim::k_millisecond_us;
    world.cluster.disk(3).set_faults(slow);
    passes = Passes::block_sync;
    REQUIRE(world.run_until([&] { return world.final_height(3) >= left_at + 8; }, 5000));
    passes = Passes::all;
    REQUIRE(world.run_until([&] { return fetched >= 8; }, 5000));
    world.run_ms(100);
    CHECK(world.replica(3).status().executed.height <= left_at);  // nothing is durable yet
    CHECK(world.replica(3).counters().at("consensus_blocks_refused") == 0);
    world.run_ms(20'000);
    world.cluster.disk(3).set_faults(k_torn_disk);
    CHECK_FALSE(world.replica(3).status().consensus.halted);
    CHECK(world.replica(3).counters().at("consensus_blocks_refused") == 0);
    // It is needed for a quorum now.
    world.stop(2);
    const auto id = world.submit(0, world.transaction("needed"));
    CHECK(world.run_until([&] { return world.has_receipt(3, id); }, 30'000));
    world.check_agreement();
}

TEST_CASE("no node votes before a quorum has answered its question") {
    TestCluster world({});
    world.cluster.set_meddler([](ValidatorIndex, ValidatorIndex, PeerMessage& message) {
        return !std::holds_alternative<StartAnswer>(message);
    });
    world.start_all();
    world.submit(0, world.transaction("early"));
    world.run_ms(5000);
    for (ValidatorIndex i = 0; i < 4; ++i) {
        CHECK_FALSE(world.replica(i).status().standing.may_vote());
        CHECK(world.final_height(i) == 0);
    }
    world.cluster.set_meddler(nullptr);  // the question is asked again and again
    CHECK(world.run_until([&] { return world.acknowledged.size() == 1; }, 20'000));
}

bool asks(TestCluster& world, ValidatorIndex node) {
    return world.replica(node).status().standing.standing == Standing::asking;
}

TEST_CASE("a validator with a new log waits for all others and never contradicts itself") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        INFO("seed " << seed);
        TestCluster world({.seed = seed});
        world.start_all();
        for (int i = 0; i < 8; ++i) {
            world.submit(static_cast<ValidatorIndex>(i % 4),
                         world.transaction("w" + std::to_string(i)));
        }
        world.run_ms(20 + world.random.below(60));
        world.stop(3);
        world.wipe(3);
        world.start(3);
        // Until the others have passed the views that it may have voted in, it says from when.
        CHECK(world.run_until([&] { return !asks(world, 3); }, 10'000));
        const StandingReport standing = world.replica(3).status().standing;
        CHECK(standing.standing == Standing::votes_lost);
        CHECK(standing.reason.find(std::to_string(standing.votes_above_view)) != std::string::npos);
        const auto id = world.submit(3, world.transaction("wiped"));
        CHECK(world.run_until([&] { return world.has_receipt(0, id); }, 30'000));
        world.run_ms(2000);
        CHECK(world.run_until([&] { return world.replica(3).status().standing.may_vote(); }, 100));
        world.check_agreement();
        for (ValidatorIndex i = 0; i < 4; ++i) {
            CHECK(world.replica(i).status().consensus.evidence_count == 0);
        }
    }
}

TEST_CASE("with a lost record n - f others must answer, not one less") {
    TestCluster world({});
    world.start_all();
    for (int i = 0; i < 8; ++i) world.submit(0, world.transaction("x" + std::to_string(i)));
    world.run_ms(2000);
    world.stop(3);
    world.wipe(3);
    world.stop(2);
    world.start(3);
    world.run_ms(10'000);
    CHECK(asks(world, 3));
    world.start(2);
    CHECK(world.run_until([&] { return !asks(world, 3); }, 10'000));
}

/// Nodes 2 and 3 get back what their disks held earlier, as from a backup.
struct BackupStory {
    BackupStory() : world({}) {
        world.start_all();
        write(6);
        const sim::DiskImage backup_of_2 = world.cluster.disk(2).files();
        const sim::DiskImage backup_of_3 = world.cluster.disk(3).files();
        write(12);
        for (ValidatorIndex node = 0; node < 4; ++node) world.stop(node);
        REQUIRE(world.cluster.restore(2, backup_of_2));
        REQUIRE(world.cluster.restore(3, backup_of_3));
    }
    void write(int count) {
        for (int i = 0; i < count; ++i) {
            const auto id = world.submit(0, world.transaction("k" + std::to_string(written++)));
            REQUIRE(world.run_until([&] { return world.has_receipt(1, id); }, 30'000));
        }
        world.run_ms(3000);
    }
    void restart_all(bool network_was_stopped) {
        for (ValidatorIndex node = 0; node < 4; ++node) {
            if (world.cluster.running(node)) world.stop(node);
        }
        world.cluster.set_network_was_stopped(network_was_stopped);
        world.start_all();
        world.run_ms(5000);
    }

    TestCluster world;
    int written = 0;
};

TEST_CASE("two of four with older backups: the network names them, and from when they vote") {
    BackupStory story;
    story.restart_all(false);
    TestCluster& world = story.world;
    for (const ValidatorIndex node : {ValidatorIndex{2}, ValidatorIndex{3}}) {
        const StandingReport standing = world.replica(node).status().standing;
        CHECK(standing.standing == Standing::votes_lost);
        CHECK(standing.votes_above_view > 0);
    }
    for (ValidatorIndex node = 0; node < 4; ++node) {
        const std::string text = world.replica(node).status().network_waits_for;
        INFO(text);
        for (const ValidatorIndex lost : {ValidatorIndex{2}, ValidatorIndex{3}}) {
            const auto view = world.replica(lost).status().standing.votes_above_view;
            CHECK(text.find("node" + std::to_string(lost) +
                            " (votes_lost: it votes again above view " + std::to_string(view)) !=
                  std::string::npos);
        }
        CHECK(text.find("--network-was-stopped") != std::string::npos);
    }
    world.submit(0, world.transaction("waits"));
    world.run_ms(60'000);
    CHECK(world.acknowledged.size() == 18);
}

TEST_CASE("two of four with older backups: the way back once all were stopped") {
    BackupStory story;
    story.restart_all(false);
    story.restart_all(true);
    TestCluster& world = story.world;
    for (ValidatorIndex node = 0; node < 4; ++node) {
        INFO("node " << node << ": " << world.replica(node).status().standing.reason);
        CHECK(world.replica(node).status().standing.may_vote());
        CHECK(world.replica(node).status().network_waits_for.empty());
    }
    story.write(6);
    world.check_agreement();
    CHECK(world.acknowledged.size() == 24);
    for (ValidatorIndex node = 0; node < 4; ++node) {
        CHECK(world.replica(node).status().consensus.evidence_count == 0);
    }
}

TEST_CASE("the word that all were stopped is taken only with the answers of all others") {
    BackupStory story;
    story.world.cluster.set_network_was_stopped(true);
    TestCluster& world = story.world;
    for (ValidatorIndex node = 0; node < 3; ++node) world.start(node);
    world.run_ms(10'000);
    CHECK(asks(world, 2));
    CHECK(world.replica(2).status().standing.reason.find("start those that are down") !=
          std::string::npos);
    world.start(3);
    const bool votes =
        world.run_until([&] { return world.replica(2).status().standing.may_vote(); }, 10'000);
    INFO(world.replica(2).status().standing.reason);
    CHECK(votes);
}
