#pragma once
// The batches that final blocks of the last k_max_transaction_lifetime_heights named: none of them
// may be named again.

#include <deque>
#include <unordered_map>

#include "ledger/block.hpp"

namespace cityledger::node {

class NamedBatches {
public:
    /// Heights ascending.
    void add(std::uint64_t height, const std::vector<Digest>& batches) {
        for (const auto& digest : batches) heights_[digest] = height;
        recent_.emplace_back(height, batches);
        while (recent_.front().first + ledger::k_max_transaction_lifetime_heights < height) {
            for (const auto& digest : recent_.front().second) heights_.erase(digest);
            recent_.pop_front();
        }
    }
    [[nodiscard]] bool contains(const Digest& digest) const { return heights_.contains(digest); }

private:
    std::unordered_map<Digest, std::uint64_t, DigestHasher> heights_;
    std::deque<std::pair<std::uint64_t, std::vector<Digest>>> recent_;
};

}  // namespace cityledger::node
