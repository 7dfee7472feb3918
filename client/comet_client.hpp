#pragma once
// One CometBFT node with this ledger as its application, by its JSON-RPC (docs/engines.md).

#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "crypto/result.hpp"
#include "ledger/executor.hpp"
#include "ledger/transaction.hpp"

namespace cityledger::client {

/// Of the engine: its last block may not be executed yet.
struct CometStatus {
    std::uint64_t height = 0;
    Digest block;             ///< its hash; zero before the first one
    bool catching_up = true;  ///< by block sync, without a vote
};

/// The `result` of an answer; rpc_refused with the engine's words if it holds an error instead.
[[nodiscard]] Result<boost::json::value> rpc_result(std::string_view body);
/// What results say. Without what is asked for: answer_malformed.
[[nodiscard]] Result<CometStatus> comet_status(const boost::json::value& result);
/// The refusal by the application's CheckTx, if it was one.
[[nodiscard]] Status check_tx_outcome(const boost::json::value& result);
/// The value of abci_query, or the application's refusal.
[[nodiscard]] Result<Bytes> query_value(const boost::json::value& result);

class HttpConnection;

class CometClient {
public:
    CometClient(std::string address, std::uint16_t port, std::uint64_t timeout_ms);
    ~CometClient();
    CometClient(CometClient&&) noexcept;
    CometClient& operator=(CometClient&&) noexcept;

    [[nodiscard]] Result<CometStatus> status();
    /// Into the mempool, after CheckTx. Bytes that are there already are fine.
    [[nodiscard]] Status broadcast(const ledger::Transaction& transaction);
    /// The canonical bytes of the application's answer.
    [[nodiscard]] Result<Bytes> query(const std::string& path, ByteView data);
    /// Height and roots of the last committed block.
    [[nodiscard]] Result<ledger::ExecutedState> state();
    [[nodiscard]] Result<ledger::StoredReceipt> receipt(const Digest& transaction);

private:
    Result<boost::json::value> call(const std::string& method, boost::json::object parameters);

    std::unique_ptr<HttpConnection> connection_;
    std::uint64_t timeout_ms_;
};

}  // namespace cityledger::client
