#pragma once
// The side of an exchange that wants the rows.

#include "node/data/channel.hpp"
#include "node/data/inbox.hpp"

namespace cityledger::data {

struct FetchedDelivery {
    std::uint64_t rows = 0;
    std::uint32_t sequence = 0;  ///< of the delivery on the chain
    Digest digest;               ///< keyed; the chain has it of both sides
    bool resumed = false;        ///< it had arrived in an earlier call
};

/// What to fetch, and the table for the rows.
struct FetchOrder {
    std::string request;
    std::vector<std::string> columns;  ///< empty: all that are granted
    std::string target;
};

class Requester {
public:
    /// References must outlive it. For one thread.
    Requester(Inbox& inbox, GrantBook& grants) : inbox_(inbox), grants_(grants) {}

    /// Makes a connection to the provider; called once for each exchange.
    using Connect = std::function<Result<std::unique_ptr<Channel>>()>;

    /// A delivery of this order that is held goes on where it was; if the provider knows nothing of
    /// it, it is void and fetched anew. The target has the rows once the chain has the records of
    /// both sides. delivery_differs if they do not agree: the target is then as it was.
    [[nodiscard]] Result<FetchedDelivery> fetch(const FetchOrder& order, const Connect& connect);

private:
    [[nodiscard]] Result<HeldDelivery> receive_sealed(Channel& channel, const FetchOrder& order);
    /// A connection to who holds the provider's key.
    [[nodiscard]] Result<std::unique_ptr<Channel>> connect_to_provider(const FetchOrder& order,
                                                                       const Connect& connect);
    /// The answer to this message. A refusal that stands ends the delivery: it is not held then.
    [[nodiscard]] Result<Opening> ask_opening(Channel& channel, const HeldDelivery& held,
                                              const Bytes& message);
    [[nodiscard]] Result<FetchedDelivery> take_in(const HeldDelivery& held, const Opening& opening);

    Inbox& inbox_;
    GrantBook& grants_;
};

}  // namespace cityledger::data
