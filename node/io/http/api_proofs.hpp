#pragma once
// GET /proof/...: what the chain recorded, for who checks it without this node (ledger/proof.hpp).

#include "node/api/state_question.hpp"
#include "node/io/http/api_backend.hpp"
#include "node/io/http/http_message.hpp"

namespace cityledger::io {

/// The receipt of the transaction with this id in hexadecimal; receipt_not_found.
[[nodiscard]] Result<ledger::StoredReceipt> stored_receipt(const ApiBackend& backend,
                                                           const std::string& id);

/// The transaction of a receipt, from the batches of its block; null if they lack it.
[[nodiscard]] const ledger::Transaction* find_transaction(const StoredBlock& block,
                                                          const ledger::Receipt& receipt);

/// ?space=business|system &key=HEX &height=H
[[nodiscard]] Result<api::StateQuestion> state_question_of(const HttpRequest& request);

class ProofRoutes {
public:
    /// Called with the bytes that were read for an answer.
    using Charge = std::function<void(std::uint64_t bytes)>;
    struct Asker {
        const ledger::ContractRegistry& contracts;
        ledger::MemberId member;  ///< empty: nobody known
    };

    explicit ProofRoutes(ApiBackend& backend) : backend_(backend) {}

    /// read_proof_not_permitted unless the asker may read the key's value.
    [[nodiscard]] Status check_reader(const ledger::ContractRegistry& contracts,
                                      const std::string& key, const ledger::MemberId& asker) const;
    void of_state(const api::StateQuestion& question, const HttpRespond& respond);
    /// read_proof_not_permitted unless the asker may read all of the transaction.
    void of_receipt(const ledger::Receipt& receipt, const Asker& asker, const Charge& charge,
                    const HttpRespond& respond);

private:
    using WithProof = std::function<void(ledger::Proof proof)>;

    /// Gives a proof that lacks the claim, or answers.
    void cover(std::optional<std::uint64_t> height, const HttpRespond& respond, WithProof then);
    [[nodiscard]] ledger::ReceiptClaim claim(const ledger::Receipt& receipt,
                                             std::uint64_t covered_height, std::uint64_t& bytes);

    ApiBackend& backend_;
};

}  // namespace cityledger::io
