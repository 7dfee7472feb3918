#include "node/replica/replica.hpp"

#include "crypto/check.hpp"
#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

Replica::Impl::Impl(const ledger::Genesis& genesis, const ledger::ValidatorSet& validators,
                    const crypto::PrivateKey* key, ledger::Executor& executor,
                    const ledger::StateReader& state, ReplicaOptions options, Ports ports)
    : fatal_handler([](const Error&) { CHECK_INVARIANT(!"durability failed"); }),
      key_(key),
      validators_(validators),
      chain_(ledger::chain_id_of(genesis)),
      executor_(executor),
      state_(state),
      options_(std::move(options)),
      ports_(ports),
      self_(options_.consensus.self),
      checker_(validators),
      mempool_(options_.mempool_max_bytes),
      pool_(validators.size(), validators.quorum(), self_),
      peers_(validators.size(), self_) {
    CHECK_INVARIANT(self_.has_value() == (key != nullptr));
    options_.consensus.view_timeout_base_ms = genesis.view_timing.base_ms;
    options_.consensus.view_timeout_growth_percent = genesis.view_timing.growth_percent;
    options_.consensus.view_timeout_cap_ms = genesis.view_timing.cap_ms;
}

void Replica::Impl::fail(const Error& error) {
    if (fatal_) return;
    fatal_ = true;
    after(0, [this, error] { fatal_handler(error); });
}

Replica::Replica(const ledger::Genesis& genesis, const ledger::ValidatorSet& validators,
                 const crypto::PrivateKey* key, ledger::Executor& executor,
                 const ledger::StateReader& state, ReplicaOptions options, Ports ports)
    : impl_(std::make_unique<Impl>(genesis, validators, key, executor, state, std::move(options),
                                   ports)) {}

Replica::~Replica() = default;

Status Replica::start() { return impl_->start(); }

void Replica::on_session(ValidatorIndex peer, bool up) { impl_->on_session(peer, up); }

void Replica::on_message(ValidatorIndex peer, ByteView frame) { impl_->on_message(peer, frame); }

void Replica::submit(std::shared_ptr<const ledger::Transaction> transaction,
                     std::function<void(Result<Digest>)> done) {
    impl_->submit(std::move(transaction), std::move(done));
}

std::uint64_t Replica::on_receipt(const Digest& transaction,
                                  std::function<void(const ledger::StoredReceipt&)> executed) {
    return impl_->on_receipt(transaction, std::move(executed));
}

void Replica::forget_receipt(std::uint64_t handle) { impl_->forget_receipt(handle); }

void Replica::set_block_observer(
    std::function<void(const FinalBlock&, const ledger::ExecutedBlock&)> observer) {
    impl_->block_observer = std::move(observer);
}

void Replica::set_event_observer(std::function<void(const ReplicaEvent&)> observer) {
    impl_->event_observer = std::move(observer);
}

void Replica::set_fatal_handler(std::function<void(const Error&)> handler) {
    impl_->fatal_handler = std::move(handler);
}

ReplicaStatus Replica::status() const { return impl_->status(); }

Counters Replica::counters() const { return impl_->counters(); }

std::optional<FinalBlock> Replica::final_block(std::uint64_t height) const {
    return impl_->final_block(height);
}

std::shared_ptr<const ledger::Batch> Replica::batch(const Digest& digest) const {
    return impl_->batch(digest);
}

}  // namespace cityledger::node
