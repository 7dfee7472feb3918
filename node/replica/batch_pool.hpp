#pragma once
// Batches that no final block names yet: who holds them, which may stand in a block, which are
// missing here.

#include <bitset>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "ledger/batch.hpp"
#include "node/consensus/types.hpp"

namespace cityledger::node {

using consensus::ValidatorIndex;

/// Batches of one author that no final block names; more are not taken. An honest author has 8
/// under way, and those of earlier starts until they expire.
inline constexpr std::uint64_t k_unnamed_bytes_per_author = 64ull * 1024 * 1024;
inline constexpr std::size_t k_unnamed_batches_per_author = 256;
/// Digests that a peer tells of and that are not held here.
inline constexpr std::size_t k_unknown_batches_per_peer = 1024;

class BatchPool {
public:
    BatchPool(std::size_t validators, std::size_t quorum, std::optional<ValidatorIndex> self)
        : validators_(validators), quorum_(quorum), self_(self) {}

    /// The batch is in the own log. Its author held it before pushing it.
    void add_held(const Digest& digest, const ledger::Batch& batch, std::uint64_t bytes,
                  std::uint64_t now_ms);
    /// A validator says that it holds this batch; false if it tells of too many unknown ones.
    bool add_holder(const Digest& digest, ValidatorIndex holder, std::uint64_t now_ms);
    /// A final block names it, or it has expired.
    void remove(const Digest& digest);

    [[nodiscard]] bool holds(const Digest& digest) const;
    [[nodiscard]] bool has_room_for(std::uint16_t author, std::uint64_t bytes) const;
    [[nodiscard]] bool is_available(const Digest& digest) const;
    [[nodiscard]] bool has_available() const { return !available_.empty(); }
    /// Which batches come first: each author's in the order in which they became available, and the
    /// authors in turn.
    struct Turn {
        std::uint64_t round = 0;
        std::uint16_t author = 0;
        auto operator<=>(const Turn&) const = default;
    };
    /// Available batches in turn.
    [[nodiscard]] const std::map<Turn, Digest>& available() const { return available_; }
    [[nodiscard]] std::vector<ValidatorIndex> holders(const Digest& digest) const;

    [[nodiscard]] std::size_t held_count() const { return held_.size(); }
    [[nodiscard]] std::size_t own_count() const;
    [[nodiscard]] bool empty() const { return entries_.empty(); }

    /// Held since `before_ms` or longer, at most `limit`, oldest first: worth telling again.
    [[nodiscard]] std::vector<Digest> held_since(std::uint64_t before_ms, std::size_t limit) const;
    /// Not held, first heard of at `before_ms` or earlier.
    [[nodiscard]] std::vector<Digest> missing_since(std::uint64_t before_ms,
                                                    std::size_t limit) const;
    /// Forgets the batches of which no transaction can be included at `next_height`, and those that
    /// were never got by `before_ms`.
    void drop_expired(std::uint64_t next_height, std::uint64_t before_ms);

private:
    struct Entry {
        bool held = false;
        std::uint16_t author = 0;
        std::uint64_t bytes = 0;
        std::uint64_t last_expiry_height = 0;
        std::uint64_t since_ms = 0;
        std::optional<Turn> turn;               ///< in available_
        std::optional<ValidatorIndex> told_by;  ///< of one that is not held
        std::bitset<ledger::k_max_validators> holders;
    };
    void update(const Digest& digest, Entry& entry);
    void forget_teller(Entry& entry);

    std::size_t validators_;
    std::size_t quorum_;
    std::optional<ValidatorIndex> self_;
    std::map<Digest, Entry> entries_;
    std::map<Turn, Digest> available_;
    struct Author {
        std::uint64_t bytes = 0;
        std::size_t batches = 0;
        std::uint64_t last_round = 0;
    };
    std::map<std::uint16_t, Author> authors_;
    using Since = std::set<std::pair<std::uint64_t, Digest>>;  ///< ms and digest
    Since held_;
    Since missing_;
    std::set<std::pair<std::uint64_t, Digest>> by_expiry_;  ///< height and digest, of held ones
    std::map<ValidatorIndex, std::size_t> told_;
    std::uint64_t round_ = 0;  ///< the highest one from which a batch was taken
};

}  // namespace cityledger::node
