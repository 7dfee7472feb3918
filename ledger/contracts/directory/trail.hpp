#pragma once
// Directory: who saw what, when, under which grant. See directory.hpp.

#include <optional>
#include <string>
#include <vector>

#include "crypto/merkle.hpp"
#include "ledger/contracts/directory/requests.hpp"

namespace cityledger::ledger::directory {

/// A day, the id of a request and a sequence, with '/' between.
inline constexpr std::uint32_t k_max_trail_key_bytes = 40;

/// Query `trail`: deliveries of the data of an entry ("AK/D00001"), or those whose grant named an
/// item that a table ("AK/T00001") holds today; after the line with the key `after`. `limit` is 1
/// to 100, 100 if absent; a page of a table may hold fewer lines, or none, and yet have a `next`.
struct TrailArguments {
    std::string subject;
    std::optional<std::string> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const TrailArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("subject", subject),
                limited<k_max_trail_key_bytes>("after", after), field("limit", limit));
    }
};

struct TrailLine {
    Delivery delivery;
    std::vector<std::string> columns;  ///< that the grant named

    bool operator==(const TrailLine&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        delivery.serialize(archive);
        archive(limited<k_max_items>("columns", columns));
    }
};

/// In the order of the days of delivery.
struct TrailResult {
    std::vector<TrailLine> lines;
    std::optional<std::string> next;

    bool operator==(const TrailResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("lines", lines), limited<k_max_trail_key_bytes>("next", next));
    }
};

// ---- the persons of a batch ---------------------------------------------------------------------
// `deliver` may carry the root of a Merkle tree over HMAC-SHA256(key, person's id). The key is one
// of the auditor's, so that nobody else finds a person by trying ids. Whoever delivered shows to
// the auditor with one path that a person stands in a batch.

/// The leaves ascend and each stands once: the tree tells neither order nor repetition of rows.
[[nodiscard]] std::vector<Bytes> person_leaves(ByteView key,
                                               const std::vector<std::string>& persons);
[[nodiscard]] Digest persons_root(const std::vector<Bytes>& leaves);
/// Nothing if the person is not among the leaves.
[[nodiscard]] std::optional<crypto::MerklePath> person_path(const std::vector<Bytes>& leaves,
                                                            ByteView key, std::string_view person);
/// The person stands in the batch with this root.
[[nodiscard]] bool is_person_in(const Digest& root, ByteView key, std::string_view person,
                                const crypto::MerklePath& path);

}  // namespace cityledger::ledger::directory
