#include "node/data/inbox.hpp"

namespace cityledger::data {
namespace {

constexpr std::uint64_t k_max_rows = 1'000'000'000;  ///< of a delivery, as on the chain
constexpr std::size_t k_row_size_bytes = 4;

std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }

/// The list of columns is kept as its canonical bytes.
struct ColumnList {
    std::vector<Column> columns;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::limited<k_max_columns>("columns", columns));
    }
};

std::string opened_table(const HeldDelivery& held) {
    constexpr std::size_t k_short_id = 16;
    return "cityledger_opened_" + to_hex(held.delivery).substr(0, k_short_id);
}

/// The rows of one message, each behind its size.
Result<std::vector<Row>> split_rows(ByteView bytes, std::size_t columns, RowDigest& digest) {
    std::vector<Row> rows;
    while (!bytes.empty()) {
        if (bytes.size() < k_row_size_bytes) {
            return tl::unexpected(damaged_delivery("the size of a row"));
        }
        std::uint32_t size = 0;
        for (std::size_t i = 0; i < k_row_size_bytes; ++i) {
            size |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
        }
        bytes = bytes.subspan(k_row_size_bytes);
        if (size > bytes.size()) return tl::unexpected(damaged_delivery("a row that is cut off"));
        auto row = read_row(bytes.first(size), columns);
        if (!row) return propagate(row);
        digest.add(bytes.first(size));
        rows.push_back(*std::move(row));
        bytes = bytes.subspan(size);
    }
    return rows;
}

}  // namespace

Status ArrivingDelivery::add(const SealedRows& message) {
    if (message.number != held_.chunks) {
        return tl::unexpected(malformed("rows " + std::to_string(message.number) + " instead of " +
                                        std::to_string(held_.chunks)));
    }
    ++held_.chunks;
    return database_->execute("INSERT INTO cityledger_sealed VALUES ($1, $2, $3)",
                              {cell_of(held_.delivery), signed_of(message.number), message.sealed});
}

Result<HeldDelivery> ArrivingDelivery::complete(const AllSent& all) {
    if (all.chunks != held_.chunks || all.rows > k_max_rows) {
        return tl::unexpected(malformed("another number of rows than arrived"));
    }
    held_.rows = all.rows;
    const Status noted =
        database_->execute("INSERT INTO cityledger_inbox VALUES ($1, $2, $3, $4, $5, $6)",
                           {cell_of(held_.delivery), held_.request, held_.target,
                            ledger::encode(ColumnList{held_.columns}), signed_of(held_.chunks),
                            signed_of(held_.rows)});
    if (!noted) return propagate(noted);
    if (const Status stored = transaction_.commit(); !stored) return propagate(stored);
    return held_;
}

Result<Inbox> Inbox::open(Database& database) {
    const std::string bytes = database.type_name(ColumnType::bytes);
    const std::string text = database.type_name(ColumnType::text);
    const std::string integer = database.type_name(ColumnType::integer);
    const std::string statements[] = {
        "CREATE TABLE IF NOT EXISTS cityledger_inbox (delivery " + bytes +
            " PRIMARY KEY, request " + text + ", target " + text + ", columns " + bytes +
            ", chunks " + integer + ", row_count " + integer + ")",
        "CREATE TABLE IF NOT EXISTS cityledger_sealed (delivery " + bytes + ", number " + integer +
            ", sealed " + bytes + ", PRIMARY KEY (delivery, number))",
        // The tables that deliveries made, and the request whose rows they hold.
        "CREATE TABLE IF NOT EXISTS cityledger_fetched (target " + text + " PRIMARY KEY, request " +
            text + ")",
    };
    for (const std::string& statement : statements) {
        if (const Status made = database.execute(statement, {}); !made) return propagate(made);
    }
    return Inbox(database);
}

Status Inbox::check_target(const std::string& table) {
    const auto ours =
        select_one(*database_, "SELECT request FROM cityledger_fetched WHERE target = $1", {table});
    if (!ours) return propagate(ours);
    if (*ours) return {};
    const auto columns = database_->columns_of(table);
    if (!columns)
        return columns.error().code == codes::source_table_unknown ? Status{} : propagate(columns);
    return refuse(codes::target_taken, table);
}

Result<ArrivingDelivery> Inbox::begin(HeldDelivery held) {
    auto transaction = DatabaseTransaction::begin(*database_);
    if (!transaction) return propagate(transaction);
    return ArrivingDelivery(*database_, *std::move(transaction), std::move(held));
}

