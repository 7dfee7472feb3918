// Encoding of transactions, their ids, and updates of the state tree.

#include <benchmark/benchmark.h>

#include <algorithm>

#include "crypto/check.hpp"
#include "crypto/hash.hpp"
#include "ledger/contracts/invoice/records.hpp"
#include "ledger/state_tree.hpp"
#include "ledger/transaction.hpp"

namespace cityledger::ledger {
namespace {

Transaction bundle_of(std::int64_t operations) {
    const auto key = crypto::PrivateKey::for_simulation(crypto::sha256(as_bytes("seller")));
    invoice::IssueArguments issue;
    issue.category = "catering";
    issue.lines = {{"*catering*", std::nullopt, 18'679, 600, 1'121}};
    issue.total_fen = 19'800;
    issue.tax_fen = 1'121;
    issue.payment_reference = "PAY-1";
    issue.sealed_body = Bytes(500, 0xab);
    TransactionBody body;
    body.sender = "seller";
    body.sender_key = key.public_key().bytes();
    body.operations.assign(static_cast<std::size_t>(operations),
                           Operation{"invoice", "issue", encode(issue)});
    return sign_transaction(std::move(body), key);
}

void encode_transaction(benchmark::State& state) {
    const Transaction transaction = bundle_of(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(encode(transaction));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(encode_transaction)->Arg(1)->Arg(100);

void decode_transaction(benchmark::State& state) {
    const Bytes bytes = encode(bundle_of(state.range(0)));
    for (auto _ : state) {
        CHECK_INVARIANT(decode<Transaction>(bytes).has_value());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(decode_transaction)->Arg(1)->Arg(100);

void id_of_transaction(benchmark::State& state) {
    const Transaction transaction = bundle_of(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(transaction_id(transaction.body));
}
BENCHMARK(id_of_transaction)->Arg(1)->Arg(100);

/// So many changes with ascending keys: numbers, or hashes of them.
std::vector<StateChange> changes_of(std::int64_t count, bool random) {
    std::vector<StateChange> changes;
    for (std::int64_t i = 0; i < count; ++i) {
        std::string key = "key/" + std::to_string(1'000'000 + i);
        if (random) {
            const Digest digest = crypto::sha256(as_bytes(key));
            key.assign(digest.bytes.begin(), digest.bytes.end());
        }
        changes.push_back({Space::business, std::move(key), Bytes(100, 0x5a)});
    }
    std::sort(changes.begin(), changes.end(),
              [](const StateChange& a, const StateChange& b) { return a.key < b.key; });
    return changes;
}

/// Fills an empty tree in one update.
void fill_tree(benchmark::State& state, bool random) {
    const std::vector<StateChange> changes = changes_of(state.range(0), random);
    for (auto _ : state) {
        StateTree tree(Space::business);
        tree.update(changes);
        benchmark::DoNotOptimize(tree.root());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(fill_tree, growing, false)->Arg(100)->Arg(10'000);
BENCHMARK_CAPTURE(fill_tree, random, true)->Arg(100)->Arg(10'000);

/// Changes 100 keys of a tree that holds so many.
void update_tree(benchmark::State& state, bool random) {
    constexpr std::size_t k_changed = 100;
    const std::vector<StateChange> all = changes_of(state.range(0), random);
    StateTree tree(Space::business);
    tree.update(all);
    std::size_t from = 0;
    std::uint8_t turn = 0;
    for (auto _ : state) {
        state.PauseTiming();
        std::vector<StateChange> changes(
            all.begin() + static_cast<std::ptrdiff_t>(from),
            all.begin() + static_cast<std::ptrdiff_t>(from + k_changed));
        for (StateChange& change : changes) change.value = Bytes(100, ++turn);
        from = (from + k_changed) % (all.size() - k_changed + 1);
        state.ResumeTiming();
        tree.update(changes);
        benchmark::DoNotOptimize(tree.root());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(k_changed));
}
BENCHMARK_CAPTURE(update_tree, growing, false)->Arg(10'000);
BENCHMARK_CAPTURE(update_tree, random, true)->Arg(10'000);

}  // namespace
}  // namespace cityledger::ledger
