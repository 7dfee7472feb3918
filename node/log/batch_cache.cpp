#include "node/log/batch_cache.hpp"

namespace cityledger::node {

std::shared_ptr<const ledger::Batch> BatchCache::find(const Digest& digest) {
    const auto found = by_digest_.find(digest);
    if (found == by_digest_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->batch;
}

void BatchCache::insert(const Digest& digest, std::shared_ptr<const ledger::Batch> batch,
                        std::uint64_t bytes) {
    if (by_digest_.contains(digest)) return;
    entries_.push_front({digest, std::move(batch), bytes});
    by_digest_[digest] = entries_.begin();
    bytes_ += bytes;
    while (bytes_ > max_bytes_ && entries_.size() > 1) {
        bytes_ -= entries_.back().bytes;
        by_digest_.erase(entries_.back().digest);
        entries_.pop_back();
    }
}

}  // namespace cityledger::node
