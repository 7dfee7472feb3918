// The World of scenarios in virtual time.

#include "sim/simulator/virtual_world.hpp"

#include <catch2/catch.hpp>

#include "sim/simulator/load.hpp"
#include "sim/simulator/simulator_codes.hpp"
#include "sim/world/world_codes.hpp"

using namespace cityledger;
using namespace cityledger::sim;

namespace {

struct Bench {
    WorldPlan plan = board_plan(1, 4);
    std::unique_ptr<World> world = make_virtual_world(plan, options());

    static VirtualOptions options() {
        VirtualOptions with_board;
        with_board.contracts = &board_contracts();
        return with_board;
    }
    ledger::Transaction write(std::uint32_t slot, const std::string& text) {
        const crypto::PrivateKey& key = *world->key_of("M1").value();
        ledger::TransactionBody body;
        body.chain_id = world->chain_id();
        body.sender = "M1";
        body.sender_key = key.public_key().bytes();
        body.nonce = world->nonce();
        body.expires_at_height = world->expiry_height().value();
        body.operations = {{"board", "write", ledger::encode(BoardWrite{slot, text})}};
        return ledger::sign_transaction(std::move(body), key);
    }
};

Fault fault_on(FaultKind kind, std::vector<std::size_t> nodes) {
    Fault fault;
    fault.kind = kind;
    fault.nodes = std::move(nodes);
    return fault;
}

}  // namespace

