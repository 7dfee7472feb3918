#pragma once
// What one peer may cost this node, by kind: on average and at once. Of what is above it, nothing
// is done: honest peers stay far below, and what they lose is told again.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cityledger::node {

enum class Ration : std::uint8_t {
    answer_bytes,  ///< sent to the peer because it asked
    frame_bytes,   ///< received of it, all kinds
    frames,        ///< received of it, all kinds
    signatures,    ///< of votes and certificates, that are not known yet
    batch_pushes,
    digests,  ///< in acknowledgements
};
inline constexpr std::size_t k_rations = 6;

/// Tokens a second, and how many may be saved up.
struct RationBound {
    std::string_view name;
    std::uint64_t per_second = 0;
    std::uint64_t burst = 0;
};
/// Indexed by Ration. Each is at least three times what an honest peer of 53 validators needs at
/// the highest load that was measured (docs/performance.md).
inline constexpr std::array<RationBound, k_rations> k_ration_bounds = {{
    {"answer_bytes", 32ull * 1024 * 1024, 64ull * 1024 * 1024},
    {"frame_bytes", 64ull * 1024 * 1024, 128ull * 1024 * 1024},
    {"frames", 40'000, 80'000},
    {"signatures", 2'000, 8'000},
    {"batch_pushes", 2'000, 4'000},
    {"digests", 50'000, 100'000},
}};
[[nodiscard]] constexpr const RationBound& bound_of(Ration ration) {
    return k_ration_bounds[static_cast<std::size_t>(ration)];
}
/// Each answer counts as this much at least, so that small questions are rationed too.
inline constexpr std::uint64_t k_answer_minimum_bytes = 4096;

class TokenBucket {
public:
    explicit TokenBucket(const RationBound& bound) : bound_(&bound), tokens_(bound.burst) {}

    /// Takes the tokens, or none if there are too few.
    bool take(std::uint64_t amount, std::uint64_t now_ms) {
        const std::uint64_t elapsed_ms = std::min<std::uint64_t>(now_ms - counted_ms_, 60'000);
        // In thousandths, so that a bucket that is asked each millisecond fills too.
        const std::uint64_t grown = elapsed_ms * bound_->per_second + rest_;
        tokens_ = std::min(bound_->burst, tokens_ + grown / 1000);
        rest_ = grown % 1000;
        counted_ms_ = now_ms;
        if (amount > tokens_) return false;
        tokens_ -= amount;
        return true;
    }

private:
    const RationBound* bound_;
    std::uint64_t tokens_;
    std::uint64_t counted_ms_ = 0;
    std::uint64_t rest_ = 0;
};

/// The buckets of one peer.
class PeerBudget {
public:
    PeerBudget() {
        for (const auto& bound : k_ration_bounds) buckets_.emplace_back(bound);
    }
    bool take(Ration ration, std::uint64_t amount, std::uint64_t now_ms) {
        return buckets_[static_cast<std::size_t>(ration)].take(amount, now_ms);
    }

private:
    std::vector<TokenBucket> buckets_;  ///< by Ration
};

}  // namespace cityledger::node
