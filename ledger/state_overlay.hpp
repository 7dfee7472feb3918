#pragma once
// Changes on top of a state that is not touched: of a block on the store, of an operation on the
// block.

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
    /// Moves all changes to the overlay below.
    void move_into(StateOverlay& lower);
    /// All changes in ascending order of (space, key); the overlay is then empty.
    [[nodiscard]] std::vector<StateChange> take_changes();

private:
    using Changes = std::map<std::string, std::optional<Bytes>, std::less<>>;

    explicit StateOverlay(const StateReader* base) : base_(*base) {}

    [[nodiscard]] const Changes& changes(Space space) const {
        return spaces_[static_cast<std::size_t>(space)];
    }

    const StateReader& base_;
    std::array<Changes, 3> spaces_;
};

}  // namespace cityledger::ledger