Result<std::optional<HeldDelivery>> Inbox::find_held(const std::string& request,
                                                     const std::string& target) {
    const auto row = select_one(*database_,
                                "SELECT delivery, columns, chunks, row_count FROM cityledger_inbox "
                                "WHERE request = $1 AND target = $2",
                                {request, target});
    if (!row) return propagate(row);
    if (!*row) return std::nullopt;
    const Row& cells = **row;
    const auto delivery = digest_of(cells[0]);
    const auto* columns = std::get_if<Bytes>(&cells[1]);
    const auto* chunks = std::get_if<std::int64_t>(&cells[2]);
    const auto* rows = std::get_if<std::int64_t>(&cells[3]);
    CHECK_INVARIANT(delivery && columns && chunks && rows);
    const auto list = ledger::decode<ColumnList>(*columns);
    CHECK_INVARIANT(list.has_value());
    HeldDelivery held;
    held.delivery = *delivery;
    held.request = request;
    held.target = target;
    held.columns = list->columns;
    held.chunks = static_cast<std::uint64_t>(*chunks);
    held.rows = static_cast<std::uint64_t>(*rows);
    return held;
}

Result<OpenedDelivery> Inbox::unseal(const HeldDelivery& held, const crypto::SecretKey& key) {
    auto transaction = DatabaseTransaction::begin(*database_);
    if (!transaction) return propagate(transaction);
    const std::string table = opened_table(held);
    std::string make = "CREATE TABLE " + sql_name(table) + " (";
    for (const Column& column : held.columns) {
        if (&column != &held.columns.front()) make += ", ";
        make += sql_name(column.name) + " " + database_->type_name(column.type);
    }
    for (const std::string& statement : {"DROP TABLE IF EXISTS " + sql_name(table), make + ")"}) {
        if (const Status done = database_->execute(statement, {}); !done) return propagate(done);
    }
    RowDigest digest(key, held.request);
    for (std::uint64_t number = 0; number < held.chunks; ++number) {
        const auto sealed = select_one(
            *database_, "SELECT sealed FROM cityledger_sealed WHERE delivery = $1 AND number = $2",
            {cell_of(held.delivery), signed_of(number)});
        if (!sealed) return propagate(sealed);
        const auto* bytes = *sealed ? std::get_if<Bytes>(&(**sealed)[0]) : nullptr;
        if (bytes == nullptr) return tl::unexpected(damaged_delivery("rows are missing"));
        const auto opened = open_rows(key, held.delivery, number, *bytes);
        if (!opened) return propagate(opened);
        const auto rows = split_rows(*opened, held.columns.size(), digest);
        if (!rows) return propagate(rows);
        const Status stored = database_->insert(table, held.columns, *rows);
        if (!stored) return propagate(stored);
    }
    if (digest.rows() != held.rows)
        return tl::unexpected(damaged_delivery("another number of rows"));
    if (const Status stored = transaction->commit(); !stored) return propagate(stored);
    return OpenedDelivery{digest.rows(), digest.digest()};
}

Status Inbox::publish(const HeldDelivery& held) {
    auto transaction = DatabaseTransaction::begin(*database_);
    if (!transaction) return propagate(transaction);
    if (const Status still_ours = check_target(held.target); !still_ours) return still_ours;
    const std::string target = sql_name(held.target);
    const std::string statements[] = {
        "DROP TABLE IF EXISTS " + target,
        "ALTER TABLE " + sql_name(opened_table(held)) + " RENAME TO " + target,
    };
    for (const std::string& statement : statements) {
        if (const Status done = database_->execute(statement, {}); !done) return done;
    }
    const Status forgotten =
        database_->execute("DELETE FROM cityledger_fetched WHERE target = $1", {held.target});
    if (!forgotten) return forgotten;
    const Status noted = database_->execute("INSERT INTO cityledger_fetched VALUES ($1, $2)",
                                            {held.target, held.request});
    if (!noted) return noted;
    if (const Status removed = remove(held); !removed) return removed;
    return transaction->commit();
}

Status Inbox::drop(const HeldDelivery& held) {
    auto transaction = DatabaseTransaction::begin(*database_);
    if (!transaction) return propagate(transaction);
    if (const Status removed = remove(held); !removed) return removed;
    const Status dropped =
        database_->execute("DROP TABLE IF EXISTS " + sql_name(opened_table(held)), {});
    if (!dropped) return dropped;
    return transaction->commit();
}

Status Inbox::remove(const HeldDelivery& held) {
    for (const std::string table : {"cityledger_sealed", "cityledger_inbox"}) {
        const Status removed = database_->execute("DELETE FROM " + table + " WHERE delivery = $1",
                                                  {cell_of(held.delivery)});
        if (!removed) return removed;
    }
    return {};
}

}  // namespace cityledger::data
