// Hashing, signing and verifying.

#include <benchmark/benchmark.h>

#include "crypto/check.hpp"
#include "crypto/hash.hpp"
#include "crypto/keys.hpp"

namespace cityledger::crypto {
namespace {

const Bytes k_message(64, 0x5a);

void hash(benchmark::State& state) {
    const Bytes bytes(static_cast<std::size_t>(state.range(0)), 0x5a);
    for (auto _ : state) benchmark::DoNotOptimize(sha256(bytes));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hash)->Arg(64)->Arg(1024)->Arg(64 * 1024);

void sign(benchmark::State& state) {
    const PrivateKey key = PrivateKey::generate();
    for (auto _ : state) benchmark::DoNotOptimize(key.sign(k_message));
}
BENCHMARK(sign);

void verify(benchmark::State& state) {
    const PrivateKey key = PrivateKey::generate();
    const Signature signature = key.sign(k_message);
    for (auto _ : state) {
        CHECK_INVARIANT(key.public_key().verify(k_message, signature));
    }
}
BENCHMARK(verify);

void decode_key_and_verify(benchmark::State& state) {
    const PrivateKey key = PrivateKey::generate();
    const Signature signature = key.sign(k_message);
    for (auto _ : state) {
        const auto decoded = PublicKey::decode(key.public_key().bytes());
        CHECK_INVARIANT(decoded.has_value() && decoded->verify(k_message, signature));
    }
}
BENCHMARK(decode_key_and_verify);

}  // namespace
}  // namespace cityledger::crypto
