#pragma once
// The time of a round. Monotonic; a process that was stopped finds that it has run on.

#include <chrono>

namespace cityledger::bench {

class RoundClock {
public:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] std::uint64_t now_us() const {
        return static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start_).count());
    }
    [[nodiscard]] Clock::time_point at(std::uint64_t us) const {
        return start_ + std::chrono::microseconds(us);
    }

private:
    Clock::time_point start_ = Clock::now();
};

}  // namespace cityledger::bench
