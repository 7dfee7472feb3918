// The checker must see what it is there for.

#include "sim/simulator/checker.hpp"

#include <catch2/catch.hpp>

#include "ledger/memory_state_store.hpp"
#include "node/replica/replica_codes.hpp"

using namespace cityledger;
using namespace cityledger::sim;

namespace {

Digest digest_of(std::string_view text) { return crypto::sha256(as_bytes(text)); }

Bytes vote_frame(std::uint16_t validator, ledger::VoteKind kind, std::uint64_t view,
                 const Digest& block) {
    return node::encode_message(node::VoteMessage{{{kind, 0, view, block}, validator, {}}, {}});
}

node::FinalBlock block_at(std::uint64_t height, std::string_view name) {
    node::FinalBlock block;
    block.block.header.height = height;
    block.digest = digest_of(name);
    return block;
}

ledger::ExecutedBlock state_at(std::uint64_t height, std::string_view root) {
    ledger::ExecutedBlock executed;
    executed.state.height = height;
    executed.state.business_root = digest_of(root);
    return executed;
}

ledger::StoredReceipt receipt_of(std::string_view transaction, std::uint64_t height) {
    ledger::StoredReceipt stored;
    stored.receipt.transaction = digest_of(transaction);
    stored.receipt.height = height;
    return stored;
}

Bytes proposal_frame(std::uint16_t leader, std::uint64_t view, const Digest& block) {
    node::ProposalMessage message;
    message.proposal.vote = {{ledger::VoteKind::notarize, 0, view, block}, leader, {}};
    return node::encode_message(message);
}

node::ReplicaEvent standing_event(node::Standing now) {
    return node::StandingChanged{node::Standing::voting, {now, 0, "for a reason"}};
}

node::ReplicaEvent refusal_event(const Digest& block, const Code& code) {
    return node::BlockRefused{block, 7, Error{code, {}}};
}

struct Bench {
    SimulatedDisk disk{SimulatedRandom(1), {}};
    VirtualChecker checker{4};

    Bench() { checker.check_persisted_votes(false); }
    [[nodiscard]] bool broke_with(const std::string& part) const {
        return checker.broken() && checker.broken()->find(part) != std::string::npos;
    }
};

}  // namespace

TEST_CASE("the checker sees two chains, two states and two receipts") {
    Bench chains;
    chains.checker.on_block(0, block_at(1, "a"), state_at(1, "r"));
    chains.checker.on_block(1, block_at(1, "a"), state_at(1, "r"));
    CHECK_FALSE(chains.checker.broken());
    chains.checker.on_block(2, block_at(1, "b"), state_at(1, "r"));
    CHECK(chains.broke_with("two chains"));

    Bench states;
    states.checker.on_block(0, block_at(1, "a"), state_at(1, "r"));
    states.checker.on_block(1, block_at(1, "a"), state_at(1, "s"));
    CHECK(states.broke_with("state differs"));

    Bench receipts;
    ledger::ExecutedBlock executed = state_at(1, "r");
    receipts.checker.on_block(0, block_at(1, "a"), executed);
    executed.receipts.push_back(receipt_of("t", 1));
    receipts.checker.on_block(1, block_at(1, "a"), executed);
    CHECK(receipts.broke_with("receipts differ"));

    Bench replay;
    replay.checker.on_block(0, block_at(1, "a"), state_at(1, "r"));
    replay.checker.on_state(0, state_at(1, "r").state);
    CHECK_FALSE(replay.checker.broken());
    replay.checker.on_state(0, state_at(1, "s").state);
    CHECK(replay.broke_with("after the replay"));
}

TEST_CASE("the checker sees a transaction that is executed twice") {
    Bench bench;
    ledger::ExecutedBlock first = state_at(1, "r");
    first.receipts.push_back(receipt_of("t", 1));
    ledger::ExecutedBlock second = state_at(2, "s");
    second.receipts.push_back(receipt_of("t", 2));
    bench.checker.on_block(0, block_at(1, "a"), first);
    bench.checker.on_block(1, block_at(1, "a"), first);
    CHECK_FALSE(bench.checker.broken());
    bench.checker.on_block(0, block_at(2, "b"), second);
    CHECK(bench.broke_with("was executed at height 1 already"));
}

TEST_CASE("the checker sees a header that names a state that was not reached") {
    Bench bench;
    bench.checker.on_block(0, block_at(1, "a"), state_at(1, "r"));
    node::FinalBlock second = block_at(2, "b");
    second.block.header.executed = state_at(1, "other").state;
    bench.checker.on_block(0, second, state_at(2, "s"));
    CHECK(bench.broke_with("another state for height 1"));
}

