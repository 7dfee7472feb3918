// Batches between validators: kept, acknowledged, told again, asked for.

#include "node/replica/batch_exchange.hpp"
#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

struct ExchangeFixture : PartFixture {
    ExchangeFixture()
        : exchange(validators, state, judge(), *log, chain, links, verifier, reactor) {
        connect_all();
        enrol_sender();
    }
    void push(ValidatorIndex from, const ledger::Batch& batch) {
        BatchPush message{batch};
        exchange.on_push(from, message, ledger::encode(batch).size());
    }
    BatchExchange exchange;
};

}  // namespace

TEST_CASE("a pushed batch is kept and acknowledged to all once its signatures are checked") {
    ExchangeFixture fixture;
    const auto [digest, batch] = fixture.batch(1, 1);
    fixture.push(1, *batch);
    CHECK_FALSE(fixture.log->has_batch(digest));
    CHECK(fixture.transport.sent.empty());
    fixture.verifier.answer({});
    CHECK(fixture.log->has_batch(digest));
    const auto acks = fixture.transport.take<BatchAck>();
    REQUIRE(acks.size() == 3);
    CHECK(acks[0].second.batches == std::vector<Digest>{digest});
    CHECK_FALSE(fixture.exchange.pool().is_available(digest));  // two hold it: no quorum
    fixture.exchange.on_ack(2, BatchAck{{digest}});
    CHECK(fixture.exchange.pool().is_available(digest));
}

TEST_CASE("a batch with what must stand in no log is not kept, even if a block names it") {
    ExchangeFixture fixture;
    const auto [digest, batch] = fixture.batch(1, 1);
    fixture.refused_by_judge = refuse(ledger::codes::operation_bad_arguments, "buyer").value();
    fixture.refused_sender = batch->transactions[0].body.sender;
    fixture.exchange.pursue({digest});
    fixture.push(1, *batch);
    CHECK(fixture.verifier.asked.empty());
    CHECK_FALSE(fixture.log->has_batch(digest));
    REQUIRE(fixture.transport.closed.size() == 1);
    CHECK(fixture.transport.closed[0].first == 1);
}

TEST_CASE("a batch with a bad signature costs its sender the session") {
    ExchangeFixture fixture;
    const auto [digest, batch] = fixture.batch(1, 1);
    fixture.push(2, *batch);
    fixture.verifier.answer(tl::unexpected<Error>(Error{k_sync_failed, "bad"}));
    REQUIRE(fixture.transport.closed.size() == 1);
    CHECK(fixture.transport.closed[0].first == 2);
    CHECK_FALSE(fixture.log->has_batch(digest));
    Counters counters;
    fixture.exchange.add_counters(counters);
    CHECK(counters.at("mempool_bad_batches") == 1);
}

TEST_CASE("no peer has more than its share of batches under check") {
    ExchangeFixture fixture;
    for (std::uint64_t i = 1; i <= k_batch_checks_per_peer + 5; ++i) {
        fixture.push(1, *fixture.batch(1, i).second);
    }
    CHECK(fixture.verifier.asked.size() == k_batch_checks_per_peer);
    fixture.push(2, *fixture.batch(2, 1).second);
    CHECK(fixture.verifier.asked.size() == k_batch_checks_per_peer + 1);
}

TEST_CASE("what no block could include is not taken, unless a block needs it") {
    ExchangeFixture fixture;
    const auto declined = [&](const auto& change) {
        ledger::Batch batch = *fixture.batch(1, 1).second;
        change(batch);
        fixture.push(1, batch);
        const bool asked = !fixture.verifier.asked.empty();
        fixture.verifier.asked.clear();
        return !asked;
    };
    CHECK(declined([](ledger::Batch& batch) { batch.transactions.clear(); }));
    CHECK(declined([](ledger::Batch& batch) { batch.transactions[0].body.sender = "nobody"; }));
    CHECK(declined(
        [](ledger::Batch& batch) { batch.transactions[0].body.sender_key.bytes[5] ^= 1; }));
    CHECK(declined([](ledger::Batch& batch) {
        batch.transactions[0].body.expires_at_height = 0;  // the next height is 1
    }));
    CHECK(declined([](ledger::Batch& batch) {
        batch.transactions[0].body.expires_at_height =
            2 + ledger::k_max_transaction_lifetime_heights;
    }));
    CHECK(declined([](ledger::Batch& batch) { batch.transactions[0].body.operations.clear(); }));
    Counters counters;
    fixture.exchange.add_counters(counters);
    CHECK(counters.at("mempool_declined_batches") == 6);
    CHECK(fixture.transport.closed.empty());  // the author may know more than this node

    ledger::Batch later = *fixture.batch(2, 1).second;
    later.transactions[0].body.sender = "enrolled a moment ago";
    fixture.exchange.pursue({ledger::batch_digest(later.header, fixture.validators.chain_id())});
    fixture.push(3, later);
    CHECK(fixture.verifier.asked.size() == 1);
    fixture.verifier.asked.clear();

    ledger::Batch mixed = *fixture.batch(3, 1).second;
    mixed.transactions.push_back(mixed.transactions[0]);
    mixed.transactions[0].body.sender = "revoked";
    fixture.push(3, mixed);
    CHECK(fixture.verifier.asked.size() == 1);  // one that can be included is enough
}

