#include "node/replica/batch_pool.hpp"

#include <algorithm>

namespace cityledger::node {

void BatchPool::add_held(const Digest& digest, const ledger::Batch& batch, std::uint64_t bytes,
                         std::uint64_t now_ms) {
    Entry& entry = entries_[digest];
    if (entry.held) return;
    forget_teller(entry);
    entry.held = true;
    entry.author = batch.header.author;
    entry.bytes = bytes;
    entry.since_ms = now_ms;
    for (const auto& transaction : batch.transactions) {
        entry.last_expiry_height =
            std::max(entry.last_expiry_height, transaction.body.expires_at_height);
    }
    entry.holders.set(entry.author);
    if (self_) entry.holders.set(*self_);
    author_bytes_[entry.author] += bytes;
    held_count_ += 1;
    if (self_ && entry.author == *self_) own_count_ += 1;
    update(digest, entry);
}

bool BatchPool::add_holder(const Digest& digest, ValidatorIndex holder, std::uint64_t now_ms) {
    if (holder >= validators_) return false;
    auto found = entries_.find(digest);
    if (found == entries_.end()) {
        if (told_[holder] >= k_unknown_batches_per_peer) return false;
        told_[holder] += 1;
        found = entries_.try_emplace(digest).first;
        found->second.told_by = holder;
        found->second.since_ms = now_ms;
    }
    found->second.holders.set(holder);
    update(digest, found->second);
    return true;
}

void BatchPool::forget_teller(Entry& entry) {
    if (!entry.told_by) return;
    told_[*entry.told_by] -= 1;
    entry.told_by.reset();
}

void BatchPool::update(const Digest& digest, Entry& entry) {
    if (!entry.held || entry.order != 0 || entry.holders.count() < quorum_) return;
    entry.order = next_order_++;
    available_.emplace(entry.order, digest);
}

void BatchPool::remove(const Digest& digest) {
    const auto found = entries_.find(digest);
    if (found == entries_.end()) return;
    Entry& entry = found->second;
    forget_teller(entry);
    if (entry.order != 0) available_.erase(entry.order);
    if (entry.held) {
        author_bytes_[entry.author] -= entry.bytes;
        held_count_ -= 1;
        if (self_ && entry.author == *self_) own_count_ -= 1;
    }
    entries_.erase(found);
}

bool BatchPool::holds(const Digest& digest) const {
    const auto found = entries_.find(digest);
    return found != entries_.end() && found->second.held;
}

bool BatchPool::has_room_for(std::uint16_t author, std::uint64_t bytes) const {
    const auto found = author_bytes_.find(author);
    const std::uint64_t used = found == author_bytes_.end() ? 0 : found->second;
    return used + bytes <= k_unnamed_bytes_per_author;
}

bool BatchPool::is_available(const Digest& digest) const {
    const auto found = entries_.find(digest);
    return found != entries_.end() && found->second.order != 0;
}

std::vector<ValidatorIndex> BatchPool::holders(const Digest& digest) const {
    std::vector<ValidatorIndex> holders;
    const auto found = entries_.find(digest);
    if (found == entries_.end()) return holders;
    for (std::size_t index = 0; index < validators_; ++index) {
        if (found->second.holders.test(index)) {
            holders.push_back(static_cast<ValidatorIndex>(index));
        }
    }
    return holders;
}

std::vector<Digest> BatchPool::held_since(std::uint64_t before_ms, std::size_t limit) const {
    std::vector<Digest> digests;
    for (const auto& [digest, entry] : entries_) {
        if (digests.size() == limit) break;
        if (entry.held && entry.since_ms <= before_ms) digests.push_back(digest);
    }
    return digests;
}

std::vector<Digest> BatchPool::missing_since(std::uint64_t before_ms, std::size_t limit) const {
    std::vector<Digest> digests;
    for (const auto& [digest, entry] : entries_) {
        if (digests.size() == limit) break;
        if (!entry.held && entry.since_ms <= before_ms) digests.push_back(digest);
    }
    return digests;
}

void BatchPool::drop_expired(std::uint64_t next_height, std::uint64_t before_ms) {
    std::vector<Digest> expired;
    for (const auto& [digest, entry] : entries_) {
        const bool old =
            entry.held ? entry.last_expiry_height < next_height : entry.since_ms <= before_ms;
        if (old) expired.push_back(digest);
    }
    for (const auto& digest : expired) remove(digest);
}

}  // namespace cityledger::node
