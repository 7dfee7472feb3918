#pragma once
// Reads records of the block log beside the one who appends: on another thread, through handles of
// its own. Where a record stands comes from the log's index, as a value.

#include <deque>
#include <memory>
#include <string>

#include "node/log/file_system.hpp"
#include "node/log/log_format.hpp"

namespace cityledger::node {

/// How many segments a reader keeps open.
inline constexpr std::size_t k_reader_open_segments = 4;

/// For one thread. The file system must be safe to use from it.
class LogReader {
public:
    LogReader(FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}

    /// The payload; refused with log_damaged if the record is not the one that was written there.
    [[nodiscard]] Result<Bytes> read(const LogPosition& position);

    template <class T>
    [[nodiscard]] Result<T> read_as(const LogPosition& position) {
        const auto payload = read(position);
        if (!payload) return propagate(payload);
        return ledger::decode<T>(*payload);
    }

private:
    struct Segment {
        std::uint32_t number = 0;
        std::unique_ptr<File> file;
        ledger::Nonce salt;
    };

    [[nodiscard]] Result<const Segment*> open(std::uint32_t number);
    [[nodiscard]] std::string path(std::uint32_t segment) const;

    FileSystem& files_;
    std::string folder_;
    std::deque<Segment> segments_;  ///< the one that was opened last at the end
};

/// The payload of the record at this place of a segment file; refused with log_damaged, naming
/// `path`.
[[nodiscard]] Result<Bytes> read_log_record(const File& file, const std::string& path,
                                            const LogPosition& position, const ledger::Nonce& salt);

}  // namespace cityledger::node
