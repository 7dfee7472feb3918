#pragma once
// The batches that final blocks of the last k_max_transaction_lifetime_heights named. Whether a
// batch may be named again is asked for the height of the block that is judged: the answer is then
// the same on a node that has seen more final blocks (rule V3 of docs/consensus.md).

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
            for (const auto& digest : recent_.front().second) {
                // It may have been named again since.
                const auto found = heights_.find(digest);
                if (found->second == recent_.front().first) heights_.erase(found);
            }
            recent_.pop_front();
        }
    }
    /// Whether a final block in the window of a block of this height, which is above the newest
    /// final one, has named the batch.
    [[nodiscard]] bool names(const Digest& digest, std::uint64_t height) const {
        const auto found = heights_.find(digest);
        return found != heights_.end() && in_window(found->second, height);
    }
    /// Whether a block of this height may not name what a block of `earlier` has named.
    [[nodiscard]] static bool in_window(std::uint64_t earlier, std::uint64_t height) {
        return earlier + ledger::k_max_transaction_lifetime_heights >= height;
    }

private:
    std::unordered_map<Digest, std::uint64_t, DigestHasher> heights_;
    std::deque<std::pair<std::uint64_t, std::vector<Digest>>> recent_;
};

}  // namespace cityledger::node