TEST_CASE("the checker sees two votes of one kind in a view") {
    using ledger::VoteKind;
    const Digest a = digest_of("a");
    const Digest b = digest_of("b");
    Bench twice;
    twice.checker.on_send(1, vote_frame(1, VoteKind::notarize, 5, a), twice.disk);
    twice.checker.on_send(1, vote_frame(1, VoteKind::notarize, 5, a), twice.disk);
    twice.checker.on_send(1, vote_frame(1, VoteKind::notarize, 6, b), twice.disk);
    twice.checker.on_send(2, vote_frame(2, VoteKind::notarize, 5, b), twice.disk);
    // Votes of others may be passed on; they are judged where they come from.
    twice.checker.on_send(3, vote_frame(1, VoteKind::notarize, 5, b), twice.disk);
    CHECK_FALSE(twice.checker.broken());
    twice.checker.on_send(1, vote_frame(1, VoteKind::notarize, 5, b), twice.disk);
    CHECK(twice.broke_with("two votes of kind notarize"));

    Bench both;
    both.checker.on_send(1, vote_frame(1, VoteKind::nullify, 5, {}), both.disk);
    both.checker.on_send(1, vote_frame(1, VoteKind::finalize, 5, a), both.disk);
    CHECK(both.broke_with("both a nullify and a finalize"));

    // A node may finalize the certified block though it notarized another one (S4); two honest
    // nodes never finalize two blocks of one view.
    Bench other;
    other.checker.on_send(1, vote_frame(1, VoteKind::notarize, 5, a), other.disk);
    other.checker.on_send(1, vote_frame(1, VoteKind::finalize, 5, b), other.disk);
    CHECK_FALSE(other.checker.broken());
    other.checker.on_send(2, vote_frame(2, VoteKind::finalize, 5, a), other.disk);
    CHECK(other.broke_with("another block than another honest node's"));
}

TEST_CASE("the checker sees a vote that is not on the disk") {
    const ledger::VoteContent content{ledger::VoteKind::notarize, 0, 5, digest_of("a")};
    const bool synced = GENERATE(true, false);
    SimulatedDisk disk(SimulatedRandom(1), {});
    VirtualChecker checker(4);
    disk.set_observer([&](const DiskEvent& event) { checker.on_disk(1, event); });
    auto file = disk.open("log", true).value();
    REQUIRE(disk.sync_folder("").has_value());
    Bytes record = to_bytes(as_bytes("something before"));
    const Bytes vote = ledger::encode(content);
    record.insert(record.end(), vote.begin(), vote.end());
    REQUIRE(file->write_at(100, record).has_value());
    if (synced) REQUIRE(file->sync().has_value());
    checker.on_send(1, vote_frame(1, content.kind, content.view, content.block), disk);
    CHECK(checker.broken().has_value() == !synced);
}

TEST_CASE("the checker misses an acknowledged receipt, and sees a changed one") {
    Bench lost;
    const ledger::MemoryStateStore empty{};
    lost.checker.on_acknowledged(receipt_of("t", 1));
    CHECK(lost.checker.acknowledged() == 1);
    lost.checker.check_acknowledged(0, empty);
    CHECK(lost.broke_with("is lost"));

    Bench changed;
    changed.checker.on_acknowledged(receipt_of("t", 1));
    changed.checker.on_acknowledged(receipt_of("t", 2));
    CHECK(changed.broke_with("two receipts"));
}

TEST_CASE("the checker sees an honest node that halts or diverges") {
    using node::Standing;
    const Standing lost = GENERATE(Standing::halted, Standing::diverged);
    Bench bench;
    bench.checker.on_event(1, standing_event(Standing::syncing));
    bench.checker.on_event(1, standing_event(Standing::votes_lost));
    CHECK_FALSE(bench.checker.broken());
    bench.checker.mark_faulty(0);
    bench.checker.on_event(1, standing_event(lost));
    CHECK(bench.broke_with(lost == Standing::halted ? "node 1 is halted" : "node 1 is diverged"));
    CHECK(bench.broke_with("for a reason"));

    // With two of four faulty nothing is promised.
    Bench hopeless;
    hopeless.checker.mark_faulty(0);
    hopeless.checker.mark_faulty(2);
    hopeless.checker.on_event(1, standing_event(lost));
    CHECK_FALSE(hopeless.checker.broken());
}

TEST_CASE("the checker sees an honest node that refuses a block of an honest leader") {
    const Digest honest = digest_of("honest");
    const Digest forged = digest_of("forged");
    Bench bench;
    bench.checker.mark_faulty(0);
    bench.checker.on_send(1, proposal_frame(1, 5, honest), bench.disk);
    // Passed on by another node than its leader, a proposal says nothing about either.
    bench.checker.on_send(2, proposal_frame(0, 4, forged), bench.disk);
    bench.checker.on_event(3, refusal_event(forged, node::codes::block_wrong_roots));
    CHECK(bench.checker.refusals_seen() == 1);
    bench.checker.on_event(3, refusal_event(honest, node::codes::block_off_final_chain));
    CHECK_FALSE(bench.checker.broken());
    bench.checker.on_event(3, refusal_event(honest, node::codes::block_wrong_roots));
    CHECK(bench.broke_with("node 3 refuses block"));
    CHECK(bench.checker.refusals_seen() == 1);

    Bench hopeless;
    hopeless.checker.mark_faulty(0);
    hopeless.checker.mark_faulty(2);
    hopeless.checker.on_send(1, proposal_frame(1, 5, honest), hopeless.disk);
    hopeless.checker.on_event(3, refusal_event(honest, node::codes::block_wrong_roots));
    CHECK_FALSE(hopeless.checker.broken());
}
