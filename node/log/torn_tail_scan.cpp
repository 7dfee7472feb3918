#include "node/log/torn_tail_scan.hpp"

#include <cstring>

#include "node/log/log_codes.hpp"

namespace cityledger::node {
namespace {

bool has_content(ByteView bytes) {
    // A row of zeros equals itself one byte further on; memcmp reads tens of megabytes at once.
    if (bytes.empty()) return false;
    return bytes[0] != 0 || std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) != 0;
}

bool is_segment_start(const LogHeader& header) {
    return header.kind == static_cast<std::uint32_t>(LogKind::segment);
}

/// True if a record in these bytes of a segment says that everything up to the end was durable
/// before it. The record of kind segment, which has no salt, counts at the start of a file only.
bool claims_durable(ByteView bytes, bool from_start, std::uint32_t segment, const LogEnd& end) {
    if (!has_content(bytes)) return false;
    for (std::size_t offset = 0; offset + k_log_header_bytes <= bytes.size(); ++offset) {
        const ByteView rest = bytes.subspan(offset);
        const auto header = read_log_header(rest, end.salt);
        if (!header || header->segment != segment) continue;
        if (header->durable_sequence < end.next_sequence) continue;
        if (is_segment_start(*header) != (from_start && offset == 0)) continue;
        if (log_record_intact(*header, rest, end.salt)) return true;
    }
    return false;
}

struct Scan {
    FileSystem& files;
    const std::string& folder;
    const LogVisitor& visitor;
    const DescribePlace& place;
    LogEnd end;

    [[nodiscard]] Result<Bytes> read_segment(std::uint32_t segment) const {
        auto file = files.open(folder + "/" + log_segment_name(segment), false);
        if (!file) return propagate(file);
        return (*file)->read_at(0, (*file)->size());
    }

    /// Visits the records of one segment from its start; leaves `end` after the last good one.
    [[nodiscard]] Status visit_segment(std::uint32_t segment, ByteView bytes) {
        end.segment = segment;
        end.offset = 0;
        while (end.offset < bytes.size()) {
            const ByteView rest = bytes.subspan(end.offset);
            const auto header = read_log_header(rest, end.salt);
            if (!header || !continues(*header, segment) ||
                !log_record_intact(*header, rest, end.salt)) {
                return {};
            }
            const LogPosition position{segment, header->payload_bytes, end.offset,
                                       header->sequence};
            const auto payload = rest.subspan(k_log_header_bytes, header->payload_bytes);
            if (auto visited = visitor(*header, position, payload); !visited) return visited;
            if (header->sequence == 1) {
                const auto start = ledger::decode<SegmentStart>(payload);
                if (!start) return propagate(start);
                end.salt = start->salt;
            }
            end.offset += k_log_header_bytes + header->payload_bytes;
            end.next_sequence = header->sequence + 1;
            end.previous = header->checksum;
        }
        return {};
    }

    [[nodiscard]] bool continues(const LogHeader& header, std::uint32_t segment) const {
        const bool starts = end.offset == 0;
        return header.segment == segment && header.sequence == end.next_sequence &&
               header.previous == end.previous && starts == is_segment_start(header);
    }

    /// The bytes after the bad record at the end. The payload of a record whose header is whole is
    /// skipped: what clients wrote into it is never taken for a record.
    [[nodiscard]] ByteView after_bad_record(ByteView bytes) const {
        const ByteView rest = bytes.subspan(std::min<std::size_t>(end.offset, bytes.size()));
        const auto header = read_log_header(rest, end.salt);
        if (!header || !continues(*header, end.segment)) return rest;
        const std::size_t record_bytes = k_log_header_bytes + header->payload_bytes;
        return rest.subspan(std::min(record_bytes, rest.size()));
    }
};

}  // namespace

Error log_damage(const std::string& path, std::uint64_t offset, std::uint64_t sequence,
                 const std::string& place) {
    return refuse(codes::log_damaged, path + " at byte " + std::to_string(offset) + ", record " +
                                          std::to_string(sequence) + ", " + place)
        .value();
}

Result<std::uint32_t> last_log_segment(FileSystem& files, const std::string& folder) {
    const auto names = files.list(folder);
    if (!names) return propagate(names);
    std::uint32_t last = 0;
    for (const auto& name : *names) {
        if (!name.starts_with("log-") || name.size() != log_segment_name(1).size()) continue;
        std::uint32_t number = 0;
        for (const char digit : name.substr(4)) {
            if (digit < '0' || digit > '9') break;
            number = number * 10 + static_cast<std::uint32_t>(digit - '0');
        }
        if (name == log_segment_name(number)) last = std::max(last, number);
    }
    return last;
}

Result<LogEnd> scan_log(FileSystem& files, const std::string& folder, const LogVisitor& visitor,
                        const DescribePlace& place) {
    const auto last = last_log_segment(files, folder);
    if (!last) return propagate(last);
    Scan scan{files, folder, visitor, place, {}};
    Bytes bytes;  // of the segment in which the scan ends
    for (std::uint32_t segment = 1; segment <= *last; ++segment) {
        if (!files.exists(folder + "/" + log_segment_name(segment))) break;
        auto read = scan.read_segment(segment);
        if (!read) return propagate(read);
        const LogEnd before = scan.end;
        if (auto visited = scan.visit_segment(segment, *read); !visited) return propagate(visited);
        if (scan.end.offset == 0 && segment > 1) {
            scan.end = before;  // nothing of this one was durable, or it is damaged: judged below
            break;
        }
        bytes = *std::move(read);
        if (has_content(ByteView(bytes).subspan(scan.end.offset))) break;
    }
    bool damaged = claims_durable(scan.after_bad_record(bytes), false, scan.end.segment, scan.end);
    for (std::uint32_t later = scan.end.segment + 1; !damaged && later <= *last; ++later) {
        if (!files.exists(folder + "/" + log_segment_name(later))) continue;
        const auto read = scan.read_segment(later);
        if (!read) return propagate(read);
        damaged = claims_durable(*read, true, later, scan.end);
    }
    if (damaged) {
        return tl::unexpected<Error>(log_damage(folder + "/" + log_segment_name(scan.end.segment),
                                                scan.end.offset, scan.end.next_sequence, place()));
    }
    return scan.end;
}

}  // namespace cityledger::node
