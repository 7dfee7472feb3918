#pragma once
// The bytes of the block log: docs/formats/log.md. A record checks itself (checksum), names its
// place (segment, sequence), links to the record before it (previous), and tells how far the log
// was durable when it was written (durable_sequence): so a torn tail and damage in the middle are
// told apart. Checksums begin with a secret salt of the log: no payload that a client or another
// validator writes can pass for a record.

#include <optional>
#include <string>

#include "ledger/codec/codec.hpp"
#include "ledger/signing.hpp"
#include "ledger/transaction.hpp"
#include "node/consensus/output.hpp"

namespace cityledger::node {

inline constexpr std::uint32_t k_log_version = 2;
inline constexpr std::size_t k_log_header_bytes = 48;
/// The largest payload that a scan believes: a block with all its limits stays far below.
inline constexpr std::uint32_t k_max_log_payload_bytes = 16 * 1024 * 1024;

enum class LogKind : std::uint32_t {
    segment = 1,
    batch = 2,
    block = 3,
    certificate = 4,
    safety_record = 5,
    final_marker = 6,
    evidence = 7,
    lost_votes = 8,
};
inline constexpr std::uint32_t k_last_log_kind = 8;

/// The fixed head of every record, all fields little-endian.
struct LogHeader {
    std::uint32_t payload_bytes = 0;
    std::uint32_t segment = 0;           ///< number of the file, from 1
    std::uint64_t sequence = 0;          ///< ascending by one over the whole log, from 1
    std::uint64_t durable_sequence = 0;  ///< all up to here was durable at the time of writing
    std::uint32_t kind = 0;
    std::uint64_t previous = 0;  ///< checksum of the record before; 0 for the first
    /// First 8 bytes of SHA-256 over salt, fields above and payload; kind segment: without salt.
    std::uint64_t checksum = 0;
    std::uint32_t head_checksum = 0;  ///< first 4 bytes, over salt and fields above

    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(field("payload_bytes", payload_bytes), field("segment", segment),
                field("sequence", sequence), field("durable_sequence", durable_sequence),
                field("kind", kind), field("previous", previous), field("checksum", checksum),
                field("head_checksum", head_checksum));
    }
};

/// The first record of every segment.
struct SegmentStart {
    std::uint32_t version = k_log_version;
    ledger::ChainId chain_id;
    ledger::Nonce salt;  ///< of this log, the same in all segments

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("version", version), ledger::field("chain_id", chain_id),
                ledger::field("salt", salt));
    }
};

/// Own votes of this validator are missing from the log. The newest record of this kind counts.
struct LostVotes {
    /// It votes above this view only; 0: the others are still to be asked.
    std::uint64_t votes_above_view = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("votes_above_view", votes_above_view));
    }
};

/// The block of this height is final, by a finalization of this view (its own or a descendant's).
struct FinalMarker {
    std::uint64_t height = 0;
    Digest digest;
    std::uint64_t view = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("height", height), ledger::field("digest", digest),
                ledger::field("view", view));
    }
};

/// Two votes of one validator that exclude each other.
struct EvidenceRecord {
    ledger::Vote first;
    ledger::Vote second;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("first", first), ledger::field("second", second));
    }
};

/// Where a record stands.
struct LogPosition {
    std::uint32_t segment = 0;
    std::uint32_t payload_bytes = 0;
    std::uint64_t offset = 0;  ///< of the header
    std::uint64_t sequence = 0;
};

/// The whole record; fills the length and the checksums of the header.
[[nodiscard]] Bytes make_log_record(LogHeader& header, ByteView payload, const ledger::Nonce& salt);

/// The header at the start of `bytes`, if it is one: known kind, possible length, own checksum.
[[nodiscard]] std::optional<LogHeader> read_log_header(ByteView bytes, const ledger::Nonce& salt);

/// Whether the record at the start of `bytes` is whole and has the checksum that its header names.
[[nodiscard]] bool log_record_intact(const LogHeader& header, ByteView bytes,
                                     const ledger::Nonce& salt);

/// "log-000001"
[[nodiscard]] std::string log_segment_name(std::uint32_t segment);

}  // namespace cityledger::node
