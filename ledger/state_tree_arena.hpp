#pragma once
// Storage of the state tree's nodes: numbered slots in chunks, which never move when they grow and
// cost no allocation each.

#include <array>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "crypto/check.hpp"
#include "ledger/limits.hpp"

namespace cityledger::ledger {

/// Slots of one type, named by a 31-bit number; freed slots are used again.
template <class T>
class SlotArena {
public:
    std::uint32_t allocate() {
        if (!free_.empty()) {
            const std::uint32_t slot = free_.back();
            free_.pop_back();
            return slot;
        }
        CHECK_INVARIANT(count_ < (std::uint32_t{1} << 31));
        if (count_ % k_chunk_slots == 0) chunks_.push_back(std::make_unique<T[]>(k_chunk_slots));
        return count_++;
    }
    void release(std::uint32_t slot) { free_.push_back(slot); }

    T& operator[](std::uint32_t slot) {
        return chunks_[slot / k_chunk_slots][slot % k_chunk_slots];
    }
    const T& operator[](std::uint32_t slot) const {
        return chunks_[slot / k_chunk_slots][slot % k_chunk_slots];
    }
    [[nodiscard]] std::size_t memory_bytes() const {
        return chunks_.size() * k_chunk_slots * sizeof(T) + free_.capacity() * sizeof(free_[0]);
    }

private:
    static constexpr std::uint32_t k_chunk_slots = 1 << 12;
    std::vector<std::unique_ptr<T[]>> chunks_;
    std::vector<std::uint32_t> free_;
    std::uint32_t count_ = 0;
};

/// Where the bytes of a key stand.
struct KeySlot {
    std::uint32_t chunk = 0;
    std::uint16_t offset = 0;
    std::uint16_t size = 0;
};

/// The bytes of keys, packed; the place of a freed key goes to the next key of its length.
class KeyArena {
public:
    KeySlot allocate(std::string_view key) {
        CHECK_INVARIANT(key.size() <= k_max_key_bytes);
        KeySlot slot = find_place(key.size());
        std::memcpy(chunks_[slot.chunk].get() + slot.offset, key.data(), key.size());
        return slot;
    }
    void release(const KeySlot& slot) { free_[slot.size].push_back(slot); }

    [[nodiscard]] std::string_view operator[](const KeySlot& slot) const {
        return {chunks_[slot.chunk].get() + slot.offset, slot.size};
    }
    [[nodiscard]] std::size_t memory_bytes() const {
        std::size_t bytes = chunks_.size() * k_chunk_bytes;
        for (const auto& places : free_) bytes += places.capacity() * sizeof(KeySlot);
        return bytes;
    }

private:
    static constexpr std::size_t k_chunk_bytes = 1 << 15;

    KeySlot find_place(std::size_t size) {
        auto& places = free_[size];
        if (!places.empty()) {
            const KeySlot slot = places.back();
            places.pop_back();
            return slot;
        }
        if (used_ + size > k_chunk_bytes) {
            chunks_.push_back(std::make_unique<char[]>(k_chunk_bytes));
            used_ = 0;
        }
        const auto offset = static_cast<std::uint16_t>(used_);
        used_ += size;
        return {static_cast<std::uint32_t>(chunks_.size() - 1), offset,
                static_cast<std::uint16_t>(size)};
    }

    std::vector<std::unique_ptr<char[]>> chunks_;
    std::size_t used_ = k_chunk_bytes + 1;  ///< no chunk yet: nothing fits, not even an empty key
    std::array<std::vector<KeySlot>, k_max_key_bytes + 1> free_;
};

}  // namespace cityledger::ledger
