// Whoever waits for a receipt is told once.

#include "node/replica/receipt_waiters.hpp"

#include <catch2/catch.hpp>

#include "crypto/hash.hpp"

using namespace cityledger;
using namespace cityledger::node;

namespace {

Digest transaction(const char* name) { return crypto::sha256(as_bytes(name)); }

ledger::ExecutedBlock block_with(std::initializer_list<Digest> transactions) {
    ledger::ExecutedBlock block;
    for (const auto& id : transactions) {
        block.receipts.emplace_back();
        block.receipts.back().receipt.transaction = id;
    }
    return block;
}

}  // namespace

TEST_CASE("all that wait for a transaction are told of its receipt, once") {
    ReceiptWaiters waiters;
    std::vector<Digest> told;
    const auto tell = [&](const ledger::StoredReceipt& stored) {
        told.push_back(stored.receipt.transaction);
    };
    waiters.add(transaction("a"), tell);
    waiters.add(transaction("a"), tell);
    waiters.add(transaction("b"), tell);
    waiters.tell(block_with({transaction("c"), transaction("a")}));
    CHECK(told == std::vector<Digest>{transaction("a"), transaction("a")});
    waiters.tell(block_with({transaction("a")}));
    CHECK(told.size() == 2);
    waiters.tell(block_with({transaction("b")}));
    CHECK(told.size() == 3);
}

TEST_CASE("a waiter that was taken is not told; one handle is good once") {
    ReceiptWaiters waiters;
    int told = 0;
    const auto first = waiters.add(transaction("a"), [&](const auto&) { ++told; });
    waiters.add(transaction("a"), [&](const auto&) { told += 10; });
    CHECK(waiters.take(first));
    CHECK_FALSE(waiters.take(first));
    CHECK_FALSE(waiters.take(99));
    waiters.tell(block_with({transaction("a")}));
    CHECK(told == 10);
}

TEST_CASE("a call-back may wait for another receipt") {
    ReceiptWaiters waiters;
    int told = 0;
    waiters.add(transaction("a"),
                [&](const auto&) { waiters.add(transaction("b"), [&](const auto&) { ++told; }); });
    waiters.tell(block_with({transaction("a"), transaction("b")}));
    CHECK(told == 0);
    waiters.tell(block_with({transaction("b")}));
    CHECK(told == 1);
}
