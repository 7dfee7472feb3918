#pragma once
// Merkle tree over a list (RFC 6962 shape): leaf = H(tag, 0x00, bytes), node = H(tag, 0x01, left,
// right), root = H(tag, 0x02, u64 count, top). The count is bound into the root, and an odd node
// moves up unchanged, so no two lists share a root (CVE-2012-2459 cannot happen).

#include <optional>
#include <string_view>

#include "crypto/bytes.hpp"

namespace cityledger::crypto {

/// Siblings from the leaf to the top, and where the leaf stands.
struct MerklePath {
    std::uint64_t index = 0;
    std::uint64_t count = 0;
    std::vector<Digest> siblings;

    bool operator==(const MerklePath&) const = default;
};

/// The root of the list; an empty list has a root too. `tag` separates kinds of lists.
[[nodiscard]] Digest merkle_root(std::string_view tag, const std::vector<Bytes>& leaves);

/// The path of leaf `index`, which must be less than the number of leaves.
[[nodiscard]] MerklePath merkle_path(std::string_view tag, const std::vector<Bytes>& leaves,
                                     std::uint64_t index);

/// The root of the list in which `leaf` stands at `path.index`. Nothing if the path has a wrong
/// length or its index is out of range.
[[nodiscard]] std::optional<Digest> merkle_path_root(std::string_view tag, ByteView leaf,
                                                     const MerklePath& path);

/// True if `leaf` stands at `path.index` of a list of `path.count` with this root. Refuses paths of
/// a wrong length and indexes out of range.
[[nodiscard]] bool merkle_verify(std::string_view tag, const Digest& root, ByteView leaf,
                                 const MerklePath& path);

}  // namespace cityledger::crypto
