#include "node/io/daemon/execution_thread.hpp"

#include <optional>

#include "node/io/worker_thread.hpp"

namespace cityledger::io {

class ExecutionThread::Impl {
public:
    Impl(ledger::Executor& executor, Post post, TellTime executed)
        : executor_(executor),
          post_(std::move(post)),
          executed_(std::move(executed)),
          worker_(1, Stage::execution) {}

    void add(std::uint64_t height, std::vector<std::shared_ptr<const ledger::Batch>> batches,
             Done done) {
        worker_.add([this, height, batches = std::move(batches), done = std::move(done)] {
            std::vector<const ledger::Batch*> views;
            views.reserve(batches.size());
            for (const auto& batch : batches) views.push_back(batch.get());
            const auto began = SteadyClock::now();
            // A block that follows one that failed has no state to stand on: it fails likewise.
            Result<ledger::ExecutedBlock> executed =
                failure_ ? tl::unexpected<Error>(*failure_) : executor_.execute(height, views);
            if (!executed) failure_ = executed.error();
            if (executed_ && executed) executed_(SteadyClock::now() - began);
            post_([done, executed = std::move(executed)]() mutable {
                const StageScope stage(Stage::answer);
                done(std::move(executed));
            });
        });
    }

    void prove_under(ledger::Space space, std::string key, const Digest& root,
                     std::function<void(Result<ledger::StateClaim>)> done) {
        worker_.add([this, space, key = std::move(key), root, done = std::move(done)] {
            post_([done, claim = executor_.prove_under(space, key, root)]() mutable {
                const StageScope stage(Stage::answer);
                done(std::move(claim));
            });
        });
    }

private:
    ledger::Executor& executor_;
    ResultPost post_;
    TellTime executed_;
    std::optional<Error> failure_;  // worker's thread only
    WorkerThreads worker_;          // last: its jobs use everything above
};

ExecutionThread::ExecutionThread(ledger::Executor& executor, Post post, TellTime executed)
    : impl_(std::make_unique<Impl>(executor, std::move(post), std::move(executed))) {}
ExecutionThread::~ExecutionThread() = default;

void ExecutionThread::execute(std::uint64_t height,
                              std::vector<std::shared_ptr<const ledger::Batch>> batches,
                              Done done) {
    impl_->add(height, std::move(batches), std::move(done));
}

void ExecutionThread::prove_under(ledger::Space space, std::string key, const Digest& root,
                                  std::function<void(Result<ledger::StateClaim>)> done) {
    impl_->prove_under(space, std::move(key), root, std::move(done));
}

}  // namespace cityledger::io
