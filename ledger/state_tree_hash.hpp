#pragma once
// The bits and hashes of the state tree, shared by the tree and the verifier of its paths.

#include <bit>

#include "crypto/check.hpp"
#include "crypto/hash.hpp"
#include "ledger/limits.hpp"
#include "ledger/signing.hpp"
#include "ledger/state_store.hpp"

namespace cityledger::ledger {

/// The number of bits of a key.
[[nodiscard]] inline std::uint32_t key_bits(std::string_view key) {
    return static_cast<std::uint32_t>(key.size()) * 9 + 1;
}

/// The bit of a key; 0 beyond its end.
[[nodiscard]] inline bool key_bit(std::string_view key, std::uint32_t index) {
    const std::uint32_t byte = index / 9;
    if (byte >= key.size()) return false;
    const std::uint32_t within = index % 9;
    return within == 0 || ((static_cast<std::uint8_t>(key[byte]) >> (8 - within)) & 1) != 0;
}

/// The first bit in which two different keys differ.
[[nodiscard]] inline std::uint32_t first_difference(std::string_view a, std::string_view b) {
    const std::size_t common = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < common; ++i) {
        const auto changed = static_cast<std::uint8_t>(a[i] ^ b[i]);
        if (changed != 0) {
            return static_cast<std::uint32_t>(i) * 9 + 1 +
                   static_cast<std::uint32_t>(std::countl_zero(changed));
        }
    }
    CHECK_INVARIANT(a.size() != b.size());
    return static_cast<std::uint32_t>(common) * 9;
}

/// Assembles each node's bytes first, since one call of the hash is cheaper than five.
class StateHasher {
public:
    explicit StateHasher(Space space) {
        add_u32(static_cast<std::uint32_t>(tags::state.size()));
        add(as_bytes(tags::state));
        add_u8(static_cast<std::uint8_t>(space));
        prefix_ = used_;
    }

    Digest value(ByteView value) { return hasher_.update(value).finish(); }

    Digest leaf(std::string_view key, const Digest& value_hash) {
        start(0x00);
        add_u32(static_cast<std::uint32_t>(key.size()));
        add(as_bytes(key));
        add(value_hash.view());
        return finish();
    }

    Digest inner(std::uint32_t bit, const Digest& left, const Digest& right) {
        start(0x01);
        add_u32(bit);
        add(left.view());
        add(right.view());
        return finish();
    }

    Digest root(std::uint64_t count, const Digest& top) {
        start(0x02);
        add_u32(static_cast<std::uint32_t>(count));
        add_u32(static_cast<std::uint32_t>(count >> 32));
        add(top.view());
        return finish();
    }

private:
    void start(std::uint8_t mark) {
        used_ = prefix_;
        add_u8(mark);
    }
    void add_u8(std::uint8_t value) { buffer_[used_++] = value; }
    void add_u32(std::uint32_t value) {
        for (int shift = 0; shift < 32; shift += 8) {
            add_u8(static_cast<std::uint8_t>(value >> shift));
        }
    }
    void add(ByteView bytes) {
        CHECK_INVARIANT(bytes.size() <= buffer_.size() - used_);
        std::copy(bytes.begin(), bytes.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
        used_ += bytes.size();
    }
    Digest finish() { return hasher_.update(ByteView(buffer_).first(used_)).finish(); }

    crypto::Hasher hasher_;
    std::array<std::uint8_t, k_max_key_bytes + 128> buffer_{};
    std::size_t used_ = 0;
    std::size_t prefix_ = 0;
};

}  // namespace cityledger::ledger
