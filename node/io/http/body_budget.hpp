#pragma once
// The memory of all request bodies that are being read: in total, and of one address.

#include <map>
#include <string>

#include "crypto/result.hpp"
#include "node/io/http/http_limits.hpp"

namespace cityledger::io {

class BodyBudget {
public:
    /// Takes so many bytes for a body of this address (see budget_name), or none: refused with
    /// http_bodies_full.
    [[nodiscard]] Status take(const std::string& address, std::size_t bytes);
    void give_back(const std::string& address, std::size_t bytes);

    [[nodiscard]] std::size_t held() const { return held_; }
    /// How often it was refused since the start.
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    std::size_t held_ = 0;
    std::map<std::string, std::size_t> by_address_;  ///< of those that hold any
    std::uint64_t refused_ = 0;
};

}  // namespace cityledger::io