TEST_CASE("an author has so many batches waiting, however small they are") {
    ExchangeFixture fixture;
    for (std::uint64_t i = 1; i <= k_unnamed_batches_per_author; ++i) {
        fixture.push(1, *fixture.batch(1, i).second);
        REQUIRE_FALSE(fixture.verifier.asked.empty());
        fixture.verifier.answer({});
    }
    fixture.push(1, *fixture.batch(1, k_unnamed_batches_per_author + 1).second);
    CHECK(fixture.verifier.asked.empty());
    fixture.push(1, *fixture.batch(2, 1).second);
    CHECK(fixture.verifier.asked.size() == 1);
    CHECK(fixture.exchange.pool().held_count() == k_unnamed_batches_per_author);
}

TEST_CASE("authors are served in turn: one with a long queue does not make another one wait") {
    BatchPool pool(k_part_validators, 3, ValidatorIndex{0});
    PartFixture fixture;
    const auto make_available = [&](std::uint16_t author, std::uint64_t sequence) {
        const auto [digest, batch] = fixture.batch(author, sequence);
        pool.add_held(digest, *batch, 100, 0);
        for (ValidatorIndex peer = 1; peer < k_part_validators; ++peer) {
            pool.add_holder(digest, peer, 0);
        }
        return digest;
    };
    std::vector<Digest> queue;
    for (std::uint64_t i = 1; i <= 100; ++i) queue.push_back(make_available(1, i));
    for (int i = 0; i < 50; ++i) pool.remove(queue[i]);  // became final
    const Digest late = make_available(2, 1);
    const Digest later = make_available(2, 2);
    std::vector<Digest> order;
    for (const auto& [turn, digest] : pool.available()) order.push_back(digest);
    REQUIRE(order.size() == 52);
    const auto place = [&](const Digest& digest) {
        return std::find(order.begin(), order.end(), digest) - order.begin();
    };
    CHECK(place(late) <= 2);
    CHECK(place(later) <= 4);
    CHECK(place(queue[99]) == 51);
}

TEST_CASE("what a block needs is asked of one holder after the other, ever more slowly") {
    ExchangeFixture fixture;
    const Digest digest = fixture.batch(3, 1).first;
    fixture.exchange.pursue({digest});
    std::vector<ValidatorIndex> asked;
    std::vector<std::uint64_t> times;
    for (int ms = 0; ms < 3000; ms += 10) {
        for (const auto& [to, question] : fixture.transport.take<BatchRequest>()) {
            CHECK(question.batches == std::vector<Digest>{digest});
            asked.push_back(to);
            times.push_back(fixture.scheduler.now_ms());
        }
        fixture.scheduler.run_ms(10);
        fixture.exchange.pursue({digest});
    }
    REQUIRE(asked.size() >= 6);
    CHECK(std::set<ValidatorIndex>(asked.begin(), asked.begin() + 3) ==
          std::set<ValidatorIndex>{1, 2, 3});
    CHECK(times[1] - times[0] >= k_batch_retry_ms);
    CHECK(times[4] - times[3] >= 2 * k_batch_retry_ms);
}

TEST_CASE("one that says to hold a batch is asked first, and what others hold is fetched") {
    ExchangeFixture fixture;
    const auto [digest, batch] = fixture.batch(3, 1);
    fixture.exchange.on_ack(2, BatchAck{{digest}});
    fixture.exchange.pursue({});
    fixture.scheduler.run_ms(2 * k_pool_interval_ms);
    const auto asked = fixture.transport.take<BatchRequest>();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].first == 2);
    fixture.push(2, *batch);
    fixture.verifier.answer({});
    CHECK(fixture.exchange.pool().holds(digest));
}

TEST_CASE("what is held and not yet named is told again") {
    ExchangeFixture fixture;
    const auto [digest, batch] = fixture.batch(0, 1);
    fixture.exchange.push_own(digest, batch);
    CHECK(fixture.transport.take<BatchPush>().size() == 3);
    std::size_t retold = 0;
    for (int i = 0; i < 20; ++i) {
        fixture.exchange.pursue({});
        fixture.scheduler.run_ms(k_pool_interval_ms);
        retold += fixture.transport.take<BatchAck>().size();
    }
    CHECK(retold >= 6);
    CHECK(retold <= 15);

    const ledger::Block block = fixture.append_final({digest});
    fixture.exchange.on_final(block);
    fixture.exchange.pursue({});
    fixture.scheduler.run_ms(1000);
    fixture.transport.sent.clear();
    fixture.exchange.pursue({});
    fixture.scheduler.run_ms(1000);
    CHECK(fixture.transport.sent.empty());
    CHECK(fixture.scheduler.waiting() == 0);  // idle: no timer is left
}

TEST_CASE("a batch that a final block has named is not taken again") {
    ExchangeFixture fixture;
    const auto [digest, batch] = fixture.batch(1, 1);
    fixture.append_final({digest});
    fixture.push(1, *batch);
    CHECK(fixture.verifier.asked.empty());
    fixture.exchange.pursue(fixture.execution.missing());  // unless the own execution waits for it
    fixture.execution.pump();
    fixture.exchange.pursue(fixture.execution.missing());
    fixture.push(1, *batch);
    CHECK(fixture.verifier.asked.size() == 1);
}

TEST_CASE("a new session learns what is held here") {
    ExchangeFixture fixture;
    const auto [digest, batch] = fixture.batch(0, 1);
    fixture.exchange.push_own(digest, batch);
    fixture.transport.sent.clear();
    fixture.exchange.greet(2);
    const auto acks = fixture.transport.take<BatchAck>();
    REQUIRE(acks.size() == 1);
    CHECK(acks[0].first == 2);
    CHECK(acks[0].second.batches == std::vector<Digest>{digest});
}
