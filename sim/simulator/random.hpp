#pragma once
// Randomness of the virtual world: xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64.
// The distributions of the standard library are not used, since what they yield for one seed
// depends on the library's version.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "crypto/bytes.hpp"

namespace cityledger::sim {

inline constexpr std::uint64_t k_million = 1'000'000;

class SimulatedRandom {
public:
    explicit SimulatedRandom(std::uint64_t seed);

    [[nodiscard]] std::uint64_t next();
    /// 0 to bound - 1, each equally often (rejection sampling). CHECKs bound > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);
    /// low to high, both included.
    [[nodiscard]] std::uint64_t between(std::uint64_t low, std::uint64_t high);
    /// True with this chance; 0 is never, 1,000,000 always. Draws in every case, so that a dial
    /// does not shift what the others draw.
    [[nodiscard]] bool chance(std::uint64_t per_million);
    void fill(std::span<std::uint8_t> bytes);
    [[nodiscard]] Digest digest();
    /// A generator of its own for one use: what one part draws does not move the other parts.
    [[nodiscard]] SimulatedRandom fork(std::string_view use, std::uint64_t index = 0) const;

    template <class T>
    void shuffle(std::vector<T>& items) {
        for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
    }

private:
    std::uint64_t seed_;
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace cityledger::sim
