#include "node/data/row.hpp"

#include "ledger/codec/text.hpp"
#include "node/data/data_codes.hpp"

namespace cityledger::data {
namespace {

/// The kinds of cells, as the variant numbers them.
enum Kind : std::uint8_t { k_null, k_integer, k_text, k_bytes };
constexpr std::string_view k_digest_domain = "cityledger rows";

void write_sized(ledger::CanonicalWriter& writer, ByteView bytes) {
    writer.append_integer(static_cast<std::uint32_t>(bytes.size()));
    writer.append(bytes);
}

bool fits(ByteView bytes) { return bytes.size() <= k_max_cell_bytes; }

bool can_travel(const Cell& cell) {
    if (const auto* bytes = std::get_if<Bytes>(&cell)) return fits(*bytes);
    const auto* text = std::get_if<std::string>(&cell);
    return text == nullptr || (fits(as_bytes(*text)) && !ledger::find_bad_text(*text));
}

Cell read_cell(ledger::CanonicalReader& reader) {
    switch (reader.take_integer<std::uint8_t>()) {
        case k_null: return {};
        case k_integer: return reader.take_integer<std::int64_t>();
        case k_text: return reader.take_text(reader.take_count(k_max_cell_bytes));
        case k_bytes: return to_bytes(reader.take(reader.take_count(k_max_cell_bytes)));
        default: ledger::CanonicalReader::fail_not_canonical("kind of a cell");
    }
}

}  // namespace

Cell cell_of(const Digest& digest) { return to_bytes(digest.view()); }

std::optional<Digest> digest_of(const Cell& cell) {
    const auto* bytes = std::get_if<Bytes>(&cell);
    Digest digest;
    if (bytes == nullptr || bytes->size() != digest.bytes.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), digest.bytes.begin());
    return digest;
}

Error damaged_delivery(std::string what) { return Error{codes::delivery_damaged, std::move(what)}; }

Result<Bytes> write_row(const Row& row) {
    ledger::CanonicalWriter writer;
    for (const Cell& cell : row) {
        if (!can_travel(cell)) return refuse(codes::cell_too_large);
        writer.append_integer(static_cast<std::uint8_t>(cell.index()));
        if (const auto* number = std::get_if<std::int64_t>(&cell)) writer.append_integer(*number);
        if (const auto* text = std::get_if<std::string>(&cell))
            write_sized(writer, as_bytes(*text));
        if (const auto* bytes = std::get_if<Bytes>(&cell)) write_sized(writer, *bytes);
    }
    return writer.take();
}

Result<Row> read_row(ByteView bytes, std::size_t columns) {
    try {
        ledger::CanonicalReader reader(bytes);
        Row row;
        row.reserve(columns);
        for (std::size_t i = 0; i < columns; ++i) row.push_back(read_cell(reader));
        if (!reader.empty()) ledger::CanonicalReader::fail_not_canonical("bytes behind the row");
        return row;
    } catch (const ledger::DecodeFailure& failure) {
        return tl::unexpected(damaged_delivery(failure.error.message()));
    }
}

RowDigest::RowDigest(const crypto::SecretKey& key, std::string_view request)
    : key_(crypto::derive_key(key.view(), {}, as_bytes(k_digest_domain))) {
    const std::string first = std::string(k_digest_domain) + std::string(request);
    digest_ = crypto::hmac_sha256(key_.view(), as_bytes(first));
}

void RowDigest::add(ByteView row) {
    message_.assign(digest_.bytes.begin(), digest_.bytes.end());
    message_.insert(message_.end(), row.begin(), row.end());
    digest_ = crypto::hmac_sha256(key_.view(), message_);
    ++rows_;
}

}  // namespace cityledger::data
