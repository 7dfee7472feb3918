#include "node/abci/results.hpp"

#include "ledger/codec/codec.hpp"

namespace cityledger::abci {

wire::TxResult result_of(const Error& error) {
    wire::TxResult result;
    result.set_code(error.code.number);
    result.set_log(error.message());
    return result;
}

wire::TxResult result_of(const ledger::StoredReceipt& stored) {
    std::uint16_t code = stored.receipt.code;
    for (const auto& operation : stored.receipt.operations) {
        if (code == 0) code = operation.code;
    }
    std::string log;
    for (const std::string& detail : stored.details) {
        if (!log.empty() && !detail.empty()) log += "; ";
        log += detail;
    }
    wire::TxResult result;
    result.set_code(code);
    result.set_data(std::string(as_text(ledger::encode(stored.receipt))));
    result.set_log(std::move(log));
    return result;
}

}  // namespace cityledger::abci
