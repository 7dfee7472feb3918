#pragma once
// Waiting transactions into batches of this node.

#include <memory>
#include <optional>

#include "node/replica/batch_exchange.hpp"
#include "node/replica/mempool.hpp"

namespace cityledger::node {

/// A batch is closed at this size; a last transaction of any size still fits a frame.
inline constexpr std::uint64_t k_target_batch_bytes = 512 * 1024;
inline constexpr std::size_t k_own_batches_in_flight = 8;

/// The author's handle of the validator's key: it signs headers of batches, and nothing else. Votes
/// are signed by the core's own handle (node/consensus/safety_rules.hpp).
class BatchSigner {
public:
    explicit BatchSigner(const crypto::PrivateKey& key) : key_(key) {}
    [[nodiscard]] ledger::Batch sign(ledger::BatchHeader header,
                                     std::vector<ledger::Transaction> transactions,
                                     const ledger::ChainId& chain) const;

private:
    const crypto::PrivateKey& key_;
};

class BatchMaker {
public:
    /// `interval_ms`: how long transactions wait for company. Sequences count within a session,
    /// which is new with each start.
    BatchMaker(const ledger::ValidatorSet& validators, std::optional<BatchSigner> signer,
               ledger::Nonce session, std::uint64_t interval_ms, Mempool& mempool,
               BatchExchange& exchange, PeerLinks& links, Reactor& reactor);

    /// Makes what is due, or waits for company.
    void pump();
    [[nodiscard]] std::uint64_t made() const { return made_; }

private:
    void make_batch();

    const ledger::ValidatorSet& validators_;
    std::optional<BatchSigner> signer_;
    ledger::Nonce session_;
    std::uint64_t interval_ms_;
    Mempool& mempool_;
    BatchExchange& exchange_;
    PeerLinks& links_;
    Reactor& reactor_;
    bool waits_for_company_ = false;
    bool due_ = false;
    std::uint64_t made_ = 0;
};

}  // namespace cityledger::node
