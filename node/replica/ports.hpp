#pragma once
// What the replica needs of the world. In production: Asio, threads and files (node/io). In the
// virtual world: one event queue, one seed (sim/simulator). All callbacks come on the replica's
// thread, never from inside the call that asked for them.

#include <functional>
#include <memory>
#include <vector>

#include "ledger/executor.hpp"
#include "node/consensus/types.hpp"
#include "node/log/file_system.hpp"

namespace cityledger::node {

using consensus::ValidatorIndex;

/// Monotonic time and timers.
class Scheduler {
public:
    using TimerId = std::uint64_t;
    virtual ~Scheduler() = default;
    [[nodiscard]] virtual std::uint64_t now_ms() const = 0;
    virtual TimerId after(std::uint64_t delay_ms, std::function<void()> action) = 0;
    virtual void cancel(TimerId timer) = 0;
};

/// Authenticated sessions to the other validators. Best effort: a message may be lost with its
/// session, is never changed, and comes in order within a session. Queues are bounded.
class Transport {
public:
    virtual ~Transport() = default;
    virtual void send(ValidatorIndex to, std::shared_ptr<const Bytes> frame) = 0;
    /// Ends the session, for instance because the peer broke the protocol; it may come again.
    virtual void close(ValidatorIndex peer, const Error& reason) = 0;
};

/// Checks signatures off the replica's thread; keeps decoded keys.
class SignatureVerifier {
public:
    virtual ~SignatureVerifier() = default;
    /// Form and signature of one transaction.
    virtual void verify(std::shared_ptr<const ledger::Transaction> transaction,
                        std::function<void(Status)> done) = 0;
    /// Header signature, transactions root, form and signature of each transaction.
    virtual void verify(std::shared_ptr<const ledger::Batch> batch,
                        std::function<void(Status)> done) = 0;
};

/// Executes final blocks in order off the replica's thread and applies them to the store.
class ExecutionPort {
public:
    using Done = std::function<void(Result<ledger::ExecutedBlock>)>;
    virtual ~ExecutionPort() = default;
    virtual void execute(std::uint64_t height,
                         std::vector<std::shared_ptr<const ledger::Batch>> batches, Done done) = 0;
};

/// Randomness for nonces of sessions; never for anything that is agreed on.
class RandomSource {
public:
    virtual ~RandomSource() = default;
    [[nodiscard]] virtual ledger::Nonce nonce() = 0;
};

struct Ports {
    Scheduler& scheduler;
    Transport& transport;
    FileSystem& files;
    Syncer& syncer;
    SignatureVerifier& verifier;
    ExecutionPort& execution;
    RandomSource& random;
};

}  // namespace cityledger::node
