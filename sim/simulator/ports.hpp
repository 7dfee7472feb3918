#pragma once
// The rest of a replica's ports in virtual time: sync, signatures, execution, randomness. What runs
// on threads in production is an event here: the work is done, its answer comes later.

#include <map>

#include "ledger/memory_state_store.hpp"
#include "node/replica/ports.hpp"
#include "sim/simulator/clock.hpp"
#include "sim/simulator/disk.hpp"

namespace cityledger::sim {

/// How long things take on a node, in microseconds, drawn evenly; and the controls of the tests.
struct WorkTimes {
    TimeUs sync_min_us = 100;
    TimeUs sync_max_us = 1'500;
    TimeUs verify_max_us = 300;
    TimeUs execute_max_us = 1'000;
    /// Of this many applied blocks the state store flushes one, on average.
    std::uint64_t flush_every_blocks = 8;
    /// A control: so many syncs of a million say "done" and do nothing. A test that passes with
    /// this dial up proves nothing.
    std::uint64_t sync_lies_per_million = 0;
};

class SimulatedSyncer : public node::Syncer {
public:
    SimulatedSyncer(EventQueue& queue, OwnerId owner, SimulatedRandom random, WorkTimes times)
        : queue_(queue), owner_(owner), random_(random), times_(times) {}
    void sync(std::shared_ptr<node::File> file, std::function<void(Status)> done) override;

private:
    EventQueue& queue_;
    OwnerId owner_;
    SimulatedRandom random_;
    WorkTimes times_;
};

class SimulatedVerifier : public node::SignatureVerifier {
public:
    SimulatedVerifier(EventQueue& queue, OwnerId owner, SimulatedRandom random, WorkTimes times,
                      const ledger::ValidatorSet& validators, crypto::SignatureSuite suite)
        : queue_(queue),
          owner_(owner),
          random_(random),
          times_(times),
          validators_(validators),
          suite_(suite) {}
    void verify(std::shared_ptr<const ledger::Transaction> transaction,
                std::function<void(Status)> done) override;
    void verify(std::shared_ptr<const ledger::Batch> batch,
                std::function<void(Status)> done) override;

private:
    void answer_later(Status verdict, std::function<void(Status)> done);
    [[nodiscard]] Status check(const ledger::Transaction& transaction);
    [[nodiscard]] Status check(const ledger::Batch& batch);

    EventQueue& queue_;
    OwnerId owner_;
    SimulatedRandom random_;
    WorkTimes times_;
    const ledger::ValidatorSet& validators_;
    crypto::SignatureSuite suite_;
    std::map<crypto::PublicKeyBytes, crypto::PublicKey> keys_;
};

class SimulatedExecution : public node::ExecutionPort {
public:
    SimulatedExecution(EventQueue& queue, OwnerId owner, SimulatedRandom random, WorkTimes times,
                       ledger::Executor& executor, ledger::MemoryStateStore& store)
        : queue_(queue),
          owner_(owner),
          random_(random),
          times_(times),
          executor_(executor),
          store_(store) {}
    void execute(std::uint64_t height, std::vector<std::shared_ptr<const ledger::Batch>> batches,
                 Done done) override;

private:
    void run(std::uint64_t height, const std::vector<std::shared_ptr<const ledger::Batch>>& batches,
             const Done& done);

    EventQueue& queue_;
    OwnerId owner_;
    SimulatedRandom random_;
    WorkTimes times_;
    ledger::Executor& executor_;
    ledger::MemoryStateStore& store_;
    TimeUs busy_until_ = 0;  ///< one block after the other
};

class SimulatedRandomSource : public node::RandomSource {
public:
    explicit SimulatedRandomSource(SimulatedRandom random) : random_(random) {}
    [[nodiscard]] ledger::Nonce nonce() override;

private:
    SimulatedRandom random_;
};

}  // namespace cityledger::sim
