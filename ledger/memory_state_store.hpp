#pragma once
// The state store of the virtual world and of tests: ordered maps in memory, for one thread, with
// the crash semantics of the store on disk: what was not flushed may be lost, newest heights first.

#include <array>
#include <deque>
#include <map>

#include "ledger/state_store.hpp"

namespace cityledger::ledger {

/// Heights that can be lost at most; older ones count as flushed.
inline constexpr std::size_t k_max_unflushed_heights = 64;

class MemoryStateStore : public StateStore {
public:
    [[nodiscard]] std::optional<Bytes> get(Space space, std::string_view key) const override;
    void scan(Space space, std::string_view prefix, std::string_view from,
              const StateVisitor& visitor) const override;
    [[nodiscard]] std::optional<std::uint64_t> applied_height() const override;
    Status apply(std::uint64_t height, const std::vector<StateChange>& changes,
                 ByteView summary) override;
    [[nodiscard]] Bytes applied_summary() const override;
    Status clear() override;

    /// All that was applied survives a crash from here on.
    void flush() { unflushed_.clear(); }
    /// A crash: of the heights that were not flushed, the oldest `kept` survive.
    void crash(std::size_t kept = 0);
    [[nodiscard]] std::size_t unflushed_heights() const { return unflushed_.size(); }

private:
    using Entries = std::map<std::string, Bytes, std::less<>>;

    /// What brings back the state before one height.
    struct Undo {
        std::optional<std::uint64_t> height;
        Bytes summary;
        std::vector<StateChange> changes;  ///< in the order in which to apply them
    };

    Entries& entries(Space space) { return spaces_[static_cast<std::size_t>(space)]; }
    [[nodiscard]] const Entries& entries(Space space) const {
        return spaces_[static_cast<std::size_t>(space)];
    }
    void write(const StateChange& change);

    std::array<Entries, 3> spaces_;
    std::optional<std::uint64_t> height_;
    Bytes summary_;
    std::deque<Undo> unflushed_;
};

}  // namespace cityledger::ledger
