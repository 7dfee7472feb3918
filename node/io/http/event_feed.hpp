#pragma once
// What GET /events tells of each block, written once for all who follow.

#include <map>
#include <vector>

#include "node/io/http/api_backend.hpp"

namespace cityledger::io {

struct EventMessage {
    std::string text;              ///< an api::BlockEvents in JSON
    std::uint64_t read_bytes = 0;  ///< of the block, from the log
};

class EventFeed {
public:
    using Message = std::shared_ptr<const EventMessage>;
    using Done = std::function<void(const Result<Message>&)>;

    /// The backend must outlive the feed.
    explicit EventFeed(ApiBackend& backend) : backend_(backend) {}

    /// The message of an executed block, perhaps within the call; null if memory lacks for it.
    /// Errors as of read_block.
    void read(std::uint64_t height, Done done);

private:
    void tell(std::uint64_t height, const Result<StoredBlock>& block);
    Result<Message> write(std::uint64_t height, const Result<StoredBlock>& block);

    ApiBackend& backend_;
    std::map<std::uint64_t, std::vector<Done>> readers_;  ///< of blocks that are being read
    /// The message that was made last: at the newest block all followers want the same.
    std::uint64_t last_height_ = 0;
    Message last_;
};

}  // namespace cityledger::io
