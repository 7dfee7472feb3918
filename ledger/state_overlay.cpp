#include "ledger/state_overlay.hpp"

#include <algorithm>

namespace cityledger::ledger {

std::optional<Bytes> StateOverlay::get(Space space, std::string_view key) const {
    const auto found = changes(space).find(key);
    return found == changes(space).end() ? base_.get(space, key) : found->second;
}

void StateOverlay::scan(Space space, std::string_view prefix, std::string_view from,
                        const StateVisitor& visitor) const {
    const Changes& own = changes(space);
    auto at = own.lower_bound(std::max(prefix, from));
    bool going = true;
    // Visits own entries below `key`, or all that are left.
    const auto visit_own = [&](const std::string_view* key) {
        for (; going && at != own.end() && at->first.starts_with(prefix); ++at) {
            if (key != nullptr && at->first >= *key) return;
            if (at->second) going = visitor(at->first, *at->second);
        }
    };
    base_.scan(space, prefix, from, [&](std::string_view key, ByteView value) {
        visit_own(&key);
        if (!going) return false;
        // An own entry of the same key hides that of the base; the next visit_own shows it.
        const bool hidden = at != own.end() && at->first == key;
        if (!hidden) going = visitor(key, value);
        return going;
    });
    visit_own(nullptr);
}

void StateOverlay::write(Space space, std::string_view key, std::optional<Bytes> value) {
    spaces_[static_cast<std::size_t>(space)].insert_or_assign(std::string(key), std::move(value));
}

void StateOverlay::move_into(StateOverlay& lower) {
    for (StateChange& change : take_changes()) {
        lower.write(change.space, change.key, std::move(change.value));
    }
}

std::vector<StateChange> StateOverlay::take_changes() {
    std::vector<StateChange> taken;
    for (const Space space : {Space::system, Space::business, Space::derived}) {
        Changes& own = spaces_[static_cast<std::size_t>(space)];
        for (auto& [key, value] : own) taken.push_back({space, key, std::move(value)});
        own.clear();
    }
    return taken;
}

}  // namespace cityledger::ledger
