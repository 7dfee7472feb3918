#include "crypto/merkle.hpp"

#include "crypto/check.hpp"
#include "crypto/hash.hpp"

namespace cityledger::crypto {
namespace {

constexpr std::uint8_t k_leaf_mark = 0x00;
constexpr std::uint8_t k_node_mark = 0x01;
constexpr std::uint8_t k_root_mark = 0x02;

/// The three kinds of hashes of one tree, with one hasher for all of them.
class TreeHasher {
public:
    explicit TreeHasher(std::string_view tag) : tag_(tag) {}

    Digest leaf(ByteView bytes) { return start(k_leaf_mark).update(bytes).finish(); }

    Digest node(const Digest& left, const Digest& right) {
        return start(k_node_mark).update(left.view()).update(right.view()).finish();
    }

    Digest root(std::uint64_t count, const Digest& top) {
        return start(k_root_mark).update_u64(count).update(top.view()).finish();
    }

    std::vector<Digest> leaf_level(const std::vector<Bytes>& leaves) {
        std::vector<Digest> level;
        level.reserve(leaves.size());
        for (const Bytes& bytes : leaves) level.push_back(leaf(bytes));
        return level;
    }

    /// Replaces a level by the one above it; an odd last digest moves up unchanged.
    void climb(std::vector<Digest>& level) {
        const std::size_t pairs = level.size() / 2;
        for (std::size_t i = 0; i < pairs; ++i) level[i] = node(level[2 * i], level[2 * i + 1]);
        if (level.size() % 2 != 0) level[pairs] = level.back();
        level.resize(pairs + level.size() % 2);
    }

private:
    Hasher& start(std::uint8_t mark) {
        return hasher_.update_sized(as_bytes(tag_)).update_u8(mark);
    }

    std::string_view tag_;
    Hasher hasher_;
};

}  // namespace

Digest merkle_root(std::string_view tag, const std::vector<Bytes>& leaves) {
    TreeHasher hasher(tag);
    std::vector<Digest> level = hasher.leaf_level(leaves);
    while (level.size() > 1) hasher.climb(level);
    // The top of an empty list is all zero; its count tells it from every other list.
    return hasher.root(leaves.size(), level.empty() ? Digest{} : level.front());
}

MerklePath merkle_path(std::string_view tag, const std::vector<Bytes>& leaves,
                       std::uint64_t index) {
    CHECK_INVARIANT(index < leaves.size());
    TreeHasher hasher(tag);
    MerklePath path{index, leaves.size(), {}};
    std::vector<Digest> level = hasher.leaf_level(leaves);
    for (std::uint64_t position = index; level.size() > 1; position /= 2) {
        const std::uint64_t sibling = position ^ 1;
        if (sibling < level.size()) path.siblings.push_back(level[sibling]);
        hasher.climb(level);
    }
    return path;
}

std::optional<Digest> merkle_path_root(std::string_view tag, ByteView leaf,
                                       const MerklePath& path) {
    if (path.index >= path.count) return std::nullopt;
    TreeHasher hasher(tag);
    Digest top = hasher.leaf(leaf);
    std::uint64_t position = path.index;
    std::size_t used = 0;
    for (std::uint64_t width = path.count; width > 1; width = width / 2 + width % 2) {
        if ((position ^ 1) < width) {
            if (used == path.siblings.size()) return std::nullopt;
            const Digest& sibling = path.siblings[used++];
            top = position % 2 == 0 ? hasher.node(top, sibling) : hasher.node(sibling, top);
        }
        position /= 2;
    }
    if (used != path.siblings.size()) return std::nullopt;
    return hasher.root(path.count, top);
}

bool merkle_verify(std::string_view tag, const Digest& root, ByteView leaf,
                   const MerklePath& path) {
    return merkle_path_root(tag, leaf, path) == root;
}

}  // namespace cityledger::crypto
