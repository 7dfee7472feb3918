#pragma once
// Signature checks on a few threads, with a bounded cache of decoded keys.

#include <memory>

#include "ledger/validator_set.hpp"
#include "node/io/post.hpp"
#include "node/replica/ports.hpp"

namespace cityledger::io {

class VerifierPool : public node::SignatureVerifier {
public:
    /// `validators` must outlive the pool.
    VerifierPool(const ledger::ValidatorSet& validators, std::size_t threads, Post post);
    ~VerifierPool() override;
    void verify(std::shared_ptr<const ledger::Transaction> transaction,
                std::function<void(Status)> done) override;
    void verify(std::shared_ptr<const ledger::Batch> batch,
                std::function<void(Status)> done) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cityledger::io
