#include "ledger/state_cache.hpp"

#include <utility>

namespace cityledger::ledger {
namespace {

/// Of the map's node, the two objects and the allocator.
constexpr std::size_t k_entry_overhead_bytes = 128;

std::size_t bytes_of(std::string_view key, const Bytes& value) {
    return key.size() + value.size() + k_entry_overhead_bytes;
}

}  // namespace

std::optional<Bytes> StateCache::get(Space space, std::string_view key) const {
    const auto index = static_cast<std::size_t>(space);
    const Entries& young = young_.spaces[index];
    if (const auto found = young.find(key); found != young.end()) return found->second;
    Entries& old = old_.spaces[index];
    if (const auto found = old.find(key); found != old.end()) {
        old_.bytes -= bytes_of(found->first, found->second);
        auto entry = old.extract(found);
        Bytes value = entry.mapped();
        remember(space, std::move(entry.key()), std::move(entry.mapped()));
        return value;
    }
    // What is absent is not remembered: most such keys are asked for once, before they are made.
    auto value = store_.get(space, key);
    if (value) remember(space, std::string(key), *value);
    return value;
}

void StateCache::take_over(std::vector<StateChange> changes) {
    for (StateChange& change : changes) {
        for (Generation* const generation : {&young_, &old_}) {
            Entries& entries = generation->spaces[static_cast<std::size_t>(change.space)];
            const auto found = entries.find(change.key);
            if (found == entries.end()) continue;
            generation->bytes -= bytes_of(found->first, found->second);
            if (change.value) {
                found->second = *std::move(change.value);
                generation->bytes += bytes_of(found->first, found->second);
            } else {
                entries.erase(found);
            }
            break;
        }
    }
}

std::size_t StateCache::entries() const {
    std::size_t count = 0;
    for (const Generation* const generation : {&young_, &old_}) {
        for (const Entries& entries : generation->spaces) count += entries.size();
    }
    return count;
}

void StateCache::remember(Space space, std::string key, Bytes value) const {
    const std::size_t bytes = bytes_of(key, value);
    if (young_.bytes + bytes > generation_bytes_) {
        old_ = std::exchange(young_, Generation{});
    }
    young_.bytes += bytes;
    young_.spaces[static_cast<std::size_t>(space)].emplace(std::move(key), std::move(value));
}

}  // namespace cityledger::ledger
