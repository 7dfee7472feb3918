#pragma once
// What is asked of receipts and events, as bytes that a member signs (ledger/read_pass.hpp).

#include <optional>

#include "ledger/read_pass.hpp"

namespace cityledger::api {

/// Of GET /transactions/ID.
[[nodiscard]] inline ledger::ReadQuestion receipt_question(const Digest& transaction) {
    return {"transactions", "receipt", ledger::encode(transaction)};
}

/// Of GET /proof/receipt/ID.
[[nodiscard]] inline ledger::ReadQuestion receipt_proof_question(const Digest& transaction) {
    return {"proof", "receipt", ledger::encode(transaction)};
}

struct FollowQuestion {
    std::optional<std::uint64_t> from;  ///< as the request names it
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("from", from));
    }
};

/// Of GET /events.
[[nodiscard]] inline ledger::ReadQuestion follow_question(std::optional<std::uint64_t> from) {
    return {"events", "follow", ledger::encode(FollowQuestion{from})};
}

}  // namespace cityledger::api
