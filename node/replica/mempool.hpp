#pragma once
// Transactions between submission and their receipt. Bounded in bytes, and for each sender.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "ledger/transaction.hpp"

namespace cityledger::node {

/// One sender uses at most this part of the mempool's bytes.
inline constexpr std::uint64_t k_mempool_sender_divisor = 4;

class Mempool {
public:
    using TransactionPointer = std::shared_ptr<const ledger::Transaction>;
    using Done = std::function<void(Result<Digest>)>;

    explicit Mempool(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

    [[nodiscard]] bool contains(const Digest& id) const { return entries_.contains(id); }

    /// Keeps a place while the signature is checked. Refuses with mempool_full or
    /// mempool_sender_share. `done` is told what becomes of it.
    [[nodiscard]] Status reserve(const Digest& id, TransactionPointer transaction, Done done);
    /// Somebody else waits for the same transaction. False if it needs no waiting any more.
    bool join(const Digest& id, Done done);
    /// The signature is good: it waits for a batch. Returns who is to be told.
    [[nodiscard]] std::vector<Done> confirm(const Digest& id);
    [[nodiscard]] std::vector<Done> reject(const Digest& id);

    /// Takes the oldest waiting ones for a batch; they stay known until they are erased.
    [[nodiscard]] std::vector<TransactionPointer> take(std::size_t max_count,
                                                       std::uint64_t max_bytes);
    [[nodiscard]] std::uint64_t waiting_count() const { return waiting_.size(); }
    [[nodiscard]] std::uint64_t waiting_bytes() const { return waiting_bytes_; }

    void erase(const Digest& id);
    /// Forgets what can no longer be included at `next_height`.
    void drop_expired(std::uint64_t next_height);

    [[nodiscard]] std::uint64_t count() const { return entries_.size(); }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

private:
    enum class Stage : std::uint8_t { checking, waiting, batched };
    struct Entry {
        TransactionPointer transaction;
        std::uint64_t bytes = 0;
        std::uint64_t order = 0;
        Stage stage = Stage::checking;
        std::vector<Done> done;
    };

    std::uint64_t max_bytes_;
    std::uint64_t bytes_ = 0;
    std::uint64_t waiting_bytes_ = 0;
    std::uint64_t next_order_ = 0;
    std::unordered_map<Digest, Entry, DigestHasher> entries_;
    std::map<std::uint64_t, Digest> waiting_;  ///< by order of arrival
    std::map<ledger::MemberId, std::uint64_t> sender_bytes_;
    std::set<std::pair<std::uint64_t, Digest>> by_expiry_;  ///< height and id
};

}  // namespace cityledger::node
