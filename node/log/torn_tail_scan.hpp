#pragma once
// Reads a block log from its first record to its last whole one.

#include <functional>

#include "node/log/file_system.hpp"
#include "node/log/log_format.hpp"

namespace cityledger::node {

/// Where the next record goes.
struct LogEnd {
    std::uint32_t segment = 1;
    std::uint64_t offset = 0;
    std::uint64_t next_sequence = 1;
    std::uint64_t previous = 0;
    ledger::Nonce salt;  ///< of the log, from its first record
};

/// Gets each whole record in order; may refuse it.
using LogVisitor = std::function<Status(const LogHeader&, const LogPosition&, ByteView payload)>;

/// What was read before a damage, in words, for the refusal: "after final block 12".
using DescribePlace = std::function<std::string()>;

/// Damage of a record that had been durable, with its place.
[[nodiscard]] Error log_damage(const std::string& path, std::uint64_t offset,
                               std::uint64_t sequence, const std::string& place);

/// The highest number of a segment file in the folder; 0 if there is none.
[[nodiscard]] Result<std::uint32_t> last_log_segment(FileSystem& files, const std::string& folder);

/// Visits every record. An incomplete or wrong record that nothing durable follows is the torn tail
/// of a power loss: the scan ends there. If a later record shows that it had been durable, it is
/// damage: refused, with segment, offset and place, and nothing is changed.
[[nodiscard]] Result<LogEnd> scan_log(FileSystem& files, const std::string& folder,
                                      const LogVisitor& visitor, const DescribePlace& place);

}  // namespace cityledger::node
