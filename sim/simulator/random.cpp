#include "sim/simulator/random.hpp"

#include <bit>

#include "crypto/check.hpp"
#include "crypto/hash.hpp"

namespace cityledger::sim {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
    state += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

}  // namespace

SimulatedRandom::SimulatedRandom(std::uint64_t seed) : seed_(seed) {
    std::uint64_t mixer = seed;
    for (auto& word : state_) word = splitmix64(mixer);
}

std::uint64_t SimulatedRandom::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t SimulatedRandom::below(std::uint64_t bound) {
    CHECK_INVARIANT(bound > 0);
    // Values under 2^64 mod bound would make the low results more frequent.
    const std::uint64_t reject_below = (0 - bound) % bound;
    std::uint64_t drawn = next();
    while (drawn < reject_below) drawn = next();
    return drawn % bound;
}

std::uint64_t SimulatedRandom::between(std::uint64_t low, std::uint64_t high) {
    CHECK_INVARIANT(low <= high && high - low < UINT64_MAX);
    return low + below(high - low + 1);
}

bool SimulatedRandom::chance(std::uint64_t per_million) { return below(k_million) < per_million; }

void SimulatedRandom::fill(std::span<std::uint8_t> bytes) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(next() >> 56);
}

Digest SimulatedRandom::digest() {
    Digest drawn;
    fill(drawn.bytes);
    return drawn;
}

SimulatedRandom SimulatedRandom::fork(std::string_view use, std::uint64_t index) const {
    crypto::Hasher hasher;
    hasher.update_u64(seed_).update_sized(as_bytes(use)).update_u64(index);
    const Digest mixed = hasher.finish();
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < sizeof seed; ++i) seed = (seed << 8) | mixed.bytes[i];
    return SimulatedRandom(seed);
}

}  // namespace cityledger::sim
