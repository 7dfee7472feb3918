#pragma once
// The entries of a store that execution reads again and again: who an enterprise is, what it may
// issue, which number comes next.

#include <array>
#include <map>

#include "ledger/state_store.hpp"

namespace cityledger::ledger {

/// What the entries of one generation take at most; there are two.
inline constexpr std::size_t k_state_cache_generation_bytes = 32 * 1024 * 1024;

/// Holds what was read last, and what it became since. For one thread; scans go to the store. When
/// a generation is full it becomes the old one, and what of the old one was not read since is
/// forgotten.
class StateCache : public StateReader {
public:
    /// `store` must outlive the cache, and changes only by what take_over() is told.
    explicit StateCache(const StateReader& store,
                        std::size_t generation_bytes = k_state_cache_generation_bytes)
        : store_(store), generation_bytes_(generation_bytes) {}

    [[nodiscard]] std::optional<Bytes> get(Space space, std::string_view key) const override;
    void scan(Space space, std::string_view prefix, std::string_view from,
              const StateVisitor& visitor) const override {
        store_.scan(space, prefix, from, visitor);
    }

    /// These changes are in the store now.
    void take_over(std::vector<StateChange> changes);

    [[nodiscard]] std::size_t entries() const;

private:
    // No hash: who chooses keys could choose those that collide.
    using Entries = std::map<std::string, Bytes, std::less<>>;
    struct Generation {
        std::array<Entries, 3> spaces;
        std::size_t bytes = 0;
    };

    void remember(Space space, std::string key, Bytes value) const;

    const StateReader& store_;
    std::size_t generation_bytes_;
    mutable Generation young_;
    mutable Generation old_;
};

}  // namespace cityledger::ledger
