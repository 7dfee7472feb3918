// Waiting transactions into batches of this node.

#include "node/replica/batch_maker.hpp"
#include "ledger/batch_check.hpp"
#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

constexpr std::uint64_t k_interval_ms = 2;

struct MakerFixture : PartFixture {
    explicit MakerFixture(bool observer = false)
        : exchange(validators, state, judge(), *log, chain, links, verifier, reactor),
          mempool(64ull * 1024 * 1024),
          maker(validators,
                observer ? std::nullopt : std::optional<BatchSigner>(BatchSigner(keys[0])), {},
                k_interval_ms, mempool, exchange, links, reactor) {
        connect_all();
    }
    void wait(std::uint64_t nonce, std::size_t bytes = 10) {
        auto transaction = std::make_shared<ledger::Transaction>();
        transaction->body.sender = "member" + std::to_string(nonce % 16);
        transaction->body.nonce.bytes[0] = static_cast<std::uint8_t>(nonce);
        transaction->body.nonce.bytes[1] = static_cast<std::uint8_t>(nonce >> 8);
        transaction->body.expires_at_height = 100;
        transaction->body.operations.resize(1);
        transaction->body.operations[0].arguments.resize(bytes);
        const Digest id = ledger::transaction_id(transaction->body);
        REQUIRE(mempool.reserve(id, transaction, [](const Result<Digest>&) {}));
        (void)mempool.confirm(id);
    }
    std::vector<ledger::Batch> pushed() {
        std::vector<ledger::Batch> batches;
        for (auto& [to, push] : transport.take<BatchPush>()) {
            if (to == 1) batches.push_back(std::move(push.batch));
        }
        return batches;
    }
    BatchExchange exchange;
    Mempool mempool;
    BatchMaker maker;
};

}  // namespace

TEST_CASE("transactions wait for company, then go into one signed batch that is in the own log") {
    MakerFixture fixture;
    fixture.wait(1);
    fixture.maker.pump();
    fixture.wait(2);
    fixture.maker.pump();
    CHECK(fixture.pushed().empty());
    fixture.scheduler.run_ms(k_interval_ms);
    fixture.maker.pump();
    const auto batches = fixture.pushed();
    REQUIRE(batches.size() == 1);
    CHECK(batches[0].transactions.size() == 2);
    CHECK(batches[0].header.author == 0);
    CHECK(fixture.log->has_batch(
        ledger::batch_digest(batches[0].header, fixture.validators.chain_id())));
    const auto message = ledger::signing_bytes(ledger::tags::batch, fixture.validators.chain_id(),
                                               batches[0].header);
    CHECK(fixture.keys[0].public_key().verify(message, batches[0].signature));
    fixture.maker.pump();
    CHECK(fixture.pushed().empty());
    CHECK(fixture.scheduler.waiting() == 0);
}

TEST_CASE("enough transactions go at once, and so many batches may be under way") {
    MakerFixture fixture;
    const std::size_t each = 30'000;
    const std::size_t per_batch = k_target_batch_bytes / each;
    for (std::uint64_t i = 0; i < (k_own_batches_in_flight + 2) * (per_batch + 1); ++i) {
        fixture.wait(i, each);
    }
    fixture.maker.pump();
    CHECK(fixture.pushed().size() == k_own_batches_in_flight);
    CHECK(fixture.maker.made() == k_own_batches_in_flight);
    CHECK(fixture.mempool.waiting_count() > 0);
    fixture.maker.pump();
    CHECK(fixture.pushed().empty());

    const Digest first = fixture.exchange.pool().held_since(~0ull, 1).front();
    fixture.exchange.on_final(fixture.append_final({first}));
    fixture.maker.pump();
    const auto more = fixture.pushed();
    REQUIRE(more.size() == 1);
    CHECK(more[0].header.sequence == k_own_batches_in_flight + 1);
}

TEST_CASE("an observer makes no batches") {
    MakerFixture fixture(true);
    fixture.wait(1);
    fixture.maker.pump();
    fixture.scheduler.run_ms(100);
    fixture.maker.pump();
    CHECK(fixture.pushed().empty());
}
