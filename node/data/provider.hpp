#pragma once
// The side of an exchange that has the rows.

#include "node/data/channel.hpp"
#include "node/data/messages.hpp"
#include "node/data/outbox.hpp"
#include "node/data/tables.hpp"

namespace cityledger::data {

/// Rows of one message: the grant is asked for again before each.
inline constexpr std::size_t k_rows_per_message = 500;

class Provider {
public:
    /// References must outlive it. For one thread.
    Provider(Database& database, Outbox& outbox, GrantBook& grants)
        : database_(database), outbox_(outbox), grants_(grants) {}

    /// Serves one fetch or resume, from its first message to its end: the delivery that the other
    /// side can open now. What it refuses it has told the other side too.
    [[nodiscard]] Result<SentDelivery> serve(Channel& channel);

private:
    [[nodiscard]] Result<SentDelivery> answer(Channel& channel);
    [[nodiscard]] Result<SentDelivery> fetch(Channel& channel, const Fetch& fetch);
    [[nodiscard]] Result<SentDelivery> resume(Channel& channel, const Resume& resume);
    /// The member has this key on the chain.
    [[nodiscard]] Status check_peer(const Channel& channel, const ledger::MemberId& member);
    /// The request, if the member may have rows on it now.
    [[nodiscard]] Result<ledger::directory::Request> live_grant(const std::string& request,
                                                                const ledger::MemberId& member);
    /// Sends all rows sealed; the delivery that would be recorded.
    [[nodiscard]] Result<SentDelivery> send_rows(Channel& channel, const Fetch& fetch,
                                                 const ledger::directory::Request& grant);
    /// Records it on the chain, if it is not recorded, and sends the key.
    [[nodiscard]] Result<SentDelivery> record_and_open(Channel& channel, SentDelivery sent);

    Database& database_;
    Outbox& outbox_;
    GrantBook& grants_;
};

}  // namespace cityledger::data
