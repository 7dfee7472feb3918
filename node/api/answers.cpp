#include "node/api/answers.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "client/client_codes.hpp"
#include "crypto/crypto_codes.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/receipt_readers.hpp"
#include "ledger/ledger_codes.hpp"
#include "node/abci/abci_codes.hpp"
#include "node/consensus/consensus_codes.hpp"
#include "node/data/data_codes.hpp"
#include "node/io/audit/audit_codes.hpp"
#include "node/io/http/read_codes.hpp"
#include "node/io/http/verification_codes.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/storage/storage_codes.hpp"
#include "node/log/log_codes.hpp"
#include "node/replica/replica_codes.hpp"

namespace cityledger::api {
namespace {

std::vector<Code> collect_codes() {
    std::vector<Code> all;
    const auto add = [&all](std::span<const Code> codes) {
        all.insert(all.end(), codes.begin(), codes.end());
    };
    add(crypto::codes::crypto_codes);
    add(ledger::codes::ledger_codes);
    add(ledger::codes::proof_codes);
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        for (const std::span<const Code> codes : contract->codes) add(codes);
    }
    add(consensus::codes::consensus_codes);
    add(data::codes::data_codes);
    add(node::codes::log_codes);
    add(node::codes::replica_codes);
    add(io::codes::io_codes);
    add(io::codes::storage_codes);
    add(io::codes::audit_codes);
    add(io::codes::verify_codes);
    add(io::codes::read_codes);
    add(abci::codes::abci_codes);
    add(client::codes::client_codes);
    std::sort(all.begin(), all.end(),
              [](const Code& a, const Code& b) { return a.number < b.number; });
    return all;
}

const std::vector<Code>& known_codes() {
    static const std::vector<Code> codes = collect_codes();
    return codes;
}

std::string name_of(std::uint16_t number) {
    if (number == 0) return "ok";
    const Code* code = find_code(number);
    return code == nullptr ? "code_" + std::to_string(number) : std::string(code->name);
}

}  // namespace

const Code* find_code(std::uint16_t number) {
    const auto& codes = known_codes();
    const auto found = std::lower_bound(
        codes.begin(), codes.end(), number,
        [](const Code& code, std::uint16_t wanted) { return code.number < wanted; });
    return found != codes.end() && found->number == number ? &*found : nullptr;
}

std::vector<Code> all_codes() { return known_codes(); }

ErrorView error_view(const Error& error) {
    return {error.code.number, std::string(error.code.name), std::string(error.code.meaning),
            error.detail, std::string(error.code.remedy)};
}

ReceiptLine receipt_line(const ledger::Receipt& receipt) {
    ReceiptLine line{receipt.transaction, name_of(receipt.code), 0, {}};
    std::map<std::uint16_t, std::uint64_t> refused;
    for (const ledger::OperationResult& operation : receipt.operations) {
        if (operation.code == 0) {
            ++line.operations_ok;
        } else {
            ++refused[operation.code];
        }
    }
    for (const auto& [code, count] : refused) line.refused.push_back({name_of(code), count});
    return line;
}

ReceiptView receipt_view(const ledger::StoredReceipt& stored,
                         const ledger::Transaction* transaction) {
    const ledger::Receipt& receipt = stored.receipt;
    ReceiptView view;
    view.transaction = receipt.transaction;
    view.height = receipt.height;
    view.index = receipt.index;
    view.code = receipt.code;
    view.code_name = name_of(receipt.code);
    const bool refused_whole = receipt.operations.empty();
    if (refused_whole && !stored.details.empty()) view.detail = stored.details.front();
    for (std::size_t i = 0; i < receipt.operations.size(); ++i) {
        const ledger::OperationResult& result = receipt.operations[i];
        OperationView operation;
        if (transaction != nullptr && i < transaction->body.operations.size()) {
            operation.contract = transaction->body.operations[i].contract;
            operation.method = transaction->body.operations[i].method;
        }
        operation.code = result.code;
        operation.code_name = name_of(result.code);
        if (i < stored.details.size()) operation.detail = stored.details[i];
        operation.result = result.result;
        operation.events = result.events;
        view.operations.push_back(std::move(operation));
    }
    return view;
}

ReceiptView receipt_view_for(ledger::ReceiptReader& reader, const ledger::StoredReceipt& stored,
                             const ledger::Transaction* transaction) {
    ReceiptView view = receipt_view(stored, transaction);
    view.withheld = transaction == nullptr || !reader.reads_all(transaction->body);
    if (!view.withheld) return view;
    view.detail.clear();
    for (OperationView& operation : view.operations) {
        if (transaction != nullptr && reader.reads(transaction->body.sender, operation.contract)) {
            continue;
        }
        operation = {operation.contract,
                     operation.method,
                     operation.code,
                     operation.code_name,
                     true,
                     "",
                     {},
                     {}};
    }
    return view;
}

}  // namespace cityledger::api
