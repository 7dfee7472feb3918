#include "node/replica/replica.hpp"

#include "crypto/check.hpp"
#include "node/replica/running_replica.hpp"

namespace cityledger::node {
namespace {

ReplicaOptions with_timing(ReplicaOptions options, const ledger::ViewTiming& timing) {
    options.consensus.view_timeout_base_ms = timing.base_ms;
    options.consensus.view_timeout_growth_percent = timing.growth_percent;
    options.consensus.view_timeout_cap_ms = timing.cap_ms;
    return options;
}

}  // namespace

/// What is there before the log is read, and the running parts after it.
class Replica::Impl {
public:
    Impl(const ledger::Genesis& genesis, const ledger::ValidatorSet& validators,
         const crypto::PrivateKey* key, ledger::Executor& executor,
         const ledger::StateReader& state, ReplicaOptions options, Ports ports)
        : setup_{validators,
                 key,
                 state,
                 executor.judge(),
                 with_timing(std::move(options), genesis.view_timing),
                 ports},
          executor_(executor),
          reactor_(ports.scheduler,
                   {[this] { advance(); }, [this](const Error& error) { fatal_handler(error); }}),
          links_(validators.size(), setup_.options.consensus.self, ports.transport) {
        CHECK_INVARIANT(links_.self().has_value() == (key != nullptr));
    }

    [[nodiscard]] Status start() {
        RecoveredLog recovered;
        auto log = BlockLog::open(setup_.ports.files, setup_.ports.syncer,
                                  setup_.options.log_folder, setup_.validators.chain_id(),
                                  setup_.options.log_segment_bytes, recovered);
        if (!log) return propagate(log);
        VoteChecker checker(setup_.validators);
        const auto checked = check_recovered(recovered, **log, checker);
        if (!checked) return checked;
        auto starting = std::make_unique<RunningReplica>(setup_, *std::move(log),
                                                         std::move(checker), std::move(recovered),
                                                         links_, reactor_, trace, block_observer);
        if (auto started = starting->start(executor_); !started) return started;
        running_ = std::move(starting);
        return {};
    }

    void advance() {
        if (running_) running_->advance();
    }

    void on_session(ValidatorIndex peer, bool up) {
        if (peer >= links_.peers().size() || links_.is_self(peer)) return;
        const bool was_reachable = links_.peers()[peer].reachable;
        links_.on_session(peer, up, reactor_.now_ms());
        if (running_ && !reactor_.failed()) running_->on_session(peer, was_reachable, up);
    }

    void on_message(ValidatorIndex from, ByteView frame) {
        if (from >= links_.peers().size() || links_.is_self(from)) return;
        if (running_ && !reactor_.failed()) running_->on_message(from, frame);
    }

    void submit(std::shared_ptr<const ledger::Transaction> transaction, Mempool::Done done) {
        if (running_) return running_->submit(std::move(transaction), std::move(done));
        reactor_.after(0, [done = std::move(done)] {
            done(tl::unexpected<Error>(not_accepting("the node has not started")));
        });
    }

    [[nodiscard]] ReplicaStatus status() const {
        if (running_) return running_->status();
        ReplicaStatus status;
        status.standing = {Standing::starting, 0, "the node has not started"};
        status.refuses_because = status.standing.reason;
        status.network_waits_for = status.standing.reason;
        return status;
    }

    [[nodiscard]] Counters counters() const {
        Counters counters;
        links_.add_counters(counters);
        if (running_) running_->add_counters(counters);
        return counters;
    }

    [[nodiscard]] const RunningReplica* running() const { return running_.get(); }
    [[nodiscard]] RunningReplica* running() { return running_.get(); }

    BlockObserver block_observer;
    Trace trace;
    std::function<void(const Error&)> fatal_handler = [](const Error&) {
        CHECK_INVARIANT(!"durability failed");
    };

private:
    ReplicaSetup setup_;
    ledger::Executor& executor_;  ///< used before the first hand-over to the execution port only
    Reactor reactor_;
    PeerLinks links_;
    std::unique_ptr<RunningReplica> running_;
};

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
    CHECK_INVARIANT(impl_->running() != nullptr);
    return impl_->running()->on_receipt(transaction, std::move(executed));
}

void Replica::forget_receipt(std::uint64_t handle) {
    if (impl_->running() != nullptr) impl_->running()->forget_receipt(handle);
}

void Replica::set_block_observer(
    std::function<void(const FinalBlock&, const ledger::ExecutedBlock&)> observer) {
    impl_->block_observer = std::move(observer);
}

void Replica::set_event_observer(std::function<void(const ReplicaEvent&)> observer) {
    impl_->trace.set_listener(std::move(observer));
}

void Replica::set_fatal_handler(std::function<void(const Error&)> handler) {
    impl_->fatal_handler = std::move(handler);
}

ReplicaStatus Replica::status() const { return impl_->status(); }

Counters Replica::counters() const { return impl_->counters(); }

std::optional<FinalBlock> Replica::final_block(std::uint64_t height) const {
    return impl_->running() ? impl_->running()->final_block(height) : std::nullopt;
}

std::optional<FinalEntry> Replica::final_entry(std::uint64_t height) const {
    return impl_->running() ? impl_->running()->final_entry(height) : std::nullopt;
}

std::vector<LogPosition> Replica::batch_positions(const std::vector<Digest>& batches) const {
    if (!impl_->running()) return {};
    return impl_->running()->batch_positions(batches);
}

}  // namespace cityledger::node
