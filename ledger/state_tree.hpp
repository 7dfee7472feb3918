#pragma once
// The Merkle tree over one space of the state: a path-compressed binary trie (crit-bit) in memory.
// Its root depends on the content only, never on the order of changes. docs/decisions/0001.
//
// The bits of a key: for each byte a 1 and then its 8 bits from the highest; then a 0. So no key is
// a prefix of another, and the order of bits is the order of keys. The hashes:
//     leaf = H(tag, 0x00, u32 key length, key, H(value))
//     inner = H(tag, 0x01, u32 bit index, left, right)
//     root = H(tag, 0x02, u64 count, top)
// where the bit is the first in which the two sides differ, top is zero if there is no key, and tag
// is u32 length and text of tags::state, then one byte for the space.

#include <memory>
#include <span>

#include "ledger/codec/codec.hpp"
#include "ledger/limits.hpp"
#include "ledger/state_store.hpp"

namespace cityledger::ledger {

inline constexpr std::uint32_t k_max_state_path_steps = k_max_key_bytes * 9 + 1;

/// An inner node on the way from the top to a leaf: its bit, and the side that is not taken.
struct StatePathStep {
    std::uint32_t bit = 0;
    Digest sibling;

    bool operator==(const StatePathStep&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("bit", bit), field("sibling", sibling));
    }
};

/// The leaf that stands where an absent key would hang beside.
struct StateNeighbour {
    std::string key;
    Digest value_hash;

    bool operator==(const StateNeighbour&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_key_bytes>("key", key), field("value_hash", value_hash));
    }
};

/// Proves that a key has a value, or that it is absent. Steps run from the top down.
struct StatePath {
    std::uint64_t count = 0;  ///< of keys in the tree
    std::vector<StatePathStep> steps;
    /// Absence only (none if the tree is empty): the steps then lead to this leaf.
    std::optional<StateNeighbour> neighbour;

    bool operator==(const StatePath&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("count", count), limited<k_max_state_path_steps>("steps", steps),
                field("neighbour", neighbour));
    }
};

enum class StatePathVerdict : std::uint8_t {
    holds,
    malformed,          ///< the path of no tree
    absence_not_shown,  ///< a tree with this path could hold the key
    other_root,
};

/// Judges a path by itself first, then by the root to which it leads.
[[nodiscard]] StatePathVerdict judge_state_path(Space space, const Digest& root,
                                                std::string_view key,
                                                const std::optional<Bytes>& value,
                                                const StatePath& path);

/// True if the path shows, under this root, that `key` has `value`; without a value, that the key
/// is absent.
[[nodiscard]] bool verify_state_path(Space space, const Digest& root, std::string_view key,
                                     const std::optional<Bytes>& value, const StatePath& path);

/// Earlier trees that can be proved from: those of the last so many updates that changed something,
/// and no more than have together so many nodes (44 bytes each) that the present tree has not.
inline constexpr std::size_t k_max_kept_trees = 1000;
inline constexpr std::size_t k_max_replaced_nodes = 1024 * 1024;

class StateTree {
public:
    /// Keeps up to `kept_trees` earlier trees beside the present one. With none, nodes are changed
    /// in place.
    explicit StateTree(Space space, std::size_t kept_trees = 0);
    ~StateTree();
    StateTree(StateTree&&) noexcept;
    StateTree& operator=(StateTree&&) noexcept;

    /// Replaces the content by that of the store, in linear time; no earlier tree is kept. False,
    /// and the tree is empty, if the store holds a key longer than the ledger ever writes.
    [[nodiscard]] bool rebuild(const StateReader& reader);

    /// Applies changes of this tree's space with strictly ascending keys (CHECK). Each node on a
    /// changed path is hashed once. Erasing an absent key changes nothing.
    void update(std::span<const StateChange> changes);

    /// The root as of the last update or rebuild.
    [[nodiscard]] const Digest& root() const;
    [[nodiscard]] std::uint64_t size() const;

    [[nodiscard]] StatePath prove(std::string_view key) const;
    /// The path in the present tree or a kept one, the newest with this root.
    [[nodiscard]] std::optional<StatePath> prove_under(const Digest& root,
                                                       std::string_view key) const;

    /// What the tree has allocated.
    [[nodiscard]] std::size_t memory_bytes() const;

private:
    class Nodes;
    std::unique_ptr<Nodes> nodes_;
};

}  // namespace cityledger::ledger
