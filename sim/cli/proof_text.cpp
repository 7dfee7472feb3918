#include "sim/cli/proof_text.hpp"

#include "ledger/contracts/contracts.hpp"
#include "sim/cli/call_text.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;

constexpr std::size_t k_name_columns = 22;

/// Keys whose record is the result of a query, by what they begin with.
struct RecordShape {
    std::string_view prefix, contract, query;
};
constexpr RecordShape k_record_shapes[] = {
    {"invoice/record/", "invoice", "invoice"},
    {"invoice/admission/", "invoice", "admission"},
    {"invoice/mandate/", "invoice", "mandate"},
    {"receivables/record/", "receivables", "receivable"},
    {"directory/R/", "directory", "responsibility"},
    {"directory/D/", "directory", "directory"},
    {"directory/Q/", "directory", "request"},
    {"evidence/record/", "evidence", "evidence"},
};

/// The query that shows such records, or null.
const ledger::Method* query_of(const ledger::StateEntry& entry) {
    if (entry.space != ledger::Space::business) return nullptr;
    for (const RecordShape& shape : k_record_shapes) {
        if (!entry.key.starts_with(shape.prefix)) continue;
        const auto query = ledger::city_contracts().query(shape.contract, shape.query);
        if (query) return *query;
    }
    return nullptr;
}

json::value record_of(const ledger::StateEntry& entry) {
    const ledger::Method* query = entry.value ? query_of(entry) : nullptr;
    if (query == nullptr) return nullptr;
    auto record = query->result_to_json(*entry.value);
    return record ? *std::move(record) : json::value(nullptr);
}

api::ReceiptView receipt_of(const ledger::Statement& statement) {
    ledger::Transaction transaction;
    if (statement.transaction) transaction.body = *statement.transaction;
    return api::receipt_view({*statement.receipt, {}},
                             statement.transaction ? &transaction : nullptr);
}

std::string entry_text(std::uint64_t height, const ledger::StateEntry& entry) {
    const std::string place(
        ledger::EnumNames<ledger::Space>::names[static_cast<std::size_t>(entry.space)]);
    const std::string after = std::to_string(height);
    const std::string key = printable(entry.key);
    if (!entry.value) return said("verify.absent", {after, place, key}) + "\n";
    std::string text = said("verify.present", {after, place, key}) + "\n";
    const json::value record = record_of(entry);
    if (!record.is_null()) return text + result_text(*query_of(entry), record);
    text += named_lines(said("verify.value"), k_name_columns, to_hex(*entry.value));
    return text + named_lines(said("verify.value_sha256"), k_name_columns,
                              to_hex(crypto::sha256(*entry.value)));
}

}  // namespace

std::string statement_text(const ledger::Statement& statement, const ledger::Proof& proof,
                           const ledger::Genesis& genesis) {
    std::string text = said("verify.holds", {printable(genesis.name)}) + "\n";
    // In one piece, so that it can be compared with another.
    text += "  " + to_width(said("verify.chain"), k_name_columns) + to_hex(proof.chain_id) + "\n";
    const std::string signers = std::to_string(proof.certificate.signers.size());
    text +=
        named_lines(said("verify.validators"), k_name_columns,
                    said("verify.signed", {signers, std::to_string(genesis.validators.size())}));
    if (statement.state) return text + entry_text(statement.height, *statement.state);
    text += said("verify.receipt", {std::to_string(statement.height)}) + "\n";
    if (statement.transaction) {
        text += named_lines(said("verify.sender"), k_name_columns,
                            printable(statement.transaction->sender));
    }
    return text + receipt_text(receipt_of(statement));
}

json::object statement_json(const ledger::Statement& statement, const ledger::Proof& proof,
                            const ledger::Genesis& genesis) {
    json::object object{{"holds", true},
                        {"network", genesis.name},
                        {"chain_id", to_hex(proof.chain_id)},
                        {"height", statement.height},
                        {"signers", proof.certificate.signers.size()}};
    if (statement.state) {
        object["state"] = ledger::to_json(*statement.state);
        object["record"] = record_of(*statement.state);
    } else {
        object["receipt"] = receipt_json(receipt_of(statement));
        if (statement.transaction) object["sender"] = statement.transaction->sender;
    }
    return object;
}

}  // namespace cityledger::sim
