#pragma once
// Decoded batches by digest, bounded by their encoded bytes; the least recently used one leaves.

#include <list>
#include <memory>
#include <unordered_map>

#include "ledger/batch.hpp"

namespace cityledger::node {

class BatchCache {
public:
    explicit BatchCache(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

    [[nodiscard]] std::shared_ptr<const ledger::Batch> find(const Digest& digest);
    void insert(const Digest& digest, std::shared_ptr<const ledger::Batch> batch,
                std::uint64_t bytes);

private:
    struct Entry {
        Digest digest;
        std::shared_ptr<const ledger::Batch> batch;
        std::uint64_t bytes = 0;
    };
    std::uint64_t max_bytes_;
    std::uint64_t bytes_ = 0;
    std::list<Entry> entries_;  ///< most recently used first
    std::unordered_map<Digest, std::list<Entry>::iterator, DigestHasher> by_digest_;
};

}  // namespace cityledger::node
