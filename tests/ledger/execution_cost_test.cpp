// What an operation costs must not grow with the block that it stands in.

#include <cstdio>
#include <ctime>
#include <type_traits>

#include "ledger/state_overlay.hpp"
#include "tests/ledger/executor_fixture.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

static_assert(!std::is_copy_constructible_v<StateOverlay>,
              "an overlay of each operation would be a copy of all changes of its block");

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// CPU of one block with so many operations, each on a counter of its own, in microseconds each.
double cost_of_operation_us(std::size_t operations) {
    ExecutorFixture chain;
    std::vector<Transaction> transactions;
    for (std::size_t at = 0; at < operations;) {
        std::vector<Operation> bundle;
        for (; bundle.size() < 100 && at < operations; ++at) {
            bundle.push_back(add("counter" + std::to_string(at), 1));
        }
        TransactionBody body = make_body(chain.chain_id(), "alice", 10, std::move(bundle));
        for (std::size_t i = 0; i < 8; ++i) {
            body.nonce.bytes[i] = static_cast<std::uint8_t>(at >> (8 * i));
        }
        transactions.push_back(sign_transaction(std::move(body), key_of("alice")));
    }
    const double before = cpu_seconds();
    const ExecutedBlock block = chain.run(std::move(transactions));
    const double spent = cpu_seconds() - before;
    REQUIRE(block.receipts.back().receipt.code == 0);
    return spent * 1e6 / static_cast<double>(operations);
}

// No judgement: the figures stand in docs/performance.md.
TEST_CASE("benchmark: CPU of an operation by the operations of its block", "[.execution-cost]") {
    std::printf("%12s %16s\n", "operations", "us an operation");
    for (const std::size_t operations : {10, 100, 1'000, 10'000, 100'000}) {
        std::printf("%12zu %16.2f\n", operations, cost_of_operation_us(operations));
    }
}

}  // namespace
}  // namespace cityledger::ledger
