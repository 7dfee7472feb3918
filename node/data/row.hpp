#pragma once
// Rows on their way from one department's table to another's, and the keyed digest of a batch.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/result.hpp"
#include "crypto/seal.hpp"
#include "ledger/codec/codec.hpp"

namespace cityledger {
namespace data {

/// What a column holds. Decimals and dates travel as the text that the database shows, so that no
/// digit is lost; booleans as 0 and 1.
enum class ColumnType : std::uint8_t { text, integer, decimal, date, boolean, bytes };

}  // namespace data

template <>
struct ledger::EnumNames<data::ColumnType> {
    static constexpr std::string_view names[] = {"text", "integer", "decimal",
                                                 "date", "boolean", "bytes"};
};

namespace data {

inline constexpr std::uint32_t k_max_columns = 128;
inline constexpr std::uint32_t k_max_name_bytes = 128;
inline constexpr std::uint32_t k_max_cell_bytes = 1 << 20;

struct Column {
    std::string name;
    ColumnType type = ColumnType::text;

    bool operator==(const Column&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(ledger::limited<k_max_name_bytes>("name", name), field("type", type));
    }
};

/// NULL, a whole number, text, or bytes.
using Cell = std::variant<std::monostate, std::int64_t, std::string, Bytes>;
using Row = std::vector<Cell>;

/// A digest as bytes in a table, and back; nothing if the cell holds none.
[[nodiscard]] Cell cell_of(const Digest& digest);
[[nodiscard]] std::optional<Digest> digest_of(const Cell& cell);

/// That what arrived is not what was announced, or cannot be opened (delivery_damaged).
[[nodiscard]] Error damaged_delivery(std::string what);

/// One byte for the kind of each cell, then its value: i64, or u32 size and bytes. Refuses what
/// read_row would not take (cell_too_large).
[[nodiscard]] Result<Bytes> write_row(const Row& row);
/// Exactly `columns` cells and no byte more; else delivery_damaged.
[[nodiscard]] Result<Row> read_row(ByteView bytes, std::size_t columns);

/// The digest of a batch under the key of its delivery: who does not have the key cannot find a
/// row by trying values against what the chain shows.
///     d(0) = HMAC(key, "cityledger rows" request), d(i) = HMAC(key, d(i-1) row(i))
class RowDigest {
public:
    RowDigest(const crypto::SecretKey& key, std::string_view request);
    void add(ByteView row);
    [[nodiscard]] const Digest& digest() const { return digest_; }
    [[nodiscard]] std::uint64_t rows() const { return rows_; }

private:
    crypto::SecretKey key_;
    Digest digest_;
    std::uint64_t rows_ = 0;
    Bytes message_;  ///< kept, so that a row costs no allocation
};

}  // namespace data
}  // namespace cityledger
