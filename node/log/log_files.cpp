#include "node/log/log_files.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "node/log/log_codes.hpp"
#include "node/log/log_reader.hpp"

namespace cityledger::node {

LogFiles::LogFiles(FileSystem& files, Syncer& syncer, std::string folder, ledger::ChainId chain,
                   std::uint64_t segment_bytes)
    : files_(files),
      syncer_(syncer),
      folder_(std::move(folder)),
      chain_(chain),
      segment_bytes_(segment_bytes),
      alive_(std::make_shared<LogFiles*>(this)) {}

LogFiles::~LogFiles() { *alive_ = nullptr; }

std::string LogFiles::path(std::uint32_t segment) const {
    return folder_ + "/" + log_segment_name(segment);
}

std::uint64_t LogFiles::bytes_of(std::uint32_t segment) const {
    std::uint64_t bytes = k_log_first_segment_bytes;
    for (std::uint32_t one = 1; one < segment && bytes < segment_bytes_; ++one) bytes *= 2;
    return std::min(bytes, segment_bytes_);
}

Status LogFiles::resume(const LogEnd& end) {
    end_ = end;
    if (auto dropped = drop_tail(end); !dropped) return dropped;
    for (std::uint32_t segment = 1; segment <= end.segment; ++segment) {
        auto file = files_.open(path(segment), false);
        if (!file) return propagate(file);
        segments_[segment] = *std::move(file);
    }
    // Everything that was read is acted upon from here on, so it must not be lost any more.
    for (const auto& [segment, file] : segments_) {
        if (auto synced = file->sync(); !synced) return synced;
    }
    if (auto synced = files_.sync_folder(folder_); !synced) return synced;
    durable_sequence_ = end.next_sequence - 1;
    has_room_ = segments_.at(end_.segment)->preallocate(bytes_of(end_.segment)).has_value();
    return {};
}

Status LogFiles::drop_tail(const LogEnd& end) {
    const auto last = last_log_segment(files_, folder_);
    if (!last) return propagate(last);
    for (std::uint32_t later = end.segment + 1; later <= *last; ++later) {
        if (!files_.exists(path(later))) continue;
        if (auto removed = files_.remove(path(later)); !removed) return removed;
    }
    auto file = files_.open(path(end.segment), false);
    if (!file) return propagate(file);
    return (*file)->truncate(end.offset);
}

LogPosition LogFiles::append(LogKind kind, ByteView payload) {
    LogPosition position;
    position.sequence = end_.next_sequence;
    if (failed_) return position;  // never durable, so nothing follows from it
    const std::uint64_t bytes = k_log_header_bytes + payload.size();
    if (end_.offset + bytes > bytes_of(end_.segment) && end_.offset > 0) {
        if (auto rolled = roll(bytes); !rolled) {
            fail(rolled.error());
            return position;
        }
    }
    if (auto written = write_record(kind, payload, position); !written) fail(written.error());
    const std::uint64_t size = bytes_of(end_.segment);
    const bool in_reserve = end_.offset + size / k_log_reserve_divisor > size;
    if (in_reserve && has_room_ && !segments_.contains(end_.segment + 1)) {
        has_room_ = make_room().has_value();
    }
    return position;
}

Status LogFiles::write_record(LogKind kind, ByteView payload, LogPosition& position) {
    LogHeader header;
    header.segment = end_.segment;
    header.sequence = end_.next_sequence;
    header.durable_sequence = durable_sequence_;
    header.kind = static_cast<std::uint32_t>(kind);
    header.previous = end_.previous;
    const Bytes record = make_log_record(header, payload, end_.salt);
    const auto& file = segments_.at(end_.segment);
    if (auto written = file->write_at(end_.offset, record); !written) return written;
    position = {end_.segment, header.payload_bytes, end_.offset, header.sequence};
    unsynced_[end_.segment] = file;
    end_.offset += record.size();
    end_.next_sequence += 1;
    end_.previous = header.checksum;
    appended_bytes_ += record.size();
    return {};
}

Status LogFiles::make_room() {
    const std::uint32_t next = end_.segment + 1;
    auto opened = files_.open(path(next), true);
    Status made = opened ? (*opened)->preallocate(bytes_of(next)) : Status(propagate(opened));
    has_room_ = made.has_value();
    if (!made) return refuse(codes::log_full, made.error().message());
    segments_[next] = *std::move(opened);
    return {};
}

Status LogFiles::roll(std::uint64_t wanted_bytes) {
    if (!segments_.contains(end_.segment + 1)) {
        if (auto made = make_room(); !made) return made;
    }
    end_.segment += 1;
    end_.offset = 0;
    // A record larger than a segment gets a segment of its own size.
    if (wanted_bytes + 2 * k_log_header_bytes > bytes_of(end_.segment)) {
        const auto made = segments_.at(end_.segment)->preallocate(wanted_bytes + 4096);
        if (!made) return made;
    }
    LogPosition position;
    const Bytes start = ledger::encode(SegmentStart{k_log_version, chain_, end_.salt});
    if (auto written = write_record(LogKind::segment, start, position); !written) return written;
    return files_.sync_folder(folder_);
}

Result<Bytes> LogFiles::read(const LogPosition& position) const {
    return read_log_record(*segments_.at(position.segment), path(position.segment), position,
                           end_.salt);
}

void LogFiles::request_sync() {
    if (failed_ || durable_sequence_ == last_sequence()) return;
    if (sync_outstanding_) {
        sync_wanted_ = true;
        return;
    }
    start_sync();
}

void LogFiles::start_sync() {
    sync_outstanding_ = true;
    sync_wanted_ = false;
    std::vector<std::shared_ptr<File>> files;
    for (auto& [segment, file] : unsynced_) files.push_back(std::move(file));
    unsynced_.clear();
    continue_sync(last_sequence(), std::move(files));
}

void LogFiles::continue_sync(std::uint64_t sequence, std::vector<std::shared_ptr<File>> rest) {
    CHECK_INVARIANT(!rest.empty());
    const std::shared_ptr<File> file = rest.front();  // older segments first
    rest.erase(rest.begin());
    const auto done = [alive = alive_, sequence, rest = std::move(rest)](const Status& synced) {
        if (LogFiles* self = *alive) self->on_synced(sequence, rest, synced);
    };
    syncer_.sync(file, done);
}

void LogFiles::on_synced(std::uint64_t sequence, const std::vector<std::shared_ptr<File>>& rest,
                         const Status& synced) {
    if (!synced) return fail(synced.error());
    if (!rest.empty()) return continue_sync(sequence, rest);
    sync_outstanding_ = false;
    durable_sequence_ = sequence;
    syncs_ += 1;
    if (sync_wanted_ && durable_sequence_ < last_sequence()) start_sync();
    if (hooks_.durable) hooks_.durable();
}

void LogFiles::fail(const Error& error) {
    if (failed_) return;
    failed_ = true;
    if (hooks_.failed) hooks_.failed(error);
}

}  // namespace cityledger::node