TEST_CASE("a transaction becomes a receipt, and a query shows what it did", "[virtual]") {
    Bench bench;
    CHECK(bench.world->kind() == "virtual");
    const ledger::Transaction transaction = bench.write(3, "hello");
    const auto receipt = bench.world->submit(transaction, 30'000);
    REQUIRE(receipt.has_value());
    CHECK(receipt->code == 0);
    CHECK(receipt->operations.at(0).code == 0);
    CHECK(receipt->operations.at(0).contract == "board");
    bench.world->wait(5'000);
    const boost::json::value slot = {{"slot", 3}, {"text", ""}};
    for (std::size_t node = 0; node < 4; ++node) {
        const auto found = bench.world->query("board", "read", slot, node, {});
        REQUIRE(found.has_value());
        CHECK(found->at("text").as_string() == "hello");
    }
    for (const auto& view : bench.world->receipts(receipt->transaction)) {
        CHECK(view.has_value());
    }
    const auto again = bench.world->submit(transaction, 30'000);
    REQUIRE(again.has_value());
    CHECK(again->height == receipt->height);
}

TEST_CASE("what nodes show of themselves agrees in lockstep", "[virtual]") {
    Bench bench;
    for (std::uint32_t i = 0; i < 5; ++i) {
        REQUIRE(bench.world->submit(bench.write(i, "x"), 30'000).has_value());
    }
    bench.world->wait(10'000);
    const auto nodes = bench.world->nodes();
    REQUIRE(nodes.size() == 4);
    for (const NodeView& node : nodes) {
        CHECK((node.running && node.honest));
        REQUIRE(node.status.has_value());
        CHECK(node.status->voting);
        CHECK(node.status->standing == "voting");
        CHECK(node.status->peers.at(3).standing == "voting");
        CHECK(node.status->network_waits_for.empty());
        CHECK(node.status->business_root == nodes[0].status->business_root);
        CHECK(node.status->final_height == nodes[0].status->final_height);
        CHECK(node.status->chain_id == bench.world->chain_id());
    }
}

TEST_CASE("faults do what they say, and impossible ones are refused", "[virtual]") {
    Bench bench;
    World& world = *bench.world;
    REQUIRE(world.can(FaultKind::byzantine).has_value());
    CHECK(world.inject(fault_on(FaultKind::kill, {9})).error().code == codes::world_unknown_node);
    CHECK(world.inject(fault_on(FaultKind::restart, {1})).error().code ==
          codes::virtual_wrong_state);
    REQUIRE(world.inject(fault_on(FaultKind::kill, {1})).has_value());
    CHECK_FALSE(world.nodes()[1].running);
    CHECK_FALSE(world.nodes()[1].status.has_value());
    REQUIRE(world.submit(bench.write(1, "three are enough"), 60'000).has_value());
    REQUIRE(world.inject(fault_on(FaultKind::pause, {2})).has_value());
    CHECK(world.submit(bench.write(1, "two are not"), 10'000).error().code ==
          codes::world_timed_out);
    const auto left = world.nodes()[0].status;
    REQUIRE(left.has_value());
    CHECK(left->network_waits_for.find("2 of 4 validators may vote") == 0);
    CHECK(left->peers.at(1).standing.empty());
    REQUIRE(world.inject(fault_on(FaultKind::resume, {2})).has_value());
    REQUIRE(world.inject(fault_on(FaultKind::restart, {1})).has_value());
    CHECK(world.submit(bench.write(1, "four again"), 60'000).has_value());
    Fault cut;
    cut.kind = FaultKind::partition;
    cut.groups = {{0, 1}, {2, 3}};
    REQUIRE(world.inject(cut).has_value());
    CHECK_FALSE(world.submit(bench.write(1, "two and two"), 20'000).has_value());
    cut.groups = {{0, 7}};
    CHECK(world.inject(cut).error().code == codes::world_unknown_node);
    REQUIRE(world.inject(fault_on(FaultKind::heal, {})).has_value());
    CHECK(world.submit(bench.write(1, "whole"), 60'000).has_value());
    Fault lie = fault_on(FaultKind::byzantine, {3});
    lie.behaviour = "equivocate";
    REQUIRE(world.inject(lie).has_value());
    CHECK_FALSE(world.nodes()[3].honest);
    CHECK(world.submit(bench.write(1, "in spite of a liar"), 60'000).has_value());
}

TEST_CASE("what cannot be done is refused with a reason", "[virtual]") {
    Bench bench;
    World& world = *bench.world;
    CHECK(world.key_of("nobody").error().code == codes::world_unknown_member);
    const auto key = world.make_key("nobody");
    REQUIRE(key.has_value());
    CHECK(world.key_of("nobody").value()->public_key().bytes() == *key);
    const auto second = world.make_key("nobody");
    CHECK(second.value() != *key);
    CHECK(world.make_key("nobody").value() != *second);
    CHECK(world.make_key("M2").value() != world.make_key("M2").value());
    CHECK_FALSE(world.query("board", "burn", {}, std::nullopt, {}).has_value());
    CHECK(world.query("board", "read", {{"slot", 1}, {"text", ""}}, 11, {}).error().code ==
          codes::world_unknown_node);
    ledger::Transaction forged = bench.write(1, "x");
    forged.signature.bytes[5] ^= 1;
    CHECK(world.submit(forged, 60'000).error().code == ledger::codes::transaction_bad_signature);
    for (std::size_t node = 0; node < 4; ++node) {
        REQUIRE(world.inject(fault_on(FaultKind::kill, {node})).has_value());
    }
    CHECK(world.submit(bench.write(1, "x"), 1'000).error().code == codes::virtual_no_node_runs);
}

TEST_CASE("a broken invariant ends every call with the seed", "[virtual]") {
    VirtualWorld world(board_plan(77, 4), Bench::options());
    world.cluster().checker().fail("made up");
    CHECK(world.inject(fault_on(FaultKind::heal, {})).error().code ==
          codes::world_invariant_broken);
    const auto report = world.cluster().report();
    REQUIRE(report.has_value());
    CHECK(report->find("made up") != std::string::npos);
    CHECK(report->find("seed 77") != std::string::npos);
}

TEST_CASE("one seed makes one world: chain, keys, nonces and trace", "[virtual]") {
    Bench one;
    Bench same;
    CHECK(one.world->chain_id() == same.world->chain_id());
    REQUIRE(one.world->submit(one.write(1, "x"), 30'000).has_value());
    REQUIRE(same.world->submit(same.write(1, "x"), 30'000).has_value());
    CHECK(one.world->trace_hash() == same.world->trace_hash());
    WorldPlan other = board_plan(2, 4);
    CHECK(make_virtual_world(other, Bench::options())->chain_id() != one.world->chain_id());
}
