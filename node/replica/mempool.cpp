#include "node/replica/mempool.hpp"

#include "crypto/check.hpp"
#include "node/replica/replica_codes.hpp"

namespace cityledger::node {

Status Mempool::reserve(const Digest& id, TransactionPointer transaction, Done done) {
    const std::uint64_t bytes = ledger::encode(*transaction).size();
    const auto& sender = transaction->body.sender;
    const auto used = sender_bytes_.find(sender);
    const std::uint64_t sender_bytes = used == sender_bytes_.end() ? 0 : used->second;
    if (bytes_ + bytes > max_bytes_) {
        return refuse(codes::mempool_full,
                      std::to_string(bytes_) + " of " + std::to_string(max_bytes_) + " bytes");
    }
    if (sender_bytes + bytes > max_bytes_ / k_mempool_sender_divisor) {
        return refuse(codes::mempool_sender_share,
                      sender + " uses " + std::to_string(sender_bytes) + " bytes");
    }
    Entry entry;
    entry.bytes = bytes;
    entry.order = next_order_++;
    entry.done.push_back(std::move(done));
    bytes_ += bytes;
    sender_bytes_[sender] = sender_bytes + bytes;
    by_expiry_.emplace(transaction->body.expires_at_height, id);
    entry.transaction = std::move(transaction);
    const bool is_new = entries_.emplace(id, std::move(entry)).second;
    CHECK_INVARIANT(is_new);
    return {};
}

bool Mempool::join(const Digest& id, Done done) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.stage != Stage::checking) return false;
    found->second.done.push_back(std::move(done));
    return true;
}

std::vector<Mempool::Done> Mempool::confirm(const Digest& id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return {};
    Entry& entry = found->second;
    if (entry.stage == Stage::checking) {
        entry.stage = Stage::waiting;
        waiting_.emplace(entry.order, id);
        waiting_bytes_ += entry.bytes;
    }
    return std::exchange(entry.done, {});
}

std::vector<Mempool::Done> Mempool::reject(const Digest& id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return {};
    auto done = std::exchange(found->second.done, {});
    erase(id);
    return done;
}

std::vector<Mempool::TransactionPointer> Mempool::take(std::size_t max_count,
                                                       std::uint64_t max_bytes) {
    std::vector<TransactionPointer> taken;
    std::uint64_t bytes = 0;
    while (!waiting_.empty() && taken.size() < max_count) {
        Entry& entry = entries_.at(waiting_.begin()->second);
        if (!taken.empty() && bytes + entry.bytes > max_bytes) break;
        bytes += entry.bytes;
        waiting_bytes_ -= entry.bytes;
        entry.stage = Stage::batched;
        taken.push_back(entry.transaction);
        waiting_.erase(waiting_.begin());
    }
    return taken;
}

void Mempool::erase(const Digest& id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    const Entry& entry = found->second;
    if (entry.stage == Stage::waiting) {
        waiting_.erase(entry.order);
        waiting_bytes_ -= entry.bytes;
    }
    bytes_ -= entry.bytes;
    const auto& body = entry.transaction->body;
    const auto sender = sender_bytes_.find(body.sender);
    sender->second -= entry.bytes;
    if (sender->second == 0) sender_bytes_.erase(sender);
    by_expiry_.erase({body.expires_at_height, id});
    entries_.erase(found);
}

void Mempool::drop_expired(std::uint64_t next_height) {
    while (!by_expiry_.empty() && by_expiry_.begin()->first < next_height) {
        const Digest id = by_expiry_.begin()->second;
        const auto found = entries_.find(id);
        if (found->second.stage == Stage::checking) return;  // its checker still wants an answer
        erase(id);
    }
}

}  // namespace cityledger::node
