#pragma once
// The JSON shapes of the HTTP API, shared by server and client. See docs/api.md.

#include <string>
#include <vector>

#include "ledger/codec/json.hpp"
#include "ledger/contract.hpp"
#include "ledger/executor.hpp"

namespace cityledger::ledger {
class ReceiptReader;
}

namespace cityledger::api {

using ledger::field;

struct PeerView {
    std::string name;
    bool connected = false;
    std::string standing;  ///< as it says; empty while it is not connected or has not said it
    std::uint64_t votes_above_view = 0;
    std::uint64_t final_height = 0;
    std::uint64_t executed_height = 0;
    std::string last_error;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("name", name), field("connected", connected), field("standing", standing),
                field("votes_above_view", votes_above_view), field("final_height", final_height),
                field("executed_height", executed_height), field("last_error", last_error));
    }
};

/// GET /status
struct StatusView {
    std::string node;
    std::string version;
    std::string network;  ///< name in the genesis
    Digest chain_id;
    std::uint64_t view = 0;
    std::uint64_t final_height = 0;
    Digest final_block;
    std::uint64_t executed_height = 0;
    Digest system_root;
    Digest business_root;
    Digest receipts_root;
    bool voting = false;
    std::string standing;         ///< "voting", or the word for why it does not (docs/api.md)
    std::string standing_reason;  ///< in words; empty while it votes
    std::uint64_t votes_above_view = 0;  ///< with "votes_lost", else 0
    bool syncing = false;
    std::string refuses_because;
    std::string network_waits_for;  ///< empty while, as this node knows, a quorum may vote
    std::uint64_t mempool_transactions = 0;
    std::uint64_t nullified_views = 0;
    std::uint64_t evidence = 0;
    std::uint64_t process_id = 0;
    std::vector<PeerView> peers;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("node", node), field("version", version), field("network", network),
                field("chain_id", chain_id), field("view", view),
                field("final_height", final_height), field("final_block", final_block),
                field("executed_height", executed_height), field("system_root", system_root),
                field("business_root", business_root), field("receipts_root", receipts_root),
                field("voting", voting), field("standing", standing),
                field("standing_reason", standing_reason),
                field("votes_above_view", votes_above_view), field("syncing", syncing),
                field("refuses_because", refuses_because),
                field("network_waits_for", network_waits_for),
                field("mempool_transactions", mempool_transactions),
                field("nullified_views", nullified_views), field("evidence", evidence),
                field("process_id", process_id), field("peers", peers));
    }
};

/// One operation of a receipt, readable: the result in JSON, the refusal with its words. What is
/// not for the asker is withheld: detail, result and events are empty here and absent in JSON.
struct OperationView {
    std::string contract;  ///< empty if the block's transaction is not at hand
    std::string method;
    std::uint16_t code = 0;
    std::string code_name;  ///< "ok" or the name of the refusal
    bool withheld = false;
    std::string detail;
    Bytes result;  ///< canonical bytes; contract and method tell how to read them
    std::vector<ledger::Event> events;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("contract", contract), field("method", method), field("code", code),
                field("code_name", code_name), field("withheld", withheld));
        if (withheld) return;
        archive(field("detail", detail),
                ledger::limited<ledger::k_max_result_bytes>("result", result),
                field("events", events));
    }
};

/// GET /transactions/ID (404 while it is not executed here)
struct ReceiptView {
    Digest transaction;
    std::uint64_t height = 0;
    std::uint32_t index = 0;
    std::uint16_t code = 0;
    std::string code_name;
    bool withheld = false;  ///< something of it is not for the asker; then no detail is told
    std::string detail;
    std::vector<OperationView> operations;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(
            field("transaction", transaction), field("height", height), field("index", index),
            field("code", code), field("code_name", code_name), field("withheld", withheld),
            ledger::limited<ledger::k_max_operations_per_transaction>("operations", operations));
        if (!withheld) archive(field("detail", detail));
    }
};

/// POST /transactions (body: canonical bytes, application/octet-stream). With ?wait=MS the answer
/// comes after execution and holds the receipt, or after MS without one: then the outcome is
/// unknown, and GET /transactions/ID tells.
struct SubmitView {
    Digest transaction;
    std::string outcome;  ///< "accepted", "executed" or "unknown"
    std::optional<ReceiptView> receipt;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("transaction", transaction), field("outcome", outcome),
                field("receipt", receipt));
    }
};

/// One operation of POST /encode. Beside these fields stands `arguments`, an object as
/// `GET /contracts` describes it.
struct OperationRequest {
    std::string contract;
    std::string method;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("contract", contract), field("method", method));
    }
};

/// The body of POST /encode.
struct EncodeRequest {
    ledger::MemberId sender;
    std::vector<OperationRequest> operations;
    std::optional<std::uint64_t> expires_at_height;  ///< else as late as may be
    std::optional<ledger::Nonce> nonce;              ///< else random
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("sender", sender),
                ledger::limited<ledger::k_max_operations_per_transaction>("operations", operations),
                field("expires_at_height", expires_at_height), field("nonce", nonce));
    }
};

