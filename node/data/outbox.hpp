#pragma once
// What a provider remembers of deliveries that arrived complete, until it knows that they are
// opened: the key, and what to record. Its database holds keys of deliveries, so it is as secret as
// the data.

#include "node/data/database.hpp"
#include "node/data/messages.hpp"

namespace cityledger::data {

struct SentDelivery {
    DeliveryId delivery;
    ledger::MemberId requester;
    std::string request;
    Digest key;
    Digest digest;
    std::uint64_t rows = 0;
    std::uint32_t sequence = 0;  ///< on the chain; 0: not recorded yet, as far as this side knows
};

class Outbox {
public:
    /// Makes its table if it is not there.
    [[nodiscard]] static Result<Outbox> open(Database& database);
    [[nodiscard]] Status keep(const SentDelivery& sent);
    /// fetch_void if this id is not kept, or for another requester.
    [[nodiscard]] Result<SentDelivery> find(const DeliveryId& delivery,
                                            const ledger::MemberId& requester);
    [[nodiscard]] Status set_recorded(const DeliveryId& delivery, std::uint32_t sequence);
    [[nodiscard]] Status drop(const DeliveryId& delivery);

private:
    explicit Outbox(Database& database) : database_(&database) {}
    Database* database_;
};

}  // namespace cityledger::data
