#include "ledger/state_overlay.hpp"

#include <algorithm>

#include "crypto/check.hpp"

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
    Changes& own = spaces_[static_cast<std::size_t>(space)];
    auto entry = own.lower_bound(key);
    const bool was_there = entry != own.end() && entry->first == key;
    if (!was_there) entry = own.emplace_hint(entry, key, std::nullopt);
    if (in_operation_) undo_.push_back({space, entry, was_there, std::move(entry->second)});
    entry->second = std::move(value);
}

void StateOverlay::begin() {
    CHECK_INVARIANT(!in_operation_);
    in_operation_ = true;
}

void StateOverlay::keep() {
    CHECK_INVARIANT(in_operation_);
    in_operation_ = false;
    undo_.clear();
}

void StateOverlay::take_back() {
    CHECK_INVARIANT(in_operation_);
    in_operation_ = false;
    for (; !undo_.empty(); undo_.pop_back()) {
        Undo& last = undo_.back();
        if (last.was_there) {
            last.entry->second = std::move(last.before);
        } else {
            spaces_[static_cast<std::size_t>(last.space)].erase(last.entry);
        }
    }
}

std::vector<StateChange> StateOverlay::take_changes() {
    CHECK_INVARIANT(!in_operation_);
    std::vector<StateChange> taken;
    taken.reserve(spaces_[0].size() + spaces_[1].size() + spaces_[2].size() + 1);
    for (const Space space : {Space::system, Space::business, Space::derived}) {
        Changes& own = spaces_[static_cast<std::size_t>(space)];
        for (auto& [key, value] : own) taken.push_back({space, key, std::move(value)});
        own.clear();
    }
    return taken;
}

}  // namespace cityledger::ledger