/// POST /encode: a transaction to be signed by its sender.
struct EncodeView {
    Digest transaction;
    std::uint64_t expires_at_height = 0;
    Bytes to_sign;  ///< what is signed: domain tag, chain id and body
    Bytes body;     ///< to send back with the signature
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("transaction", transaction), field("expires_at_height", expires_at_height),
                field("to_sign", to_sign), field("body", body));
    }
};

/// The body of POST /transactions/json.
struct SignedBody {
    Bytes body;
    crypto::Signature signature;  ///< r and s, 32 bytes each; s in the lower half of the order
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::limited<ledger::k_max_transaction_bytes>("body", body),
                field("signature", signature));
    }
};

/// One transaction of POST /batch-transactions, in the order of the request.
struct BatchOutcome {
    std::optional<Digest> transaction;  ///< none if the bytes are no transaction
    std::string outcome;  ///< "accepted", "executed", "unknown" (not yet, after ?wait) or "refused"
    std::uint64_t height = 0;  ///< of the execution
    std::uint16_t code = 0;    ///< of the refusal, or the first one of the receipt; 0 for none
    std::string code_name;
    std::string detail;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("transaction", transaction), field("outcome", outcome),
                field("height", height), field("code", code), field("code_name", code_name),
                field("detail", detail));
    }
};

/// POST /batch-transactions (body: u32 little-endian length and canonical bytes, repeated; with
/// ?wait=MS the answer comes when all are executed, or after MS)
struct BatchSubmitView {
    std::vector<BatchOutcome> outcomes;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::limited<ledger::k_max_transactions_per_batch>("outcomes", outcomes));
    }
};

/// POST /control/links, only with --fault-controls: the named peers are cut off, all others not.
struct LinksControl {
    std::vector<std::string> blocked;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("blocked", blocked));
    }
};

/// GET /blocks/HEIGHT
struct BlockView {
    std::uint64_t height = 0;
    Digest digest;
    ledger::Block block;
    std::optional<ledger::Certificate> finalization;
    std::vector<Digest> transactions;  ///< ids, in order
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("height", height), field("digest", digest), field("block", block),
                field("finalization", finalization),
                ledger::limited<1'000'000>("transactions", transactions));
    }
};

/// How many operations of a transaction ended with a code.
struct CodeTally {
    std::string code_name;
    std::uint64_t count = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("code_name", code_name), field("count", count));
    }
};

/// A receipt in short: whether its operations ran, and how they ended.
struct ReceiptLine {
    Digest transaction;
    std::string code_name;  ///< "ok", or why no operation ran
    std::uint64_t operations_ok = 0;
    std::vector<CodeTally> refused;  ///< ascending by number of the code
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("transaction", transaction), field("code_name", code_name),
                field("operations_ok", operations_ok), field("refused", refused));
    }
};

/// What became of one block: its receipts in order, and the roots after it.
struct BlockReceipts {
    std::uint64_t height = 0;
    Digest system_root;
    Digest business_root;
    Digest receipts_root;
    std::vector<ReceiptLine> receipts;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("height", height), field("system_root", system_root),
                field("business_root", business_root), field("receipts_root", receipts_root),
                ledger::limited<1'000'000>("receipts", receipts));
    }
};

/// GET /receipts?from=HEIGHT&wait=MS: the executed blocks from a height on, as many as fit. If none
/// is there yet the answer comes with the next one, or after MS without any.
struct ReceiptsView {
    std::uint64_t next_height = 0;  ///< to ask for next
    std::vector<BlockReceipts> blocks;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("next_height", next_height), field("blocks", blocks));
    }
};

/// Every error answer of the API.
struct ErrorView {
    std::uint16_t code = 0;
    std::string name;
    std::string message;
    std::string detail;
    std::string remedy;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("code", code), field("name", name), field("message", message),
                field("detail", detail), field("remedy", remedy));
    }
};

/// Name and words of a refusal by its number, over all layers' lists; nothing if unknown.
[[nodiscard]] const Code* find_code(std::uint16_t number);

/// Every code of every layer, ascending by number. docs/codes.md is made of it.
[[nodiscard]] std::vector<Code> all_codes();

[[nodiscard]] ErrorView error_view(const Error& error);

[[nodiscard]] ReceiptLine receipt_line(const ledger::Receipt& receipt);

/// A stored receipt in words. `transaction` gives contract and method names; may be null.
[[nodiscard]] ReceiptView receipt_view(const ledger::StoredReceipt& stored,
                                       const ledger::Transaction* transaction);

/// The same for a reader of this transaction (null: not at hand, so nobody knows whose it is): what
/// it may not read is withheld.
[[nodiscard]] ReceiptView receipt_view_for(ledger::ReceiptReader& reader,
                                           const ledger::StoredReceipt& stored,
                                           const ledger::Transaction* transaction);

}  // namespace cityledger::api
