#pragma once
// The changes of a block on top of a state that is not touched. What an operation changed can be
// taken back.

#include <array>
#include <map>

#include "ledger/state_store.hpp"

namespace cityledger::ledger {

class StateOverlay : public StateReader {
public:
    /// An empty overlay over `base`, which must outlive it. A factory, and no copies: an overlay
    /// over an overlay must not become a copy of all its changes.
    [[nodiscard]] static StateOverlay over(const StateReader& base) { return StateOverlay(&base); }
    StateOverlay(const StateOverlay&) = delete;
    StateOverlay& operator=(const StateOverlay&) = delete;

    [[nodiscard]] std::optional<Bytes> get(Space space, std::string_view key) const override;
    void scan(Space space, std::string_view prefix, std::string_view from,
              const StateVisitor& visitor) const override;

    /// Writes a value; nothing erases.
    void write(Space space, std::string_view key, std::optional<Bytes> value);

    /// Begins an operation: until keep() or take_back(), what it changes can be taken back.
    void begin();
    void keep();
    void take_back();

    /// All changes in ascending order of (space, key); the overlay is then empty.
    [[nodiscard]] std::vector<StateChange> take_changes();

private:
    using Changes = std::map<std::string, std::optional<Bytes>, std::less<>>;

    /// What an entry was before a write of the running operation.
    struct Undo {
        Space space = Space::business;
        Changes::iterator entry;
        bool was_there = false;
        std::optional<Bytes> before;
    };

    explicit StateOverlay(const StateReader* base) : base_(*base) {}

    [[nodiscard]] const Changes& changes(Space space) const {
        return spaces_[static_cast<std::size_t>(space)];
    }

    const StateReader& base_;
    std::array<Changes, 3> spaces_;
    bool in_operation_ = false;
    std::vector<Undo> undo_;  ///< oldest first; empty between operations
};

}  // namespace cityledger::ledger
