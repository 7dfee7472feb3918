// The threads around the replica: group sync, signature checks, execution.

#include <thread>

#include "ledger/batch_check.hpp"
#include "ledger/ledger_codes.hpp"
#include "node/io/daemon/execution_thread.hpp"
#include "node/io/daemon/verifier_pool.hpp"
#include "node/io/storage/sync_thread.hpp"
#include "tests/io/storage_fixtures.hpp"
#include "tests/ledger/executor_fixture.hpp"

using namespace cityledger;
using namespace cityledger::io;
using namespace cityledger::io::testing;
using namespace cityledger::ledger::testing;
using ledger::Batch;
using ledger::Transaction;

namespace {

/// A file whose syncs are counted and can be held up.
class CountedFile : public node::File {
public:
    Result<Bytes> read_at(std::uint64_t, std::size_t) const override { return Bytes{}; }
    Status write_at(std::uint64_t, ByteView) override { return {}; }
    Status sync() override {
        ++syncs;
        if (started != nullptr) started->open();
        if (hold != nullptr) hold->wait();
        if (fails) return file_error("sync", "counted", EIO);
        return {};
    }
    Status preallocate(std::uint64_t) override { return {}; }
    Status truncate(std::uint64_t) override { return {}; }
    std::uint64_t size() const override { return 0; }

    std::atomic<int> syncs = 0;
    bool fails = false;
    Gate* started = nullptr;
    Gate* hold = nullptr;
};

Batch sign_batch(std::vector<Transaction> transactions, std::uint16_t author = 0) {
    Batch batch;
    batch.header.author = author;
    batch.header.transaction_count = static_cast<std::uint32_t>(transactions.size());
    batch.header.transactions_root = ledger::batch_transactions_root(transactions);
    batch.transactions = std::move(transactions);
    const auto message = ledger::signing_bytes(ledger::tags::batch, test_chain(), batch.header);
    batch.signature = key_of("node" + std::to_string(author)).sign(message);
    return batch;
}

std::vector<Transaction> many_transactions(std::size_t count) {
    std::vector<Transaction> transactions;
    for (std::size_t i = 0; i < count; ++i) {
        transactions.push_back(make_transaction(std::to_string(i)));
    }
    return transactions;
}

/// A pool and what it answers.
struct PoolFixture {
    ledger::ValidatorSet validators = make_set(4);
    ReplicaLoop loop;
    VerifierPool pool{validators, 2, loop.post()};

    template <class Subject>
    Status verdict(Subject subject) {
        std::optional<Status> answer;
        pool.verify(std::make_shared<const Subject>(std::move(subject)),
                    [&answer](Status status) { answer = std::move(status); });
        loop.run_until([&answer] { return answer.has_value(); });
        return *answer;
    }
};

}  // namespace

TEST_CASE("syncs that are asked for while one runs share the next", "[storage]") {
    Gate started;
    Gate hold;
    ReplicaLoop loop;
    const auto file = std::make_shared<CountedFile>();
    file->started = &started;
    file->hold = &hold;
    SyncThread syncer(loop.post());
    int answered = 0;
    const auto count = [&answered](Status status) {
        CHECK(status.has_value());
        ++answered;
    };
    syncer.sync(file, count);
    started.wait();
    for (int i = 0; i < 10; ++i) syncer.sync(file, count);
    hold.open();
    loop.run_until([&answered] { return answered == 11; });
    CHECK(file->syncs == 2);
}

TEST_CASE("each file gets a sync of its own and its own verdict", "[storage]") {
    ReplicaLoop loop;
    SyncThread syncer(loop.post());
    const auto good = std::make_shared<CountedFile>();
    const auto bad = std::make_shared<CountedFile>();
    bad->fails = true;
    std::vector<bool> verdicts;
    const auto note = [&verdicts](Status status) { verdicts.push_back(status.has_value()); };
    syncer.sync(good, note);
    syncer.sync(bad, note);
    loop.run_until([&verdicts] { return verdicts.size() == 2; });
    CHECK(verdicts == std::vector<bool>{true, false});
    CHECK(good->syncs == 1);
    CHECK(bad->syncs == 1);
}

