#pragma once
// Group sync: requests for a file that come while a sync runs share the next one.

#include <memory>

#include "node/io/post.hpp"
#include "node/io/tell_time.hpp"
#include "node/log/file_system.hpp"

namespace cityledger::io {

class SyncThread : public node::Syncer {
public:
    /// `synced` is told how long each sync took.
    explicit SyncThread(Post post, TellTime synced = {});
    ~SyncThread() override;  ///< finishes the sync that runs, drops the rest, calls nothing back
    void sync(std::shared_ptr<node::File> file, std::function<void(Status)> done) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cityledger::io
