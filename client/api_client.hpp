#pragma once
// Speaks with one node's HTTP API. Blocking, over a connection that it keeps; for one thread (each
// thread has its own). Errors of the node come back as Error with the node's code.

#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/genesis.hpp"
#include "ledger/read_pass.hpp"
#include "node/api/answers.hpp"

namespace cityledger::client {

/// How long a call may take, beyond the time that it asks the node to wait.
inline constexpr std::uint64_t k_call_timeout_ms = 10'000;

/// Who asks a question, with its key and a nonce that it has never used.
struct Asker {
    ledger::MemberId member;
    const crypto::PrivateKey* key = nullptr;
    ledger::Nonce nonce;
};

class ApiClient {
public:
    ApiClient(std::string address, std::uint16_t port,
              std::uint64_t timeout_ms = k_call_timeout_ms);
    ~ApiClient();
    ApiClient(ApiClient&&) noexcept;
    ApiClient& operator=(ApiClient&&) noexcept;

    [[nodiscard]] Result<api::StatusView> status();
    /// Succeeds when the node votes and takes transactions; else node_not_ready with the reason.
    [[nodiscard]] Status ready();
    [[nodiscard]] Result<ledger::Genesis> genesis();
    [[nodiscard]] Result<boost::json::value> contracts();
    [[nodiscard]] Result<std::string> metrics();

    /// Submits; waits up to `wait_ms` for the receipt (0: only for the acceptance). Submitting the
    /// same bytes again is harmless.
    [[nodiscard]] Result<api::SubmitView> submit(const ledger::Transaction& transaction,
                                                 std::uint64_t wait_ms);
    /// Submits canonical bytes of many transactions, at most 2 MiB and 4096 in all.
    [[nodiscard]] Result<api::BatchSubmitView> submit_batch(const std::vector<Bytes>& transactions,
                                                            std::uint64_t wait_ms);
    /// What anybody is told of it; receipt_not_found while the transaction is not executed on this
    /// node.
    [[nodiscard]] Result<api::ReceiptView> receipt(const Digest& transaction);
    /// The same, as a member that signs the question: whole, if it may read it.
    [[nodiscard]] Result<api::ReceiptView> receipt_as(const Asker& asker,
                                                      const Digest& transaction);
    /// The receipts of the blocks from this height on; waits up to `wait_ms` for the first.
    [[nodiscard]] Result<api::ReceiptsView> receipts(std::uint64_t from_height,
                                                     std::uint64_t wait_ms);
    [[nodiscard]] Result<api::BlockView> block(std::uint64_t height);
    /// Runs a query on the executed state; arguments and result as JSON.
    [[nodiscard]] Result<boost::json::value> query(const std::string& contract,
                                                   const std::string& method,
                                                   const boost::json::value& arguments);
    /// The same, as a member that signs the question for this node (ledger/read_pass.hpp);
    /// `canonical_arguments` are the arguments' canonical bytes.
    [[nodiscard]] Result<boost::json::value> query_as(const Asker& asker,
                                                      const std::string& contract,
                                                      const std::string& method,
                                                      const boost::json::value& arguments,
                                                      Bytes canonical_arguments);
    /// Fault control: cuts the node off from these peers and connects it with all others. The token
    /// stands in control.token in the node's home.
    [[nodiscard]] Status control_links(const std::string& token,
                                       const std::vector<std::string>& blocked);

    /// A GET of any path, the answer as text.
    [[nodiscard]] Result<std::string> get(const std::string& path);
    /// The same, as a member that signs what the path asks.
    [[nodiscard]] Result<std::string> get_as(const Asker& asker, const std::string& path,
                                             const ledger::ReadQuestion& question);

    /// Executed height of the node when it gave its last answer.
    [[nodiscard]] std::uint64_t executed_height() const;
    [[nodiscard]] std::string target() const;  ///< "address:port"

private:
    class Connection;
    struct Call;
    Result<std::string> perform(const Call& call);
    Result<boost::json::value> perform_json(const Call& call);
    /// The Authorization header of a question.
    Result<std::string> pass_of(const Asker& asker, const ledger::ReadQuestion& question);

    struct Identity {
        std::string node;
        ledger::ChainId chain_id;
    };

    std::unique_ptr<Connection> connection_;
    std::optional<Identity> identity_;  ///< of the node, once it was asked
    std::uint64_t timeout_ms_;
    std::uint64_t executed_height_ = 0;
};

}  // namespace cityledger::client
