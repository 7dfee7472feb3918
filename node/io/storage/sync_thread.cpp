#include "node/io/storage/sync_thread.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "node/io/stages.hpp"

namespace cityledger::io {

class SyncThread::Impl {
public:
    Impl(Post post, TellTime synced)
        : post_(std::move(post)), synced_(std::move(synced)), thread_([this] { run(); }) {}

    ~Impl() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }

    void add(std::shared_ptr<node::File> file, std::function<void(Status)> done) {
        {
            const std::lock_guard lock(mutex_);
            Request* same = find(file.get());
            if (same != nullptr) {
                same->waiting.push_back(std::move(done));
            } else {
                requests_.push_back({std::move(file), {std::move(done)}});
            }
        }
        wake_.notify_one();
    }

private:
    /// One file and everybody who waits for its next sync.
    struct Request {
        std::shared_ptr<node::File> file;
        std::vector<std::function<void(Status)>> waiting;
    };

    Request* find(const node::File* file) {
        for (Request& request : requests_) {
            if (request.file.get() == file) return &request;
        }
        return nullptr;
    }

    void run() {
        const StageScope stage(Stage::sync);
        std::unique_lock lock(mutex_);
        while (true) {
            wake_.wait(lock, [this] { return stopping_ || !requests_.empty(); });
            if (stopping_) return;
            Request request = std::move(requests_.front());
            requests_.erase(requests_.begin());
            lock.unlock();
            const auto began = SteadyClock::now();
            const Status status = request.file->sync();
            if (synced_) synced_(SteadyClock::now() - began);
            post_([waiting = std::move(request.waiting), status] {
                const StageScope votes(Stage::votes);
                for (const auto& done : waiting) done(status);
            });
            lock.lock();
        }
    }

    ResultPost post_;
    TellTime synced_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Request> requests_;
    bool stopping_ = false;
    std::thread thread_;  // last: it uses everything above
};

SyncThread::SyncThread(Post post, TellTime synced)
    : impl_(std::make_unique<Impl>(std::move(post), std::move(synced))) {}
SyncThread::~SyncThread() = default;

void SyncThread::sync(std::shared_ptr<node::File> file, std::function<void(Status)> done) {
    impl_->add(std::move(file), std::move(done));
}

}  // namespace cityledger::io
