#include "node/data/outbox.hpp"

namespace cityledger::data {
Result<Outbox> Outbox::open(Database& database) {
    const std::string bytes = database.type_name(ColumnType::bytes);
    const std::string text = database.type_name(ColumnType::text);
    const std::string integer = database.type_name(ColumnType::integer);
    const Status made = database.execute(
        "CREATE TABLE IF NOT EXISTS cityledger_outbox (delivery " + bytes +
            " PRIMARY KEY, requester " + text + ", request " + text + ", content_key " + bytes +
            ", digest " + bytes + ", row_count " + integer + ", sequence " + integer + ")",
        {});
    if (!made) return propagate(made);
    return Outbox(database);
}

Status Outbox::keep(const SentDelivery& sent) {
    return database_->execute(
        "INSERT INTO cityledger_outbox VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {cell_of(sent.delivery), sent.requester, sent.request, cell_of(sent.key),
         cell_of(sent.digest), static_cast<std::int64_t>(sent.rows),
         static_cast<std::int64_t>(sent.sequence)});
}

Result<SentDelivery> Outbox::find(const DeliveryId& delivery, const ledger::MemberId& requester) {
    const auto row = select_one(*database_,
                                "SELECT request, content_key, digest, row_count, sequence FROM "
                                "cityledger_outbox WHERE delivery = $1 AND requester = $2",
                                {cell_of(delivery), requester});
    if (!row) return propagate(row);
    if (!*row) return refuse(codes::fetch_void, to_hex(delivery));
    SentDelivery sent{delivery, requester, {}, {}, {}, 0, 0};
    const Row& cells = **row;
    const auto* request = std::get_if<std::string>(&cells[0]);
    const auto key = digest_of(cells[1]);
    const auto digest = digest_of(cells[2]);
    const auto* rows = std::get_if<std::int64_t>(&cells[3]);
    const auto* sequence = std::get_if<std::int64_t>(&cells[4]);
    CHECK_INVARIANT(request && key && digest && rows && sequence);
    sent.request = *request;
    sent.key = *key;
    sent.digest = *digest;
    sent.rows = static_cast<std::uint64_t>(*rows);
    sent.sequence = static_cast<std::uint32_t>(*sequence);
    return sent;
}

Status Outbox::set_recorded(const DeliveryId& delivery, std::uint32_t sequence) {
    return database_->execute("UPDATE cityledger_outbox SET sequence = $1 WHERE delivery = $2",
                              {static_cast<std::int64_t>(sequence), cell_of(delivery)});
}

Status Outbox::drop(const DeliveryId& delivery) {
    return database_->execute("DELETE FROM cityledger_outbox WHERE delivery = $1",
                              {cell_of(delivery)});
}

}  // namespace cityledger::data