TEST_CASE("nobody is called back after the sync thread has ended", "[storage]") {
    Gate started;
    Gate hold;
    ReplicaLoop loop;
    const auto file = std::make_shared<CountedFile>();
    file->started = &started;
    file->hold = &hold;
    int answered = 0;
    {
        SyncThread syncer(loop.post());
        syncer.sync(file, [&answered](Status) { ++answered; });
        started.wait();
        syncer.sync(file, [&answered](Status) { ++answered; });
        hold.open();
    }
    loop.run_posted();
    CHECK(answered == 0);
}

TEST_CASE("the pool accepts what is well signed", "[storage]") {
    PoolFixture fixture;
    CHECK(fixture.verdict(make_transaction()).has_value());
    for (const std::size_t count : {0, 1, 16, 17, 100}) {
        INFO(count << " transactions");
        CHECK(fixture.verdict(sign_batch(many_transactions(count))).has_value());
    }
}

TEST_CASE("the pool refuses a transaction with each cause's own code", "[storage]") {
    PoolFixture fixture;
    Transaction changed = make_transaction();
    changed.body.nonce.bytes[0] ^= 1;
    check_refused(fixture.verdict(changed), ledger::codes::transaction_bad_signature);
    Transaction foreign = make_transaction();
    foreign.body.chain_id = digest_of("another chain");
    check_refused(fixture.verdict(foreign), ledger::codes::transaction_wrong_chain);
    Transaction keyless = make_transaction();
    keyless.body.sender_key = {};
    CHECK_FALSE(fixture.verdict(keyless).has_value());
}

TEST_CASE("one bad transaction anywhere in a batch is found", "[storage]") {
    PoolFixture fixture;
    for (const std::size_t bad : {0, 15, 16, 50, 99}) {
        INFO("transaction " << bad);
        auto transactions = many_transactions(100);
        transactions[bad].signature.bytes[5] ^= 1;
        const Status verdict = fixture.verdict(sign_batch(std::move(transactions)));
        check_refused(verdict, ledger::codes::transaction_bad_signature);
    }
}

TEST_CASE("a batch that is not its author's is refused", "[storage]") {
    PoolFixture fixture;
    Batch unknown = sign_batch(many_transactions(2));
    unknown.header.author = 4;
    check_refused(fixture.verdict(unknown), ledger::codes::batch_author_unknown);
    Batch old = sign_batch(many_transactions(2));
    old.header.epoch = 1;
    check_refused(fixture.verdict(old), ledger::codes::batch_author_unknown);
    Batch stolen = sign_batch(many_transactions(2));
    stolen.header.author = 1;
    check_refused(fixture.verdict(stolen), ledger::codes::batch_bad_signature);
}

TEST_CASE("a batch that holds other transactions than its header commits to is refused",
          "[storage]") {
    PoolFixture fixture;
    Batch shorter = sign_batch(many_transactions(3));
    shorter.transactions.pop_back();
    check_refused(fixture.verdict(shorter), ledger::codes::batch_content_differs);
    Batch swapped = sign_batch(many_transactions(3));
    std::swap(swapped.transactions[0], swapped.transactions[1]);
    check_refused(fixture.verdict(swapped), ledger::codes::batch_content_differs);
    Batch miscounted = sign_batch(many_transactions(3));
    miscounted.header.transaction_count = 4;
    check_refused(fixture.verdict(miscounted), ledger::codes::batch_content_differs);
}

TEST_CASE("P-256 keys are shared by the threads of the pool", "[storage]") {
    std::vector<crypto::PrivateKey> keys;
    std::vector<ledger::Validator> named;
    for (int i = 0; i < 4; ++i) {
        keys.push_back(crypto::PrivateKey::generate());
        named.push_back({"node" + std::to_string(i), keys.back().public_key().bytes()});
    }
    const auto validators = ledger::ValidatorSet::create(named, test_chain(), 0).value();
    ReplicaLoop loop;
    VerifierPool pool(validators, 3, loop.post());
    int good = 0;
    int bad = 0;
    for (int i = 0; i < 200; ++i) {
        ledger::TransactionBody body = make_body(test_chain(), "alice", 10, {add("a", i)});
        const crypto::PrivateKey& key = keys[static_cast<std::size_t>(i % 4)];
        body.sender_key = key.public_key().bytes();
        auto transaction = std::make_shared<Transaction>(ledger::sign_transaction(body, key));
        if (i % 10 == 0) transaction->signature.bytes[40] ^= 1;
        pool.verify(transaction, [&](Status status) { ++(status ? good : bad); });
    }
    loop.run_until([&] { return good + bad == 200; });
    CHECK(good == 180);
    CHECK(bad == 20);
    INFO("a key of the simulation's kind is refused by a chain of real keys");
    std::optional<Status> answer;
    pool.verify(std::make_shared<const Transaction>(make_transaction()),
                [&](Status status) { answer = status; });
    loop.run_until([&] { return answer.has_value(); });
    CHECK_FALSE(answer->has_value());
}

