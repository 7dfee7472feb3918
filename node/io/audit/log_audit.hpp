#pragma once
// Reads every record of a block log and checks what it holds, beyond the log's own checksums:
// signatures of batches, transactions and votes, hashes of blocks.

#include <functional>
#include <optional>

#include "ledger/validator_set.hpp"
#include "node/log/file_system.hpp"

namespace cityledger::io {

/// What a log holds.
struct LogTally {
    std::uint64_t segments = 0;
    std::uint64_t bytes = 0;  ///< of its records
    std::uint64_t records = 0;
    std::uint64_t blocks = 0;
    std::uint64_t batches = 0;
    std::uint64_t transactions = 0;
    std::uint64_t certificates = 0;
    std::uint64_t own_votes = 0;
    std::uint64_t evidence = 0;
    bool lost_votes = false;  ///< own votes were missing once
};

/// How much is done, of how much.
using PartDone = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// Checks every record; audit_record_invalid names the first that does not hold, log_damaged what
/// the scan of a starting node refuses, audit_log_tail bytes after the last whole record.
[[nodiscard]] Result<LogTally> audit_log(node::FileSystem& files, const std::string& folder,
                                         const ledger::ValidatorSet& validators,
                                         const PartDone& done);

}  // namespace cityledger::io
