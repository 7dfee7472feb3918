#include "sim/exchange/chain_grants.hpp"

#include "ledger/codec/json.hpp"
#include "ledger/contracts/calendar/calendar.hpp"
#include "ledger/contracts/membership/membership.hpp"
#include "sim/world/signing.hpp"

namespace cityledger::sim {
namespace {

namespace directory = ledger::directory;

constexpr std::uint64_t k_receipt_timeout_ms = 30'000;

/// The refusal of a receipt: the whole transaction's, or the operation's.
tl::unexpected<Error> refusal_in(const api::ReceiptView& receipt) {
    const bool of_operation = receipt.code == 0;
    const std::uint16_t number = of_operation ? receipt.operations.front().code : receipt.code;
    const std::string& detail = of_operation ? receipt.operations.front().detail : receipt.detail;
    const Code* code = api::find_code(number);
    CHECK_INVARIANT(code != nullptr);  // node and client are of one version
    return tl::unexpected<Error>(Error{*code, detail});
}

}  // namespace

template <class Record>
Result<Record> ChainGrants::ask(const char* contract, const char* query,
                                const boost::json::object& arguments) {
    const auto answer = world_.query(contract, query, arguments, std::nullopt, self_);
    if (!answer) return propagate(answer);
    return ledger::from_json<Record>(*answer);
}

Result<directory::Request> ChainGrants::request(const std::string& id) {
    return ask<directory::Request>("directory", "request", {{"id", id}});
}

Result<std::vector<directory::Table>> ChainGrants::tables_of(const std::string& entry) {
    // An entry has at most k_max_tables_per_entry in force: one page.
    const auto list =
        ask<directory::TablesResult>("directory", "tables_of_entry", {{"directory", entry}});
    if (!list) return propagate(list);
    std::vector<directory::Table> tables;
    for (const directory::TableSummary& summary : list->tables) {
        auto table = ask<directory::Table>("directory", "table", {{"id", summary.id}});
        if (!table) return propagate(table);
        tables.push_back(*std::move(table));
    }
    return tables;
}

Result<std::string> ChainGrants::today() {
    const auto day = ask<ledger::calendar::TodayResult>("calendar", "today", {});
    if (!day) return propagate(day);
    return day->date;
}

Result<crypto::PublicKeyBytes> ChainGrants::key_of(const ledger::MemberId& member) {
    const auto key =
        ask<ledger::membership::MemberKeyResult>("membership", "key", {{"id", member}});
    if (!key) return propagate(key);
    return key->public_key;
}

Result<Bytes> ChainGrants::perform(const char* operation, Bytes arguments) {
    const auto transaction =
        signed_transaction(world_, self_, {{"directory", operation, std::move(arguments)}});
    if (!transaction) return propagate(transaction);
    auto receipt = world_.submit(*transaction, k_receipt_timeout_ms);
    if (!receipt) return propagate(receipt);
    const bool done = receipt->code == 0 && receipt->operations.front().code == 0;
    if (!done) return refusal_in(*receipt);
    return std::move(receipt->operations.front().result);
}

Result<directory::DeliveriesResult> ChainGrants::deliveries(const std::string& request,
                                                            std::uint32_t after) {
    return ask<directory::DeliveriesResult>("directory", "deliveries",
                                            {{"request", request}, {"after", after}});
}

Result<std::uint32_t> ChainGrants::record_delivery(const std::string& request, const Digest& digest,
                                                   std::uint64_t rows) {
    const auto result =
        perform("deliver", ledger::encode(directory::DeliverArguments{request, digest, rows}));
    if (result) {
        const auto decoded = ledger::decode<directory::DeliverResult>(*result);
        if (!decoded) return propagate(decoded);
        return decoded->sequence;
    }
    if (result.error().code != ledger::codes::delivery_repeated) return propagate(result);
    // It was recorded before this side heard of it.
    std::optional<std::uint32_t> after = 0;
    while (after) {
        const auto page = deliveries(request, *after);
        if (!page) return propagate(page);
        for (const directory::Delivery& delivery : page->deliveries) {
            if (delivery.digest == digest) return delivery.sequence;
        }
        after = page->next;
    }
    return propagate(result);
}

Result<bool> ChainGrants::acknowledge(const std::string& request, std::uint32_t sequence,
                                      const Digest& digest) {
    const auto result = perform(
        "acknowledge", ledger::encode(directory::AcknowledgeArguments{request, sequence, digest}));
    if (result) {
        const auto decoded = ledger::decode<directory::AcknowledgeResult>(*result);
        if (!decoded) return propagate(decoded);
        return decoded->matched;
    }
    if (result.error().code != ledger::codes::delivery_already_acknowledged) {
        return propagate(result);
    }
    const auto page = deliveries(request, sequence - 1);
    if (!page) return propagate(page);
    return !page->deliveries.empty() && page->deliveries.front().sequence == sequence &&
           page->deliveries.front().acknowledged == digest && page->deliveries.front().matched;
}

Result<directory::ReportSchemaResult> ChainGrants::report_schema(const std::string& table,
                                                                 const Digest& found) {
    const auto result =
        perform("report_schema", ledger::encode(directory::ReportSchemaArguments{table, found}));
    if (!result) return propagate(result);
    return ledger::decode<directory::ReportSchemaResult>(*result);
}

}  // namespace cityledger::sim
