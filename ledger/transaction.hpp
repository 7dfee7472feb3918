#pragma once
// A transaction: operations of one sender under one signature. Each operation has its own result.

#include <string>
#include <vector>

#include "crypto/keys.hpp"
#include "ledger/limits.hpp"
#include "ledger/signing.hpp"

namespace cityledger::ledger {

/// A member's public name on the chain: a USCC (统一社会信用代码) or a department code.
using MemberId = std::string;

/// One call of a contract. The chain knows it only as (contract, method, bytes).
struct Operation {
    std::string contract;
    std::string method;
    Bytes arguments;  ///< canonical encoding of the method's argument struct

    bool operator==(const Operation&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_name_bytes>("contract", contract),
                limited<k_max_name_bytes>("method", method),
                limited<k_max_arguments_bytes>("arguments", arguments));
    }
};

/// Random; makes two equal requests two transactions. Never enters business state.
struct Nonce {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const Nonce&) const = default;
};

/// The signed part. The sender's key travels with it, so that every validator can check the
/// signature without state; that the key is the sender's is checked at execution.
struct TransactionBody {
    ChainId chain_id;
    MemberId sender;
    crypto::PublicKeyBytes sender_key;
    Nonce nonce;
    std::uint64_t expires_at_height = 0;  ///< the last height that may include it
    std::vector<Operation> operations;

    bool operator==(const TransactionBody&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("chain_id", chain_id), limited<k_max_member_id_bytes>("sender", sender),
                field("sender_key", sender_key), field("nonce", nonce),
                field("expires_at_height", expires_at_height),
                limited<k_max_operations_per_transaction>("operations", operations));
    }
};

struct Transaction {
    TransactionBody body;
    crypto::Signature signature;

    bool operator==(const Transaction&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("body", body), field("signature", signature));
    }
};

/// The id excludes the signature, since one message has many valid ECDSA signatures.
[[nodiscard]] Digest transaction_id(const TransactionBody& body);

/// Signs a body with the key that it names (CHECK).
[[nodiscard]] Transaction sign_transaction(TransactionBody body, const crypto::PrivateKey& key);

/// What every node checks without state, cheap checks first: chain, emptiness, size. Not the
/// signature, not the expiry.
[[nodiscard]] Status check_transaction_form(const Transaction& transaction, const ChainId& chain);

/// The signature under the key that the body names, decoded by the caller (CHECK that it is that
/// key). Refuses keys of another suite than the chain's (signature_suite in ledger/genesis.hpp).
[[nodiscard]] Status check_transaction_signature(const Transaction& transaction,
                                                 const crypto::PublicKey& sender_key,
                                                 crypto::SignatureSuite suite);

/// Whether a transaction may be included at this height (0 <= expires - height <= lifetime).
[[nodiscard]] Status check_transaction_expiry(const TransactionBody& body, std::uint64_t height);

}  // namespace cityledger::ledger
