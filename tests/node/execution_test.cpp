// Final blocks to the execution port: in order, whole, durable; and states compared.

#include "node/replica/execution.hpp"
#include "node/replica/replica_codes.hpp"
#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

ledger::ExecutedBlock reached(std::uint64_t height) {
    ledger::ExecutedBlock block;
    block.state.height = height;
    block.changed_state = true;
    return block;
}

}  // namespace

TEST_CASE("a final block is handed over once it is durable") {
    PartFixture fixture;
    const auto [digest, batch] = fixture.batch(1, 1);
    fixture.log->append_batch(digest, batch);
    fixture.append_final({digest});
    fixture.execution.pump();
    CHECK(fixture.port.wanted.empty());
    CHECK(fixture.execution.is_behind());
    REQUIRE_FALSE(fixture.syncer.asked.empty());  // it has asked for durability itself
    fixture.syncer.finish();
    fixture.execution.pump();
    REQUIRE(fixture.port.wanted.size() == 1);
    CHECK(fixture.port.wanted[0].height == 1);
    CHECK(fixture.port.wanted[0].batches == 1);
    CHECK_FALSE(fixture.execution.is_behind());
    fixture.port.wanted[0].done(reached(1));
    CHECK(fixture.execution.state().height == 1);
    CHECK(fixture.executed == std::vector<std::uint64_t>{1});
    CHECK_FALSE(fixture.execution.has_uncovered_change(0, 1));
    const std::size_t advances = fixture.advances;
    fixture.scheduler.run_ms(k_cover_delay_ms);
    CHECK(fixture.advances > advances);  // nobody has to ask at the right time
    CHECK(fixture.execution.has_uncovered_change(0, 1));
    CHECK_FALSE(fixture.execution.has_uncovered_change(0, 0));
    CHECK_FALSE(fixture.execution.has_uncovered_change(1, 1));  // the tail covers it
}

TEST_CASE("a block waits for the batches that are not held, and those of the next ones are told") {
    PartFixture fixture;
    const auto [first, first_batch] = fixture.batch(1, 1);
    const auto [second, second_batch] = fixture.batch(1, 2);
    fixture.append_final({first});
    fixture.append_final({second});
    fixture.log->request_sync();
    fixture.syncer.finish();
    fixture.execution.pump();
    CHECK(fixture.execution.missing() == std::set<Digest>{first, second});
    fixture.log->append_batch(second, second_batch);
    fixture.execution.pump();
    CHECK(fixture.port.wanted.empty());
    CHECK(fixture.execution.missing() == std::set<Digest>{first});
    fixture.log->append_batch(first, first_batch);
    fixture.execution.pump();
    fixture.syncer.finish();
    fixture.execution.pump();
    CHECK(fixture.port.wanted.size() == 2);
    CHECK(fixture.execution.missing().empty());
}

TEST_CASE("only so many blocks are in execution at once, in order") {
    PartFixture fixture;
    for (int i = 0; i < 8; ++i) fixture.append_final({});
    fixture.log->request_sync();
    fixture.syncer.finish();
    fixture.execution.pump();
    REQUIRE(fixture.port.wanted.size() == k_blocks_in_execution);
    fixture.port.wanted[0].done(reached(1));
    fixture.execution.pump();
    REQUIRE(fixture.port.wanted.size() == k_blocks_in_execution + 1);
    CHECK(fixture.port.wanted.back().height == k_blocks_in_execution + 1);
}

TEST_CASE("a failed execution stops the node") {
    PartFixture fixture;
    fixture.append_final({});
    fixture.log->request_sync();
    fixture.syncer.finish();
    fixture.execution.pump();
    REQUIRE(fixture.port.wanted.size() == 1);
    fixture.port.wanted[0].done(tl::unexpected<Error>(Error{k_sync_failed, "no store"}));
    CHECK(fixture.reactor.failed());
    CHECK(fixture.executed.empty());
}

TEST_CASE("the first reason why a node cannot vouch for its state stays") {
    PartFixture fixture;
    CHECK(fixture.execution.diverged().empty());
    fixture.execution.diverge("one");
    fixture.execution.diverge("two");
    CHECK(fixture.execution.diverged() == "one");
}
