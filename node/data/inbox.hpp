#pragma once
// Where a requester keeps a delivery, sealed, until it has the key, and where its rows then go.

#include "node/data/database.hpp"
#include "node/data/messages.hpp"

namespace cityledger::data {

/// A delivery that arrived complete and is not opened yet.
struct HeldDelivery {
    DeliveryId delivery;
    std::string request;
    std::string target;  ///< the table for its rows
    std::vector<Column> columns;
    std::uint64_t chunks = 0;
    std::uint64_t rows = 0;
};

/// A delivery while it arrives: stored when `complete` succeeds, else nothing of it.
class ArrivingDelivery {
public:
    [[nodiscard]] Status add(const SealedRows& message);
    [[nodiscard]] Result<HeldDelivery> complete(const AllSent& all);

private:
    friend class Inbox;
    ArrivingDelivery(Database& database, DatabaseTransaction transaction, HeldDelivery held)
        : database_(&database), transaction_(std::move(transaction)), held_(std::move(held)) {}

    Database* database_;
    DatabaseTransaction transaction_;
    HeldDelivery held_;
};

/// What an opened delivery was.
struct OpenedDelivery {
    std::uint64_t rows = 0;
    Digest digest;
};

class Inbox {
public:
    /// Makes its tables if they are not there.
    [[nodiscard]] static Result<Inbox> open(Database& database);

    /// The table may not be there, or an earlier delivery made it: its rows are then replaced
    /// (target_taken).
    [[nodiscard]] Status check_target(const std::string& table);
    [[nodiscard]] Result<ArrivingDelivery> begin(HeldDelivery held);
    /// The delivery that is held for this request and table.
    [[nodiscard]] Result<std::optional<HeldDelivery>> find_held(const std::string& request,
                                                                const std::string& target);
    /// Opens all rows into a table beside the target, which `publish` puts in the target's place.
    /// Can be done again.
    [[nodiscard]] Result<OpenedDelivery> unseal(const HeldDelivery& held,
                                                const crypto::SecretKey& key);
    /// The target has the rows of this delivery, and the delivery is not held any more.
    [[nodiscard]] Status publish(const HeldDelivery& held);
    /// Forgets a delivery that is void.
    [[nodiscard]] Status drop(const HeldDelivery& held);

private:
    explicit Inbox(Database& database) : database_(&database) {}
    [[nodiscard]] Status remove(const HeldDelivery& held);
    Database* database_;
};

}  // namespace cityledger::data
