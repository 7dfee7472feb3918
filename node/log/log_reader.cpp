#include "node/log/log_reader.hpp"

#include <algorithm>

#include "node/log/torn_tail_scan.hpp"

namespace cityledger::node {
namespace {

/// The salt of a log, which the first record of each segment tells; nothing if it is no such
/// record.
std::optional<ledger::Nonce> read_salt(const File& file) {
    const auto head = file.read_at(0, k_log_header_bytes);
    if (!head) return std::nullopt;
    const auto header = read_log_header(*head, {});
    if (!header || header->kind != static_cast<std::uint32_t>(LogKind::segment)) {
        return std::nullopt;
    }
    const auto record = file.read_at(0, k_log_header_bytes + header->payload_bytes);
    if (!record || !log_record_intact(*header, *record, {})) return std::nullopt;
    const auto start = ledger::decode<SegmentStart>(ByteView(*record).subspan(k_log_header_bytes));
    if (!start) return std::nullopt;
    return start->salt;
}

}  // namespace

Result<Bytes> read_log_record(const File& file, const std::string& path,
                              const LogPosition& position, const ledger::Nonce& salt) {
    auto record = file.read_at(position.offset, k_log_header_bytes + position.payload_bytes);
    if (!record) return record;
    const auto header = read_log_header(*record, salt);
    if (!header || header->sequence != position.sequence ||
        header->payload_bytes != position.payload_bytes ||
        !log_record_intact(*header, *record, salt)) {
        return tl::unexpected<Error>(
            log_damage(path, position.offset, position.sequence, "met while reading"));
    }
    record->erase(record->begin(), record->begin() + k_log_header_bytes);
    return record;
}

std::string LogReader::path(std::uint32_t segment) const {
    return folder_ + "/" + log_segment_name(segment);
}

Result<Bytes> LogReader::read(const LogPosition& position) {
    const auto segment = open(position.segment);
    if (!segment) return propagate(segment);
    return read_log_record(*(*segment)->file, path(position.segment), position, (*segment)->salt);
}

Result<const LogReader::Segment*> LogReader::open(std::uint32_t number) {
    const auto known = std::find_if(segments_.begin(), segments_.end(),
                                    [&](const Segment& one) { return one.number == number; });
    if (known != segments_.end()) return &*known;
    auto file = files_.open(path(number), false);
    if (!file) return propagate(file);
    const auto salt = read_salt(**file);
    if (!salt) return tl::unexpected<Error>(log_damage(path(number), 0, 0, "met while reading"));
    if (segments_.size() == k_reader_open_segments) segments_.pop_front();
    segments_.push_back({number, *std::move(file), *salt});
    return &segments_.back();
}

}  // namespace cityledger::node
