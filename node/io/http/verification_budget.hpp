#pragma once
// Limits on verification (查验) by whoever asks: so often per invoice, so often per caller.

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "crypto/result.hpp"
#include "node/io/http/http_limits.hpp"

namespace cityledger::io {

/// Counts uses per name in windows that begin with the first use. When all places are taken the
/// oldest window is forgotten.
class UseCounter {
public:
    UseCounter(std::uint32_t limit, std::uint64_t window_ms, std::size_t places)
        : limit_(limit), window_ms_(window_ms), places_(places) {}

    /// False if the name has had its uses.
    [[nodiscard]] bool use(const std::string& name, std::uint64_t now_ms);
    [[nodiscard]] std::size_t size() const { return windows_.size(); }

private:
    struct Window {
        std::uint64_t begin_ms = 0;
        std::uint32_t uses = 0;
    };

    void forget_oldest();

    std::uint32_t limit_;
    std::uint64_t window_ms_;
    std::size_t places_;
    std::unordered_map<std::string, Window> windows_;  // looked up, never iterated
    std::deque<std::string> by_age_;
};

class VerifyLimits {
public:
    VerifyLimits();

    /// Counts one verification; `caller` is an address, `invoice` code and number as they came.
    [[nodiscard]] Status admit(const std::string& caller, const std::string& invoice,
                               std::uint64_t now_ms);

private:
    UseCounter callers_;
    UseCounter invoices_;
};

}  // namespace cityledger::io
