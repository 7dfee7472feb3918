// The mempool by itself, and what a node refuses to take.

#include <random>

#include "cluster_fixture.hpp"
#include "node/replica/mempool.hpp"
#include "node/replica/replica_codes.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

struct Answers {
    std::vector<Result<Digest>> results;
    Mempool::Done sink() {
        return [this](const Result<Digest>& result) { results.push_back(result); };
    }
};

Mempool::TransactionPointer pointer(ledger::Transaction transaction) {
    return std::make_shared<const ledger::Transaction>(std::move(transaction));
}

Digest id_of(const Mempool::TransactionPointer& transaction) {
    return ledger::transaction_id(transaction->body);
}

/// Submits and gives the answer.
Result<Digest> answer_of(TestCluster& world, const ledger::Transaction& transaction) {
    std::optional<Result<Digest>> answer;
    world.replica(0).submit(pointer(transaction),
                            [&](const Result<Digest>& result) { answer = result; });
    CHECK_FALSE(answer);  // never from inside the call
    REQUIRE(world.run_until([&] { return answer.has_value(); }, 1000));
    return *answer;
}

}  // namespace

TEST_CASE("a transaction waits, goes into one batch, and stays known until it is executed") {
    TestCluster world({.nodes = 1});
    Mempool mempool(1024 * 1024);
    Answers answers;
    const auto first = pointer(world.transaction("a"));
    const auto second = pointer(world.transaction("b"));
    REQUIRE(mempool.reserve(id_of(first), first, answers.sink()));
    REQUIRE(mempool.reserve(id_of(second), second, answers.sink()));
    CHECK(mempool.take(10, 1000).empty());  // no signature was checked yet
    CHECK(mempool.confirm(id_of(second)).size() == 1);
    CHECK(mempool.confirm(id_of(first)).size() == 1);
    const auto taken = mempool.take(10, 100'000);
    REQUIRE(taken.size() == 2);
    CHECK(taken[0] == first);  // in order of arrival
    CHECK(mempool.take(10, 100'000).empty());
    CHECK(mempool.contains(id_of(first)));
    mempool.erase(id_of(first));
    mempool.erase(id_of(second));
    CHECK(mempool.bytes() == 0);
    CHECK(mempool.count() == 0);
}

TEST_CASE("the mempool is bounded in bytes, and each sender by its share") {
    TestCluster world({.nodes = 1});
    const std::uint64_t size = ledger::encode(world.transaction("x0")).size();
    Mempool mempool(8 * size + size / 2);
    Answers answers;
    const auto reserve = [&](const std::string& sender) {
        const auto note = pointer(world.transaction("x1", sender));
        return mempool.reserve(id_of(note), note, answers.sink());
    };
    REQUIRE(reserve("alice"));
    REQUIRE(reserve("alice"));
    CHECK(reserve("alice").error().code == codes::mempool_sender_share);
    REQUIRE(reserve("bob"));
    REQUIRE(reserve("bob"));
    REQUIRE(reserve("carol"));
    REQUIRE(reserve("carol"));
    REQUIRE(reserve("dave0"));
    REQUIRE(reserve("dave0"));
    CHECK(reserve("erin0").error().code == codes::mempool_full);
}

TEST_CASE("expired transactions leave the mempool, with their bytes") {
    TestCluster world({.nodes = 1});
    Mempool mempool(1024 * 1024);
    Answers answers;
    const auto note = pointer(world.transaction("a"));
    REQUIRE(mempool.reserve(id_of(note), note, answers.sink()));
    (void)mempool.confirm(id_of(note));
    mempool.drop_expired(note->body.expires_at_height);
    CHECK(mempool.contains(id_of(note)));
    mempool.drop_expired(note->body.expires_at_height + 1);
    CHECK_FALSE(mempool.contains(id_of(note)));
    CHECK(mempool.bytes() == 0);
}

TEST_CASE("forty thousand transactions of one expiry leave in any order") {
    // A walk among equal expiries took minutes here.
    Mempool mempool(1ull << 40);
    std::vector<Digest> ids;
    for (std::uint32_t i = 0; i < 40'000; ++i) {
        auto transaction = std::make_shared<ledger::Transaction>();
        transaction->body.sender = "alice";
        transaction->body.expires_at_height = 100;
        for (std::size_t byte = 0; byte < 4; ++byte) {
            transaction->body.nonce.bytes[byte] = static_cast<std::uint8_t>(i >> (8 * byte));
        }
        ids.push_back(ledger::transaction_id(transaction->body));
        REQUIRE(mempool.reserve(ids.back(), transaction, [](const Result<Digest>&) {}));
    }
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) mempool.erase(*id);
    CHECK(mempool.count() == 0);
    CHECK(mempool.bytes() == 0);
}

TEST_CASE("a thousand random operations leave the counts of the mempool right") {
    constexpr std::uint64_t k_seed = 11;
    INFO("seed " << k_seed);
    std::mt19937_64 random(k_seed);
    TestCluster world({.nodes = 1});
    Mempool mempool(1024 * 1024);
    Answers answers;
    std::map<Digest, Mempool::TransactionPointer> model;
    for (int round = 0; round < 1000; ++round) {
        const auto pick = [&] {
            auto entry = model.begin();
            std::advance(entry, random() % model.size());
            return entry->first;
        };
        const std::uint64_t action = random() % 5;
        if (action < 2 || model.empty()) {
            const auto note = pointer(world.transaction("n" + std::to_string(round)));
            REQUIRE(mempool.reserve(id_of(note), note, answers.sink()));
            model[id_of(note)] = note;
        } else if (action == 2) {
            (void)mempool.confirm(pick());
        } else if (action == 3) {
            const Digest id = pick();
            mempool.erase(id);
            model.erase(id);
        } else {
            (void)mempool.take(3, 100'000);
        }
        std::uint64_t bytes = 0;
        for (const auto& [id, note] : model) bytes += ledger::encode(*note).size();
        REQUIRE(mempool.bytes() == bytes);
        REQUIRE(mempool.count() == model.size());
    }
}

TEST_CASE("a node refuses what can never be executed, cheap checks first") {
    TestCluster world({.nodes = 1});
    world.start_all();
    auto other_chain = world.transaction("a");
    other_chain.body.chain_id = Digest{};
    CHECK(answer_of(world, other_chain).error().code == ledger::codes::transaction_wrong_chain);
    auto expired = world.transaction("a");
    expired.body.expires_at_height = 0;
    CHECK(answer_of(world, expired).error().code == ledger::codes::transaction_expired);
    auto stranger = world.transaction("a", "mallory");
    CHECK(answer_of(world, stranger).error().code == ledger::codes::transaction_unknown_sender);
    auto forged = world.transaction("a");
    forged.signature.bytes[5] ^= 1;
    CHECK(answer_of(world, forged).error().code == ledger::codes::transaction_bad_signature);
    CHECK(world.replica(0).status().mempool_transactions == 0);
}

TEST_CASE("submitting the same transaction again is harmless, before and after its execution") {
    TestCluster world({.nodes = 1});
    world.start_all();
    const auto note = world.transaction("twice");
    const Digest id = world.submit(0, note);
    world.submit(0, note);
    REQUIRE(world.run_until([&] { return world.has_receipt(0, id); }, 5000));
    CHECK(answer_of(world, note).value() == id);
    world.run_ms(500);
    CHECK(world.replica(0).counters().at("state_executed_txs") == 1);
    CHECK(world.refusals.empty());
    // And then all is quiet.
    const auto height = world.final_height(0);
    const auto writes = world.cluster.disk(0).writes();
    world.run_ms(5000);
    CHECK(world.final_height(0) == height);
    CHECK(world.cluster.disk(0).writes() == writes);
}

TEST_CASE("a receipt that exists is told in the next turn; a forgotten wish is never told") {
    TestCluster world({.nodes = 1});
    world.start_all();
    const Digest id = world.submit(0, world.transaction("r"));
    REQUIRE(world.run_until([&] { return world.has_receipt(0, id); }, 5000));
    int told = 0;
    int wrongly_told = 0;
    world.replica(0).on_receipt(id, [&](const ledger::StoredReceipt&) { ++told; });
    const auto handle =
        world.replica(0).on_receipt(id, [&](const ledger::StoredReceipt&) { ++wrongly_told; });
    world.replica(0).forget_receipt(handle);
    CHECK(told == 0);
    world.run_ms(10);
    CHECK(told == 1);
    CHECK(wrongly_told == 0);
}
