#pragma once
// A hash over everything that happens in the virtual world, in order. Two runs of one seed have
// equal traces; where they differ, something reads what it must not: a clock, an address, a locale.

#include <string_view>

#include "crypto/hash.hpp"

namespace cityledger::sim {

class Trace {
public:
    /// One thing that happened: its kind, two numbers (who, where) and its content.
    void add(std::string_view kind, std::uint64_t first, std::uint64_t second, ByteView content);
    [[nodiscard]] const Digest& hash() const { return hash_; }
    [[nodiscard]] std::uint64_t events() const { return events_; }

private:
    crypto::Hasher hasher_;
    Digest hash_;
    std::uint64_t events_ = 0;
};

}  // namespace cityledger::sim
