#pragma once
// What GET /events tells of each block, written once for all who may read the same.

#include <map>
#include <vector>

#include "ledger/contract.hpp"
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

    /// Both must outlive the feed.
    EventFeed(ApiBackend& backend, const ledger::ContractRegistry& contracts)
        : backend_(backend), contracts_(contracts) {}

    /// The message of an executed block for this member (empty: for anybody), perhaps within the
    /// call; null if memory lacks for it. Errors as of read_block.
    void read(std::uint64_t height, const ledger::MemberId& asker, Done done);

private:
    using Readers = std::map<ledger::MemberId, std::vector<Done>>;

    void tell(std::uint64_t height, const Result<StoredBlock>& block);
    Result<Message> write(std::uint64_t height, const ledger::MemberId& asker,
                          const Result<StoredBlock>& block);

    ApiBackend& backend_;
    const ledger::ContractRegistry& contracts_;
    std::map<std::uint64_t, Readers> readers_;  ///< of blocks that are being read
    /// The messages of the height that was told last: at the newest block all want the same height.
    std::uint64_t last_height_ = 0;
    std::map<ledger::MemberId, Message> last_;
};

}  // namespace cityledger::io