TEST_CASE("nobody is called back after the pool has ended", "[storage]") {
    const ledger::ValidatorSet validators = make_set(4);
    ReplicaLoop loop;
    const auto batch = std::make_shared<const Batch>(sign_batch(many_transactions(100)));
    int answered = 0;
    {
        VerifierPool pool(validators, 2, loop.post());
        for (int i = 0; i < 50; ++i) pool.verify(batch, [&answered](Status) { ++answered; });
        loop.wait_for(1);
    }
    loop.run_posted();
    CHECK(answered == 0);
}

TEST_CASE("blocks are executed in order, off the replica's thread", "[storage]") {
    ExecutorFixture chain;
    ReplicaLoop loop;
    ExecutionThread execution(*chain.executor, loop.post());
    std::vector<std::uint64_t> heights;
    for (std::uint64_t height = 1; height <= 20; ++height) {
        auto batch = std::make_shared<const Batch>(
            ExecutorFixture::batch_of({chain.sign("alice", {add("hits", 1)}, height)}));
        execution.execute(height, {batch}, [&heights](Result<ledger::ExecutedBlock> executed) {
            REQUIRE(executed.has_value());
            CHECK(executed->receipts.size() == 1);
            heights.push_back(executed->state.height);
        });
    }
    loop.run_until([&heights] { return heights.size() == 20; });
    CHECK(std::is_sorted(heights.begin(), heights.end()));
    CHECK(heights.back() == 20);
    CHECK(chain.counter("hits") == 20);
}

namespace {

/// Fails at one height, and must not be asked for any more after that.
class FailingExecutor : public ledger::Executor {
public:
    const ledger::ExecutedState& state() const override { return state_; }
    ledger::TransactionJudge judge() const override {
        return [](const auto&) { return Status(); };
    }
    Result<ledger::ExecutedBlock> execute(std::uint64_t height,
                                          const std::vector<const Batch*>&) override {
        CHECK(height == state_.height + 1);
        if (height == 3) return file_error("apply", "test", EIO);
        state_.height = height;
        return ledger::ExecutedBlock{state_, {}, false};
    }
    void remember(std::uint64_t, const std::vector<const Batch*>&) override {}
    ledger::StatePath prove(ledger::Space, std::string_view) const override { return {}; }
    Result<ledger::StateClaim> prove_under(ledger::Space, std::string_view,
                                           const Digest&) const override {
        return ledger::StateClaim{};
    }
    bool was_executed(const Digest&) const override { return false; }

private:
    ledger::ExecutedState state_;
};

}  // namespace

TEST_CASE("after a block that the store refused no other is executed", "[storage]") {
    FailingExecutor executor;
    ReplicaLoop loop;
    ExecutionThread execution(executor, loop.post());
    std::vector<bool> done;
    for (std::uint64_t height = 1; height <= 5; ++height) {
        execution.execute(height, {}, [&done](Result<ledger::ExecutedBlock> executed) {
            done.push_back(executed.has_value());
            if (!executed) CHECK(executed.error().code == codes::file_unusable);
        });
    }
    loop.run_until([&done] { return done.size() == 5; });
    CHECK(done == std::vector<bool>{true, true, false, false, false});
}

TEST_CASE("nobody is called back after the execution thread has ended", "[storage]") {
    FailingExecutor executor;
    ReplicaLoop loop;
    int answered = 0;
    {
        ExecutionThread execution(executor, loop.post());
        execution.execute(1, {}, [&answered](Result<ledger::ExecutedBlock>) { ++answered; });
        loop.wait_for(1);
    }
    loop.run_posted();
    CHECK(answered == 0);
}
