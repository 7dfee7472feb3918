#include "sim/world/signing.hpp"

namespace cityledger::sim {

Result<ledger::Transaction> signed_transaction(World& world, const ledger::MemberId& sender,
                                               std::vector<ledger::Operation> operations) {
    const auto key = world.key_of(sender);
    if (!key) return propagate(key);
    const auto expiry = world.expiry_height();
    if (!expiry) return propagate(expiry);
    ledger::TransactionBody body;
    body.chain_id = world.chain_id();
    body.sender = sender;
    body.sender_key = (*key)->public_key().bytes();
    body.nonce = world.nonce();
    body.expires_at_height = *expiry;
    body.operations = std::move(operations);
    if (const auto fits = ledger::try_encode(body); !fits) return propagate(fits);
    return ledger::sign_transaction(std::move(body), **key);
}

}  // namespace cityledger::sim
