#pragma once
// Execution of final blocks, in order, on a thread of its own.

#include <memory>

#include "node/io/post.hpp"
#include "node/io/tell_time.hpp"
#include "node/replica/ports.hpp"

namespace cityledger::io {

class ExecutionThread : public node::ExecutionPort {
public:
    /// `executor` must outlive the thread and is used by it alone from the first execute() on.
    /// `executed` is told how long each block took.
    ExecutionThread(ledger::Executor& executor, Post post, TellTime executed = {});
    ~ExecutionThread() override;
    void execute(std::uint64_t height, std::vector<std::shared_ptr<const ledger::Batch>> batches,
                 Done done) override;
    /// As Executor::prove_under, between two blocks; `done` is posted as that of a block is.
    void prove_under(ledger::Space space, std::string key, const Digest& root,
                     std::function<void(Result<ledger::StateClaim>)> done);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cityledger::io
