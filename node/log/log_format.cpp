#include "node/log/log_format.hpp"

#include "crypto/hash.hpp"

namespace cityledger::node {
namespace {

/// payload_bytes, segment, sequence, durable_sequence, kind, previous.
constexpr std::size_t k_covered_header_bytes = 36;
/// The same and the checksum.
constexpr std::size_t k_covered_by_head_bytes = 44;

std::uint64_t first_bytes(const Digest& digest, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = (value << 8) | digest.bytes[i];
    return value;
}

/// A segment record tells the salt, so its own checksums are without.
void add_salt(crypto::Hasher& hasher, std::uint32_t kind, const ledger::Nonce& salt) {
    if (kind != static_cast<std::uint32_t>(LogKind::segment)) hasher.update(ByteView(salt.bytes));
}

std::uint64_t checksum_of(const LogHeader& header, ByteView record, const ledger::Nonce& salt) {
    crypto::Hasher hasher;
    add_salt(hasher, header.kind, salt);
    hasher.update(record.first(k_covered_header_bytes));
    hasher.update(record.subspan(k_log_header_bytes));
    return first_bytes(hasher.finish(), 8);
}

std::uint32_t head_checksum_of(const LogHeader& header, ByteView head, const ledger::Nonce& salt) {
    crypto::Hasher hasher;
    add_salt(hasher, header.kind, salt);
    hasher.update(head.first(k_covered_by_head_bytes));
    return static_cast<std::uint32_t>(first_bytes(hasher.finish(), 4));
}

}  // namespace

Bytes make_log_record(LogHeader& header, ByteView payload, const ledger::Nonce& salt) {
    header.payload_bytes = static_cast<std::uint32_t>(payload.size());
    Bytes record = ledger::encode(header);
    record.insert(record.end(), payload.begin(), payload.end());
    header.checksum = checksum_of(header, record, salt);
    header.head_checksum = head_checksum_of(header, ledger::encode(header), salt);
    const Bytes head = ledger::encode(header);
    std::copy(head.begin(), head.end(), record.begin());
    return record;
}

std::optional<LogHeader> read_log_header(ByteView bytes, const ledger::Nonce& salt) {
    if (bytes.size() < k_log_header_bytes) return std::nullopt;
    // Most bytes that are no header fail here, before anything is decoded or hashed.
    constexpr std::size_t k_kind_offset_bytes = 24;
    if (bytes[k_kind_offset_bytes] == 0 || bytes[k_kind_offset_bytes] > k_last_log_kind) {
        return std::nullopt;
    }
    const auto header = ledger::decode<LogHeader>(bytes.first(k_log_header_bytes));
    if (!header || header->kind == 0 || header->kind > k_last_log_kind) return std::nullopt;
    if (header->payload_bytes > k_max_log_payload_bytes) return std::nullopt;
    if (header->durable_sequence >= header->sequence) return std::nullopt;
    if (header->head_checksum != head_checksum_of(*header, bytes, salt)) return std::nullopt;
    return *header;
}

bool log_record_intact(const LogHeader& header, ByteView bytes, const ledger::Nonce& salt) {
    if (bytes.size() - k_log_header_bytes < header.payload_bytes) return false;
    const ByteView record = bytes.first(k_log_header_bytes + header.payload_bytes);
    return checksum_of(header, record, salt) == header.checksum;
}

std::string log_segment_name(std::uint32_t segment) {
    std::string digits = std::to_string(segment);
    if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
    return "log-" + digits;
}

}  // namespace cityledger::node
