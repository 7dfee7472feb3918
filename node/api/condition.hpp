#pragma once
// What a node tells of itself and of others that somebody should look after. See docs/api.md.

#include <string>
#include <vector>

#include "ledger/codec/json.hpp"

namespace cityledger::api {

using ledger::field;

/// A validator that contradicted itself, as this node has seen since its start.
struct LiarView {
    std::string validator;
    std::uint64_t views = 0;  ///< in which it did
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("validator", validator), field("views", views));
    }
};

/// Connections between nodes that ended for one reason, since the start.
struct EndedConnections {
    std::string reason;  ///< name of a code
    std::uint64_t count = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("reason", reason), field("count", count));
    }
};

/// GET /condition
struct ConditionView {
    std::int64_t certificate_ends_unix_s = 0;  ///< own certificate of connections between nodes
    std::int64_t certificate_days_left = 0;    ///< whole days; negative once it has ended
    bool certificate_ends_soon = false;        ///< at most 30 days are left
    std::uint64_t disk_free_bytes = 0;         ///< where the block log is; 0 if it does not tell
    std::uint64_t disk_needed_bytes = 0;       ///< that the next file of the log needs at most
    std::uint64_t memory_bytes = 0;            ///< resident
    std::uint64_t memory_limit_bytes = 0;      ///< of the control group, else of the machine
    std::vector<LiarView> liars;
    std::vector<EndedConnections> ended_connections;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("certificate_ends_unix_s", certificate_ends_unix_s),
                field("certificate_days_left", certificate_days_left),
                field("certificate_ends_soon", certificate_ends_soon),
                field("disk_free_bytes", disk_free_bytes),
                field("disk_needed_bytes", disk_needed_bytes), field("memory_bytes", memory_bytes),
                field("memory_limit_bytes", memory_limit_bytes), field("liars", liars),
                field("ended_connections", ended_connections));
    }
};

}  // namespace cityledger::api
