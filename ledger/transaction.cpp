#include "ledger/transaction.hpp"

#include "crypto/check.hpp"

namespace cityledger::ledger {
namespace {

Bytes message_of(const TransactionBody& body) {
    return signing_bytes(tags::transaction, body.chain_id, body);
}

}  // namespace

Digest transaction_id(const TransactionBody& body) { return crypto::sha256(message_of(body)); }

Transaction sign_transaction(TransactionBody body, const crypto::PrivateKey& key) {
    CHECK_INVARIANT(body.sender_key == key.public_key().bytes());
    const crypto::Signature signature = key.sign(message_of(body));
    return {std::move(body), signature};
}

Status check_transaction_form(const Transaction& transaction, const ChainId& chain) {
    if (transaction.body.chain_id != chain) {
        return refuse(codes::transaction_wrong_chain, to_hex(transaction.body.chain_id));
    }
    if (transaction.body.operations.empty()) return refuse(codes::transaction_empty);
    const std::size_t bytes = encode(transaction).size();
    if (bytes > k_max_transaction_bytes) {
        return refuse(codes::transaction_too_large, std::to_string(bytes) + " bytes, at most " +
                                                        std::to_string(k_max_transaction_bytes));
    }
    return {};
}

Status check_transaction_signature(const Transaction& transaction,
                                   const crypto::PublicKey& sender_key,
                                   crypto::SignatureSuite suite) {
    CHECK_INVARIANT(sender_key.bytes() == transaction.body.sender_key);
    if (sender_key.suite() != suite) return refuse(codes::transaction_wrong_suite);
    if (!sender_key.verify(message_of(transaction.body), transaction.signature)) {
        return refuse(codes::transaction_bad_signature, "sender " + transaction.body.sender);
    }
    return {};
}

Status check_transaction_expiry(const TransactionBody& body, std::uint64_t height) {
    const std::string heights = "expires at height " + std::to_string(body.expires_at_height) +
                                ", now " + std::to_string(height);
    if (body.expires_at_height < height) return refuse(codes::transaction_expired, heights);
    if (body.expires_at_height - height > k_max_transaction_lifetime_heights) {
        return refuse(codes::transaction_expiry_too_far, heights);
    }
    return {};
}

}  // namespace cityledger::ledger
