#include "node/replica/batch_pool.hpp"

#include <algorithm>

namespace cityledger::node {

void BatchPool::add_held(const Digest& digest, const ledger::Batch& batch, std::uint64_t bytes,
                         std::uint64_t now_ms) {
    Entry& entry = entries_[digest];
    if (entry.held) return;
    forget_teller(entry);
    missing_.erase({entry.since_ms, digest});
    entry.held = true;
    entry.author = batch.header.author;
    entry.bytes = bytes;
    entry.since_ms = now_ms;
    held_.insert({now_ms, digest});
    for (const auto& transaction : batch.transactions) {
        entry.last_expiry_height =
            std::max(entry.last_expiry_height, transaction.body.expires_at_height);
    }
    by_expiry_.insert({entry.last_expiry_height, digest});
    entry.holders.set(entry.author);
    if (self_) entry.holders.set(*self_);
    Author& author = authors_[entry.author];
    author.bytes += bytes;
    author.batches += 1;
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
        missing_.insert({now_ms, digest});
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

/// An author that was silent begins in the round that is served now: it neither waits behind the
/// queue of another one nor gets back the turns that it did not use.
void BatchPool::update(const Digest& digest, Entry& entry) {
    if (!entry.held || entry.turn || entry.holders.count() < quorum_) return;
    Author& author = authors_[entry.author];
    author.last_round = std::max(author.last_round, round_) + 1;
    entry.turn = Turn{author.last_round, entry.author};
    available_.emplace(*entry.turn, digest);
}

void BatchPool::remove(const Digest& digest) {
    const auto found = entries_.find(digest);
    if (found == entries_.end()) return;
    Entry& entry = found->second;
    forget_teller(entry);
    if (entry.turn) {
        round_ = std::max(round_, entry.turn->round - 1);
        available_.erase(*entry.turn);
    }
    if (entry.held) {
        held_.erase({entry.since_ms, digest});
        by_expiry_.erase({entry.last_expiry_height, digest});
        Author& author = authors_[entry.author];
        author.bytes -= entry.bytes;
        author.batches -= 1;
    } else {
        missing_.erase({entry.since_ms, digest});
    }
    entries_.erase(found);
}

bool BatchPool::holds(const Digest& digest) const {
    const auto found = entries_.find(digest);
    return found != entries_.end() && found->second.held;
}

bool BatchPool::has_room_for(std::uint16_t author, std::uint64_t bytes) const {
    const auto found = authors_.find(author);
    if (found == authors_.end()) return bytes <= k_unnamed_bytes_per_author;
    return found->second.bytes + bytes <= k_unnamed_bytes_per_author &&
           found->second.batches < k_unnamed_batches_per_author;
}

std::size_t BatchPool::own_count() const {
    const auto found = self_ ? authors_.find(*self_) : authors_.end();
    return found == authors_.end() ? 0 : found->second.batches;
}

bool BatchPool::is_available(const Digest& digest) const {
    const auto found = entries_.find(digest);
    return found != entries_.end() && found->second.turn.has_value();
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

namespace {

/// Of entries in order of time, those up to `before_ms`, at most `limit`.
std::vector<Digest> oldest(const std::set<std::pair<std::uint64_t, Digest>>& entries,
                           std::uint64_t before_ms, std::size_t limit) {
    std::vector<Digest> digests;
    for (const auto& [since_ms, digest] : entries) {
        if (since_ms > before_ms || digests.size() == limit) break;
        digests.push_back(digest);
    }
    return digests;
}

}  // namespace

std::vector<Digest> BatchPool::held_since(std::uint64_t before_ms, std::size_t limit) const {
    return oldest(held_, before_ms, limit);
}

std::vector<Digest> BatchPool::missing_since(std::uint64_t before_ms, std::size_t limit) const {
    return oldest(missing_, before_ms, limit);
}

void BatchPool::drop_expired(std::uint64_t next_height, std::uint64_t before_ms) {
    while (!by_expiry_.empty() && by_expiry_.begin()->first < next_height) {
        remove(Digest(by_expiry_.begin()->second));
    }
    while (!missing_.empty() && missing_.begin()->first <= before_ms) {
        remove(Digest(missing_.begin()->second));
    }
}

}  // namespace cityledger::node
