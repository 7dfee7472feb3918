#include "ledger/memory_state_store.hpp"

#include <algorithm>

namespace cityledger::ledger {

std::optional<Bytes> MemoryStateStore::get(Space space, std::string_view key) const {
    const auto found = entries(space).find(key);
    if (found == entries(space).end()) return std::nullopt;
    return found->second;
}

void MemoryStateStore::scan(Space space, std::string_view prefix, std::string_view from,
                            const StateVisitor& visitor) const {
    const Entries& all = entries(space);
    for (auto at = all.lower_bound(std::max(prefix, from)); at != all.end(); ++at) {
        if (!at->first.starts_with(prefix) || !visitor(at->first, at->second)) return;
    }
}

std::optional<std::uint64_t> MemoryStateStore::applied_height() const { return height_; }

Bytes MemoryStateStore::applied_summary() const { return summary_; }

Status MemoryStateStore::apply(std::uint64_t height, const std::vector<StateChange>& changes,
                               ByteView summary) {
    Undo undo{height_, summary_, {}};
    for (const StateChange& change : changes) {
        undo.changes.push_back({change.space, change.key, get(change.space, change.key)});
        write(change);
    }
    std::reverse(undo.changes.begin(), undo.changes.end());
    height_ = height;
    summary_ = to_bytes(summary);
    unflushed_.push_back(std::move(undo));
    if (unflushed_.size() > k_max_unflushed_heights) unflushed_.pop_front();
    return {};
}

Status MemoryStateStore::clear() {
    *this = MemoryStateStore();
    return {};
}

void MemoryStateStore::crash(std::size_t kept) {
    while (unflushed_.size() > kept) {
        Undo& undo = unflushed_.back();
        for (const StateChange& change : undo.changes) write(change);
        height_ = undo.height;
        summary_ = std::move(undo.summary);
        unflushed_.pop_back();
    }
    // What survived a crash is on the disk.
    unflushed_.clear();
}

void MemoryStateStore::write(const StateChange& change) {
    if (change.value) {
        entries(change.space).insert_or_assign(change.key, *change.value);
    } else {
        entries(change.space).erase(change.key);
    }
}

}  // namespace cityledger::ledger
