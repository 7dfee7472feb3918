#include "crypto/merkle.hpp"

#include <set>

#include "crypto/hash.hpp"
#include "tests/crypto/vectors.hpp"

using namespace cityledger;
using namespace cityledger::crypto;

namespace {

constexpr std::string_view k_tag = "test";

// The tree written a second time, from its definition in RFC 6962 section 2.1: split at the largest
// power of two below the size. The production code goes level by level instead.
Digest prefixed(std::uint8_t mark, ByteView a, ByteView b = {}) {
    Hasher hasher;
    return hasher.update_sized(as_bytes(k_tag)).update_u8(mark).update(a).update(b).finish();
}

Digest top_by_definition(std::span<const Bytes> leaves) {
    if (leaves.size() == 1) return prefixed(0, leaves[0]);
    std::size_t split = 1;
    while (split * 2 < leaves.size()) split *= 2;
    const Digest left = top_by_definition(leaves.first(split));
    const Digest right = top_by_definition(leaves.subspan(split));
    return prefixed(1, left.view(), right.view());
}

Digest root_of_top(std::uint64_t count, const Digest& top) {
    Hasher hasher;
    hasher.update_sized(as_bytes(k_tag)).update_u8(2).update_u64(count).update(top.view());
    return hasher.finish();
}

std::vector<Bytes> list_of(std::size_t count) {
    std::vector<Bytes> leaves;
    for (std::size_t i = 0; i < count; ++i) {
        leaves.push_back(counting(static_cast<std::uint8_t>(i), i));  // the first one is empty
    }
    return leaves;
}

}  // namespace

TEST_CASE("the root of a list is that of the tree of RFC 6962, with the count") {
    for (std::size_t count = 1; count <= 70; ++count) {
        const auto leaves = list_of(count);
        INFO(count << " leaves");
        REQUIRE(merkle_root(k_tag, leaves) == root_of_top(count, top_by_definition(leaves)));
    }
}

TEST_CASE("an empty list has a root of its own, and nothing stands in it") {
    const Digest root = merkle_root(k_tag, {});
    CHECK(root == root_of_top(0, Digest{}));
    CHECK(root != merkle_root(k_tag, {Bytes{}}));
    CHECK_FALSE(merkle_verify(k_tag, root, {}, MerklePath{0, 0, {}}));
}

TEST_CASE("every leaf of lists of 1 to 17 proves, at its own place only") {
    for (std::size_t count = 1; count <= 17; ++count) {
        const auto leaves = list_of(count);
        const Digest root = merkle_root(k_tag, leaves);
        for (std::size_t index = 0; index < count; ++index) {
            INFO("leaf " << index << " of " << count);
            const MerklePath path = merkle_path(k_tag, leaves, index);
            REQUIRE(path.index == index);
            REQUIRE(path.count == count);
            REQUIRE(merkle_verify(k_tag, root, leaves[index], path));
            for (std::size_t other = 0; other < count + 2; ++other) {
                if (other == index) continue;
                MerklePath moved = path;
                moved.index = other;
                REQUIRE_FALSE(merkle_verify(k_tag, root, leaves[index], moved));
                if (other < count) REQUIRE_FALSE(merkle_verify(k_tag, root, leaves[other], path));
            }
        }
    }
}

TEST_CASE("a path with another count is refused") {
    for (std::size_t count = 1; count <= 17; ++count) {
        const auto leaves = list_of(count);
        const Digest root = merkle_root(k_tag, leaves);
        const MerklePath path = merkle_path(k_tag, leaves, count - 1);
        for (std::uint64_t wrong = 0; wrong <= 40; ++wrong) {
            if (wrong == count) continue;
            MerklePath changed = path;
            changed.count = wrong;
            INFO(count << " leaves, said to be " << wrong);
            REQUIRE_FALSE(merkle_verify(k_tag, root, leaves.back(), changed));
        }
        MerklePath changed = path;
        changed.count = ~std::uint64_t{0};
        REQUIRE_FALSE(merkle_verify(k_tag, root, leaves.back(), changed));
        changed.index = ~std::uint64_t{0} - 1;
        REQUIRE_FALSE(merkle_verify(k_tag, root, leaves.back(), changed));
    }
}

TEST_CASE("a path that is too short, too long or changed is refused") {
    for (std::size_t count = 1; count <= 17; ++count) {
        const auto leaves = list_of(count);
        const Digest root = merkle_root(k_tag, leaves);
        for (std::size_t index = 0; index < count; ++index) {
            INFO("leaf " << index << " of " << count);
            const MerklePath path = merkle_path(k_tag, leaves, index);
            MerklePath extended = path;
            extended.siblings.push_back(root);
            REQUIRE_FALSE(merkle_verify(k_tag, root, leaves[index], extended));
            if (path.siblings.empty()) continue;
            MerklePath truncated = path;
            truncated.siblings.pop_back();
            REQUIRE_FALSE(merkle_verify(k_tag, root, leaves[index], truncated));
            MerklePath headless = path;
            headless.siblings.erase(headless.siblings.begin());
            REQUIRE_FALSE(merkle_verify(k_tag, root, leaves[index], headless));
            for (std::size_t i = 0; i < path.siblings.size(); ++i) {
                MerklePath changed = path;
                changed.siblings[i].bytes[31] ^= 1;
                REQUIRE_FALSE(merkle_verify(k_tag, root, leaves[index], changed));
            }
        }
    }
}

TEST_CASE("an inner node cannot pass as a leaf") {
    const auto leaves = list_of(4);
    const Digest root = merkle_root(k_tag, leaves);
    const Digest left = top_by_definition(std::span(leaves).first(2));
    const Digest right = top_by_definition(std::span(leaves).subspan(2));
    Bytes children = to_bytes(prefixed(0, leaves[0]).view());
    const Digest second = prefixed(0, leaves[1]);
    children.insert(children.end(), second.bytes.begin(), second.bytes.end());
    for (const std::uint64_t count : {2, 3, 4}) {
        CHECK_FALSE(merkle_verify(k_tag, root, children, MerklePath{0, count, {right}}));
        CHECK_FALSE(merkle_verify(k_tag, root, left.view(), MerklePath{0, count, {right}}));
    }
}

TEST_CASE("a repeated last leaf changes the root (CVE-2012-2459)") {
    for (std::size_t count = 1; count <= 17; ++count) {
        auto leaves = list_of(count);
        const Digest root = merkle_root(k_tag, leaves);
        leaves.push_back(leaves.back());
        INFO(count << " leaves");
        CHECK(merkle_root(k_tag, leaves) != root);
        CHECK_FALSE(merkle_verify(k_tag, root, leaves.back(), merkle_path(k_tag, leaves, count)));
    }
}

TEST_CASE("lists of another kind, order or cut have other roots") {
    const auto leaves = list_of(5);
    auto swapped = leaves;
    std::swap(swapped[1], swapped[2]);
    std::set<Digest> roots = {merkle_root(k_tag, leaves), merkle_root("other", leaves),
                              merkle_root(k_tag, swapped), merkle_root(k_tag, {Bytes{1, 2}, {}}),
                              merkle_root(k_tag, {Bytes{1}, Bytes{2}})};
    CHECK(roots.size() == 5);
    CHECK_FALSE(merkle_verify("other", merkle_root(k_tag, leaves), leaves[0],
                              merkle_path(k_tag, leaves, 0)));
}
