// Execution of invoices, in blocks of several sizes, with the state in memory.

#include <benchmark/benchmark.h>

#include "sim/bench/lone_chain.hpp"

namespace cityledger {
namespace {

void execute_invoices(benchmark::State& state) {
    bench::LoneChain chain;
    const auto operations = static_cast<std::uint64_t>(state.range(0));
    for (auto _ : state) {
        const auto time = chain.issue_block(operations);
        state.SetIterationTime(std::chrono::duration<double>(time).count());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(execute_invoices)->Arg(10)->Arg(1'000)->Arg(100'000)->UseManualTime();

}  // namespace
}  // namespace cityledger
